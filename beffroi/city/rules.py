"""Rules between the keys of `city.toml`, which no single key can check; each yields the place and the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from beffroi.city.model import ANY, City

Fault = tuple[str, str]
"""Dotted path (lists count from 1) and reason."""


def broken(city: City) -> Iterator[Fault]:
    """Every rule that this city breaks; nothing when it may be used."""
    yield from _twice("languages", city.languages)
    yield from _twice("phase", (each.code for each in city.phase))
    yield from _twice("body", (each.code for each in city.body))
    yield from _twice("hazard", (each.code for each in city.hazard))
    yield from _twice("hazard.incoming", (mark.lower() for each in city.hazard for mark in each.incoming))
    yield from _twice("feed", (each.name for each in city.feed))
    yield from _twice("authority", (each.sender for each in city.authority))
    yield from _place(city)
    yield from _phases(city)
    yield from _competences(city)
    yield from _feeds(city)


def _twice(path: str, codes: Iterable[str]) -> Iterator[Fault]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield path, f"twice-{code}"


def _place(city: City) -> Iterator[Fault]:
    if (city.border.file is None) == (city.border.zones == ""):
        yield "border", "not-one-of-file-zones"
    lat, lon = city.map.centre
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        yield "map.centre", "not-latitude-longitude"
    try:
        ZoneInfo(city.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name that is a folder of the time zone data
        yield "timezone", "unknown"


def _phases(city: City) -> Iterator[Fault]:
    levels = [each.level for each in city.phase]
    if levels != sorted(set(levels)):
        yield "phase", "levels-not-rising"


def _competences(city: City) -> Iterator[Fault]:
    known = {
        "hazards": {ANY, *(each.code for each in city.hazard)},
        "phases": {ANY, *(each.code for each in city.phase)},
    }
    bodies = {each.code for each in city.body}
    for number, row in enumerate(city.competence, 1):
        if row.body not in bodies:
            yield f"competence[{number}].body", f"unknown-{row.body}"
        for key, codes in known.items():
            for code in getattr(row, key):
                if code not in codes:
                    yield f"competence[{number}].{key}", f"unknown-{code}"


def _feeds(city: City) -> Iterator[Fault]:
    for number, feed in enumerate(city.feed, 1):
        if urlsplit(feed.url).hostname not in feed.hosts:
            yield f"feed[{number}].hosts", "without-the-host-of-url"
