"""A received CAP message as the content of a draft: what an officer finds ready in the composer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shapely.geometry.base import BaseGeometry

from beffroi import city
from beffroi.calls import area
from beffroi.calls.actions import Content
from beffroi.calls.state import CATEGORIES, RESPONSES, Severity
from beffroi.city.hazards import recognise
from beffroi.lib.text import clean_line, clean_text
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.level import colour_of

HEADLINE: Final = 160
TEXT: Final = 2000


def content(alert: cap.Alert, *, border: BaseGeometry | None, now: datetime) -> Content:
    """The draft's content; raises AreaBad when the area cannot be trusted: then a person draws it, and nobody is
    guessed at."""
    town = city.current()
    # green areas are told that nothing is the matter
    warning = [info for info in alert.info if colour_of(info) != "green"]
    infos = by_language(warning)
    worst = min(warning, key=lambda info: list(Severity).index(Severity(info.severity)))
    hazard = recognise(town, [pair for info in warning for pair in (*info.eventCode, *info.parameter)])
    where = area.build(choice(warning), border=border, words=described(infos))
    ends = [info.expires for info in warning if info.expires is not None]
    longest = now + timedelta(hours=town.cap.expires_h)
    return Content(
        kind="alert", status="Actual",
        hazard=(hazard or town.hazard[-1]).code,  # the last one of city.toml is for what none of the others names
        category=[c for c in worst.category if c in CATEGORIES] or ["Other"],
        severity=worst.severity, urgency=worst.urgency, certainty=worst.certainty,
        responseType=[r for r in worst.responseType if r in RESPONSES],
        onset=worst.onset, expires=min(max(ends), now + timedelta(hours=24)) if ends and max(ends) > now else longest,
        texts={language: words(info) for language, info in infos.items()},
        area=where.json, ranges=where.ranges,
    )  # fmt: skip


def is_green(alert: cap.Alert) -> bool:
    """Whether the message says that no warning is in force (MeteoAlarm and AEMET tell so by colour)."""
    return bool(alert.info) and all(colour_of(info) == "green" for info in alert.info)


def by_language(infos: Sequence[cap.Info]) -> dict[str, cap.Info]:
    """The first info of each of the city's languages; when there is none of them, the first info under the city's
    first language."""
    town = city.current()
    found: dict[str, cap.Info] = {}
    for info in infos:
        own = next((lang for lang in town.languages if lang.split("-")[0] == info.language.lower().split("-")[0]), None)
        if own is not None:
            found.setdefault(own, info)
    return {lang: found[lang] for lang in town.languages if lang in found} or {town.languages[0]: infos[0]}


def words(info: cap.Info) -> dict[str, str]:
    """The texts of an info, inert: no control or bidi characters, no line break in a headline."""
    return {
        "event": clean_line(info.event, limit=HEADLINE),
        "headline": clean_line(info.headline or "", limit=HEADLINE) or clean_line(info.event, limit=HEADLINE),
        "instruction": clean_text(info.instruction or "", limit=TEXT),
        "description": clean_text(info.description or "", limit=TEXT),
    }


def described(infos: dict[str, cap.Info]) -> dict[str, str]:
    """The words for the area in each language, as the sender put them."""
    return {
        language: clean_line("; ".join(dict.fromkeys(part.areaDesc for part in info.area)), limit=HEADLINE)
        for language, info in infos.items() if info.area
    }  # fmt: skip


def choice(infos: Iterable[cap.Info]) -> area.Choice:
    """The shapes of all infos together. Geocodes count only where an area has neither polygon nor circle: there they
    are the area."""
    parts = [part for info in infos for part in info.area]
    return area.Choice(
        zones=tuple(
            dict.fromkeys(pair for part in parts if not part.polygon and not part.circle for pair in part.geocode)
        ),
        polygons=tuple(dict.fromkeys(ring for part in parts for ring in part.polygon)),
        circles=tuple(dict.fromkeys((*c.centre, c.radius_km) for part in parts for c in part.circle)),
    )
