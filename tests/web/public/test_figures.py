"""The public account of a call: its questions, its chart, its table; nothing of a call that was not sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from beffroi.delivery.models import Shard
from beffroi.evaluation.figures import of_call
from beffroi.web.public import figures
from tests import make


@pytest.fixture
def account(town: None, bruno: Any, chiara: Any) -> Any:
    """A sent call with three shards: two of pushes, one of mails of which some failed."""
    call = make.live(bruno, chiara)
    assert call.issued_at is not None
    for channel, language, size, accepted, after_s in (
        ("webpush", "fr", 100, 100, 0.5), ("webpush", "fr", 100, 90, 2.0), ("email", "en", 40, 33, 1.0),
    ):  # fmt: skip
        at = call.issued_at + timedelta(seconds=after_s)
        Shard.objects.create(
            call=call, channel=channel, language=language, lane=0, size=size, cursor=size, state="done",
            accepted=accepted, failed=size - accepted, reasons={"550": size - accepted}, first_at=at, last_at=at,
        )  # fmt: skip
    return call


def text(client: Client, call: Any, language: str = "en") -> str:
    """The page."""
    answer = client.get(f"/{language}/figures/{call.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_answers_and_shows(client: Client, account: Any) -> None:
    page = text(client, account)
    assert "How many messages were accepted?" in page
    assert ">223<" in page  # 190 and 33
    assert "It was for 240. Failed: 17." not in page  # 7 failed mails would be told by the difference
    assert "It was for 240. Failed: about 10." in page
    assert "Push 95.0 %" in page and "E-mail 82.5 %" in page
    assert "Go upstairs" in page


def test_a_channel_row_below_ten_is_not_told(client: Client, account: Any) -> None:
    page = text(client, account)
    assert "&lt; 10" in page
    assert ">7<" not in page


def test_another_language_and_none(client: Client, account: Any) -> None:
    assert "¿Cuántos mensajes se aceptaron?" in text(client, account, "es")
    assert client.get(f"/de/figures/{account.public_id}/").status_code == 404


def test_a_draft_has_no_account(client: Client, town: None, bruno: Any) -> None:
    call = make.pending(bruno)
    assert client.get(f"/en/figures/{call.public_id}/").status_code == 404


def test_the_curve_ends_at_what_was_accepted(account: Any) -> None:
    found = of_call(account)
    drawn = figures.chart(account, found)
    assert drawn is not None
    push = drawn.lines[0]
    assert push.path.startswith("M46.0 196.0") and push.path.endswith(f"V{figures.y_of(0.95):.1f}")
    assert [tick.text for tick in drawn.across] == ["0 s", "0.5 s", "1 s", "1.5 s", "2 s"]


@pytest.mark.parametrize(("seconds", "width"), [(0.3, 1), (1.2, 2), (3, 4), (7, 8), (9, 10), (70, 80)])
def test_the_axis_is_round(seconds: float, width: float) -> None:
    assert figures.round_up(seconds) == width


def test_nothing_sent_nothing_drawn(client: Client, town: None, bruno: Any, chiara: Any) -> None:
    assert "Nothing was accepted yet." in text(client, make.live(bruno, chiara))
