"""The clock runs, stops for tests, and reads and writes RFC 3339."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib import clock

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_now_is_this_moment_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_it_stops_and_goes_on() -> None:
    with clock.at(NOON.astimezone(timezone(timedelta(hours=1)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC
        with clock.at(NOON + timedelta(hours=1)):
            assert clock.now() == NOON + timedelta(hours=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_it_stops_in_every_thread_and_goes_on_after_an_error() -> None:
    seen: list[datetime] = []
    with pytest.raises(ZeroDivisionError), clock.at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        raise ZeroDivisionError
    assert seen == [NOON]
    assert clock.now() != NOON


def test_a_moment_without_a_zone_is_nothing() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"), clock.at(naive):
        pass
    with pytest.raises(ValueError, match="zone"):
        clock.format(naive)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25T12:00:00Z", NOON),
        ("2026-11-25t12:00:00z", NOON),
        ("2026-11-25 12:00:00+00:00", NOON),
        ("2026-11-25T12:00:00-00:00", NOON),
        ("2026-11-25T13:30:00+01:30", NOON),
        ("2026-11-24T23:00:00-13:00", NOON),
        ("2026-11-25T12:00:00.5Z", NOON + timedelta(seconds=0.5)),
        ("2026-11-25T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2026-11-25T12:00:00.25+00:00", NOON + timedelta(seconds=0.25)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_parse(text: str, moment: datetime) -> None:
    assert clock.parse(text) == moment
    assert clock.parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    "bad",
    """|now|2026-11-25|2026-11-25T12:00:00|2026-11-25T12:00Z|20261125T120000Z|2026-W48-3T12:00:00Z|2026-13-01T00:00:00Z
    |2026-02-30T00:00:00Z|2026-11-25T24:30:00Z|2026-11-25T12:61:00Z|2026-11-25T12:00:61Z|2026-11-25T12:00:00+25:00
    |2026-11-25T12:00:00+0100|2026-11-25T12:00:00.Z|2026-11-25T12:00:00ZZ| 2026-11-25T12:00:00Z|٢٠٢٦-11-25T12:00:00Z
    |0001-01-01T00:00:00+23:00|9999-12-31T23:59:59-23:00|0000-01-01T00:00:00Z""".replace("\n    ", "").split("|"),
)
def test_what_is_no_time_is_refused(bad: str) -> None:
    with pytest.raises(clock.TimeBad):
        clock.parse(bad)


@settings(derandomize=True)
@given(st.datetimes(timezones=st.timezones()))
def test_format_and_parse_agree_to_the_second(moment: datetime) -> None:
    if 2 < moment.year < 9998:
        assert clock.parse(clock.format(moment)) == moment.astimezone(UTC).replace(microsecond=0)


def test_format() -> None:
    assert clock.format(NOON + timedelta(seconds=1.9)) == "2026-11-25T12:00:01Z"
