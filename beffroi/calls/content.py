"""What somebody wrote into the composer, read and checked as a whole: a Content, or every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry

from beffroi.calls import area
from beffroi.calls.actions import Content
from beffroi.calls.kind import Kind
from beffroi.calls.state import CERTAINTIES, RESPONSES, URGENCIES, Severity
from beffroi.city.model import City, Hazard
from beffroi.errors import BadInput
from beffroi.lib import text

LIMITS: Final = {"event": 160, "headline": 160, "instruction": 2000, "description": 2000}
"""Most characters of each text."""
AREA_NAME: Final = 160
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "status": ("Actual", "Exercise"),
    "severity": tuple(Severity),
    "urgency": URGENCIES,
    "certainty": CERTAINTIES,
}
"""Fields that hold one of CAP's words."""

Data = Mapping[str, Any]
"""Names to texts; `places` and `responseType` to lists of texts. A text in a language is `headline.es`."""


class CallContentBad(BadInput):
    """Some fields cannot be taken: facts `fields` (name to reason) and `zones` (codes that nobody knows)."""

    code = "call-content-bad"

    @property
    def fields(self) -> dict[str, str]:
        """Name of field to reason: missing, unknown, too-long, not-a-time, past, too-late, ..., or area-bad's `why`."""
        return dict(self.facts["fields"])  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a content is checked against."""

    town: City
    kind: Kind
    border: BaseGeometry | None
    now: datetime


@dataclass(slots=True)
class Reading:
    """One pass over the fields: values come out, faults are gathered."""

    data: Data
    faults: dict[str, str] = field(default_factory=dict)
    zones: str = ""

    def fault(self, name: str, reason: str) -> None:
        """Note what is wrong with a field; the first reason stays."""
        self.faults.setdefault(name, reason)

    def line(self, name: str) -> str:
        """A one-line text, clean; empty when it was not given."""
        return text.clean_line(str(self.data.get(name) or ""))

    def items(self, name: str) -> list[str]:
        """The values of a multiple choice, clean, each once."""
        return list(dict.fromkeys(text.clean_line(str(item)) for item in self.data.get(name) or ()))

    def pick(self, name: str, allowed: Iterable[str]) -> str:
        """One of the allowed words."""
        value = self.line(name)
        if value not in set(allowed):
            self.fault(name, "unknown" if value else "missing")
        return value

    def done(self) -> None:
        """CallContentBad if anything was wrong."""
        if self.faults:
            raise CallContentBad(fields=self.faults, zones=self.zones)


def read(data: Data, rules: Rules) -> Content:
    """The content of a call, or CallContentBad with every fault."""
    reading = Reading(data)
    hazard = hazard_of(reading, rules.town)
    expires = end_of(reading, rules)
    onset = moment(reading, "onset", rules.town) if reading.line("onset") else None
    if onset and expires and onset >= expires:
        reading.fault("onset", "after-end")
    texts = read_texts(reading, rules.town.languages, needed=rules.town.languages[:1], hazard=hazard)
    found = read_area(reading, rules.border, rules.town.languages)
    kind_of_danger = {name: reading.pick(name, allowed) for name, allowed in WORDS.items()}
    wanted = responses(reading)
    reading.done()
    if hazard is None or found is None or expires is None:
        raise LookupError("a reading without faults has a hazard, an area and an end")
    return Content(
        kind=rules.kind.name, hazard=hazard.code, category=list(hazard.category), responseType=wanted, onset=onset,
        expires=expires, texts=texts, area=found.json, ranges=found.ranges, **kind_of_danger,
    )  # fmt: skip


def hazard_of(reading: Reading, town: City) -> Hazard | None:
    """The hazard that was chosen."""
    code = reading.pick("hazard", (hazard.code for hazard in town.hazard))
    return next((hazard for hazard in town.hazard if hazard.code == code), None)


def responses(reading: Reading) -> list[str]:
    """What people should do, in CAP's order."""
    chosen = reading.items("responseType")
    if not chosen or not set(chosen) <= set(RESPONSES):
        reading.fault("responseType", "unknown" if chosen else "missing")
    return [response for response in RESPONSES if response in chosen]


