"""The demo's warning: its times are CAP's and its placeholders are filled."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from beffroi.ops.demo_warning import warning

TEMPLATE = "$identifier|$sent|$effective|$onset|$expires|é"


def test_times_are_whole_seconds_with_an_offset() -> None:
    moment = datetime(2026, 10, 29, 7, 36, 5, 999_999, tzinfo=ZoneInfo("Europe/Madrid"))
    text = warning(TEMPLATE, identifier="demo.1", sent_at=moment).decode()
    now = "2026-10-29T07:36:05+01:00"
    assert text == f"demo.1|{now}|{now}|{now}|2026-10-29T13:36:05+01:00|é"


def test_utc_is_written_as_cap_wants_it() -> None:
    text = warning("$sent", identifier="x", sent_at=datetime(2026, 1, 1, tzinfo=UTC)).decode()
    assert text == "2026-01-01T00:00:00-00:00"


def test_an_identifier_cannot_break_the_message() -> None:
    assert warning("$identifier", identifier="<a&b>", sent_at=datetime(2026, 1, 1, tzinfo=UTC)) == b"&lt;a&amp;b&gt;"


def test_a_placeholder_that_nobody_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        warning("$sendt", identifier="x", sent_at=datetime(2026, 1, 1, tzinfo=UTC))
