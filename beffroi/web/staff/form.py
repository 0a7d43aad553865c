"""The composer's form: from a call or a hazard to fields, from a POST to data, and back with every fault in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import QueryDict

from beffroi import city
from beffroi.calls.content import AREA_NAME, LIMITS, CallContentBad
from beffroi.calls.models import Call
from beffroi.calls.state import CERTAINTIES, RESPONSES, URGENCIES, Severity
from beffroi.city.model import Hazard
from beffroi.kinds.alert import KIND
from beffroi.lib import clock
from beffroi.places import select as places
from beffroi.web.language import own_name
from beffroi.web.staff import page, words
from beffroi.web.staff.words import Term

LISTS: Final = ("places", "responseType")
MINUTE: Final = "%Y-%m-%dT%H:%M"
"""What an input of type datetime-local holds."""
PARTS: Final = ("event", "headline", "instruction", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a question."""

    value: str
    label: str
    plain: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One field as the page shows it."""

    name: str
    label: str
    value: str = ""
    error: str = ""
    options: list[Option] = field(default_factory=list)
    limit: int = 0

    @property
    def id(self) -> str:
        """Its id on the page: where the list of errors links to."""
        return "f-" + self.name.replace(".", "-")

    @property
    def chosen(self) -> str:
        """Labels of the chosen answers."""
        return ", ".join(option.label for option in self.options if option.is_chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The texts of one language: its boxes by part."""

    language: str
    name: str
    is_needed: bool
    event: Box
    headline: Box
    instruction: Box
    description: Box
    areaName: Box


def posted(data: QueryDict) -> dict[str, Any]:
    """What was posted, as calls/content.py reads it."""
    return {name: data.getlist(name) if name in LISTS else data.get(name, "") for name in data}


def blank(hazard: Hazard | None) -> dict[str, Any]:
    """A new form: the hazard's own values, and an end as far away as the kind says."""
    ends = clock.now() + timedelta(seconds=KIND.default_s)
    data: dict[str, Any] = {"status": "Actual", "expires": local(ends)}
    if hazard is not None:
        data |= {
            "hazard": hazard.code, "severity": hazard.severity, "urgency": hazard.urgency,
            "certainty": hazard.certainty,
        }  # fmt: skip
        data |= {f"event.{language}": name for language, name in hazard.event.items()}
    return data


def of_call(call: Call) -> dict[str, Any]:
    """The form that a call fills."""
    known = {(place.type, place.code) for place in places.places()}
    zones = [(kind, code) for kind, code in call.area["zones"]]
    data: dict[str, Any] = {
        "status": call.status, "hazard": call.hazard, "severity": call.severity, "urgency": call.urgency,
        "certainty": call.certainty, "responseType": list(call.responseType),
        "onset": local(call.onset) if call.onset else "", "expires": local(call.expires),
        "places": [f"{kind} {code}" for kind, code in zones if (kind, code) in known],
        "zones": "\n".join(f"{kind} {code}" for kind, code in zones if (kind, code) not in known),
        "polygons": "\n\n".join(point_lines(ring) for ring in call.area["polygons"]),
        "circles": point_lines(call.area["circles"]),
    }  # fmt: skip
    data |= {f"areaName.{language}": name for language, name in call.area["areaDesc"].items() if language}
    for language, text in call.texts.items():
        data |= {f"{part}.{language}": text.get(part, "") for part in PARTS}
    return data


def point_lines(points: Iterable[Iterable[float]]) -> str:
    """`latitude, longitude` (and kilometres) on each line."""
    return "\n".join(", ".join(str(value) for value in point) for point in points)


def local(moment: datetime) -> str:
    """A moment on the city's clock, as datetime-local holds it."""
    return moment.astimezone(ZoneInfo(city.current().timezone)).strftime(MINUTE)


def sheet(data: Mapping[str, Any], bad: CallContentBad | None = None, languages: Sequence[str] = ()) -> dict[str, Any]:
    """Everything that the template shows: boxes by name, texts by language, and the list of faults."""
    written = tuple(languages) or city.current().languages
    boxes = {name: box(name, data, bad) for name in ("onset", "expires", "zones", "polygons", "circles", "area")}
    boxes |= {name: box(name, data, bad, options) for name, options in choices(data)}
    texts = [
        Words(
            language=own,
            name=own_name(own),
            is_needed=own == written[0],
            **{part: box(f"{part}.{own}", data, bad, count=len(written)) for part in (*PARTS, "areaName")},
        )
        for own in written
    ]
    faults = bad.fields if bad else {}
    return {"form": boxes, "texts": texts, "errors": [box(name, data, bad, count=len(written)) for name in faults]}


def box(
    name: str, data: Mapping[str, Any], bad: CallContentBad | None, options: list[Option] | None = None, *,
    count: int = 1,
) -> Box:  # fmt: skip
    """One field with what is in it and what is wrong with it; `count` is of languages."""
    value = data.get(name) or ""
    faults, zones = (bad.fields, str(bad.facts.get("zones", ""))) if bad else ({}, "")
    return Box(
        name=name, label=words.field_name(name, count), value=value if isinstance(value, str) else "",
        error=words.reason(faults[name], zones) if name in faults else "", options=options or [],
        limit=LIMITS.get(name.partition(".")[0], AREA_NAME),
    )  # fmt: skip


def choices(data: Mapping[str, Any]) -> list[tuple[str, list[Option]]]:
    """The questions with their answers, the chosen ones marked."""
    town = city.current()
    return [
        ("hazard", options(data, "hazard", [(each.code, page.in_words(each.event), "") for each in town.hazard])),
        ("status", terms(data, "status", words.STATUS, ("Actual", "Exercise"))),
        ("severity", terms(data, "severity", words.SEVERITY, Severity)),
        ("urgency", terms(data, "urgency", words.URGENCY, [u for u in URGENCIES if u != "Past"])),
        ("certainty", terms(data, "certainty", words.CERTAINTY, CERTAINTIES)),
        ("responseType", terms(data, "responseType", words.RESPONSE, [r for r in RESPONSES if r != "AllClear"])),
        ("places", options(data, "places", [(f"{p.type} {p.code}", p.name, "") for p in places.places()])),
    ]


def terms(data: Mapping[str, Any], name: str, known: Mapping[str, Term], values: Iterable[str]) -> list[Option]:
    """A question about one of CAP's terms."""
    return options(data, name, [(str(v), str(known[v].label), str(known[v].plain)) for v in values])


def options(data: Mapping[str, Any], name: str, rows: Iterable[tuple[str, str, str]]) -> list[Option]:
    """Answers with those of the form marked."""
    value = data.get(name) or ""
    chosen = {value} if isinstance(value, str) else set(value)
    return [Option(value=code, label=label, plain=plain, is_chosen=code in chosen) for code, label, plain in rows]