def moment(reading: Reading, name: str, town: City) -> datetime | None:
    """A time on the city's clock (`2026-11-21T23:00`) or with its offset; UTC. An hour that comes twice: the later."""
    try:
        found = datetime.fromisoformat(reading.line(name))
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(town.timezone), fold=1)
        return found.astimezone(UTC).replace(second=0, microsecond=0)
    except (ValueError, OverflowError):
        reading.fault(name, "not-a-time")
        return None


def end_of(reading: Reading, rules: Rules) -> datetime | None:
    """When the call ends: in the future, and no later than its kind allows."""
    if not reading.line("expires"):
        reading.fault("expires", "missing")
        return None
    end = moment(reading, "expires", rules.town)
    if end and end <= rules.now:
        reading.fault("expires", "past")
    if end and end > rules.now + timedelta(seconds=rules.kind.longest_s):
        reading.fault("expires", "too-late")
    return end


def read_texts(
    reading: Reading, languages: Sequence[str], *, needed: Sequence[str], hazard: Hazard | None = None
) -> dict[str, dict[str, str]]:
    """The texts by language. Each is left out whole or written whole: half a warning is worse than another language."""
    found: dict[str, dict[str, str]] = {}
    for language in languages:
        words = {part: written(reading, part, language) for part in LIMITS}
        said = [part for part in ("headline", "instruction", "description") if words[part]]
        if not said and language not in needed:
            continue
        for part in ("headline", "instruction"):
            if not words[part]:
                reading.fault(f"{part}.{language}", "missing")
        if not words["event"]:
            words["event"] = hazard.event.get(language, "") if hazard else ""
        found[language] = words
    return found


def written(reading: Reading, part: str, language: str) -> str:
    """One text in one language, clean and within its limit."""
    name = f"{part}.{language}"
    raw = str(reading.data.get(name) or "")
    clean = text.clean_line(raw) if part in {"event", "headline"} else text.clean_text(raw)
    if len(clean) > LIMITS[part]:
        reading.fault(name, "too-long")
    return clean


def read_area(reading: Reading, border: BaseGeometry | None, languages: Sequence[str]) -> area.Area | None:
    """The area, or None with its fault noted. Its name, where the places inside do not say it, is `areaName.es`."""
    choice = area.Choice(
        zones=[*pairs(reading, "places", reading.items("places")), *pairs(reading, "zones", lines(reading, "zones"))],
        polygons=polygons(reading),
        circles=[(lat, lon, km) for lat, lon, km in numbers(reading, "circles", lines(reading, "circles"), 3)],
    )
    names = {language: reading.line(f"areaName.{language}") for language in languages}
    for language, name in names.items():
        if len(name) > AREA_NAME:
            reading.fault(f"areaName.{language}", "too-long")
    if {"places", "zones", "polygons", "circles"} & reading.faults.keys():
        return None
    try:
        found = area.build(choice, border=border, words={code: name for code, name in names.items() if name} or None)
    except area.AreaBad as err:
        reading.fault("area", str(err.facts["why"]))
        reading.zones = str(err.facts.get("zones", ""))
        return None
    if not found.json["places"] and not any(names.values()):
        reading.fault(f"areaName.{languages[0]}", "missing")
    return found


def lines(reading: Reading, name: str) -> list[str]:
    """The lines of a text field that hold something."""
    raw = text.clean_text(str(reading.data.get(name) or ""))
    return [line for line in raw.split("\n") if line]


def pairs(reading: Reading, name: str, items: Iterable[str]) -> list[tuple[str, str]]:
    """`TYPE code` in each item."""
    found = []
    for item in items:
        kind, blank, code = item.partition(" ")
        if not blank:
            reading.fault(name, "not-zones")
        found.append((kind, code.strip()))
    return found


def numbers(reading: Reading, name: str, items: Iterable[str], count: int) -> list[list[float]]:
    """`count` numbers in each item, separated by commas or blanks."""
    found = []
    for item in items:
        try:
            values = [float(part) for part in item.replace(",", " ").split()]
        except ValueError:
            values = []
        if len(values) != count:
            reading.fault(name, "not-points")
            return []
        found.append(values)
    return found


def polygons(reading: Reading) -> list[list[tuple[float, float]]]:
    """Corners as `latitude, longitude`, one a line; an empty line begins the next polygon."""
    raw = text.clean_text(str(reading.data.get("polygons") or ""))
    rings = (numbers(reading, "polygons", ring.split("\n"), 2) for ring in raw.split("\n\n") if ring.strip())
    return [[(lat, lon) for lat, lon in ring] for ring in rings]
