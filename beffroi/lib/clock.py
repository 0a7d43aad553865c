"""The clock: the one place that reads the time, and RFC 3339 texts of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from beffroi.errors import BadInput

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_stopped: list[datetime] = []  # for the whole process, so that a test's threads see the same time


class TimeBad(BadInput):
    """A text that is not a date, time and offset as RFC 3339 writes them."""

    code = "time-bad"


def now() -> datetime:
    """This moment, aware, UTC."""
    return _stopped[-1] if _stopped else datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at an aware moment (tests and replays); may be nested."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    _stopped.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.pop()


def parse(text: str) -> datetime:
    """RFC 3339 section 5.6 -> aware UTC. A leap second is taken as the second before it. Raises `TimeBad`."""
    if not RFC3339.fullmatch(text):
        raise TimeBad
    whole, rest = text[:19], text[19:].upper()
    whole = whole.upper() if not whole.endswith(":60") else whole[:-2].upper() + "59"
    fraction, offset = (rest[:-1], "Z") if rest.endswith("Z") else (rest[:-6], rest[-6:])
    try:
        return datetime.fromisoformat(whole + fraction[:7] + offset.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError) as err:
        raise TimeBad from err


def format(moment: datetime) -> str:
    """An aware moment as RFC 3339 in UTC, whole seconds: 2026-11-25T07:36:00Z."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
