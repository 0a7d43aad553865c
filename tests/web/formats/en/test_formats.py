"""English in Europe: the day first, 24 hours."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import translation
from django.utils.formats import date_format, time_format

from beffroi.web.formats.en import formats


def test_dates_and_times() -> None:
    moment = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    with translation.override("en"):
        assert date_format(moment, "MONTH_DAY_FORMAT") == "21 November"
        assert date_format(moment, "DATETIME_FORMAT") == "21 November 2026, 17:05"
        assert time_format(moment, "TIME_FORMAT") == "17:05"
    assert formats.FIRST_DAY_OF_WEEK == 1
