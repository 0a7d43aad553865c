"""The composer's way to the message library: the phases to choose from, and the form with the library's texts in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from beffroi import city
from beffroi.calls import content
from beffroi.calls.content import CallContentBad, Reading
from beffroi.calls.models import Call
from beffroi.calls.state import RESPONSES
from beffroi.lib import clock
from beffroi.library import Finding, Slots, draft, load
from beffroi.library.model import EXERCISE, UPDATE
from beffroi.places import select as places
from beffroi.web.language import own_name
from beffroi.web.staff import form, words

OWN: Final = ("action", "details")
"""Slots that a person writes, in each language: `action.es`."""
NAMES: Final = 3
"""Places that a text can name one by one; more need a name for the whole area."""


def offered(data: Mapping[str, Any], prior: Call | None) -> tuple[str, ...]:
    """The phases of the form's hazard that can be chosen: the text of an exercise only in an exercise, "it goes on"
    only where something came before. None when the library has not this hazard."""
    hazard, library = str(data.get("hazard") or ""), load()
    if hazard not in library.hazards():
        return ()
    first = [phase for phase in library.openings(hazard) if phase != EXERCISE or data.get("status") == "Exercise"]
    return (*first, UPDATE) if prior else tuple(first)


def section(data: Mapping[str, Any], bad: CallContentBad | None, prior: Call | None) -> dict[str, Any]:
    """What the page shows: the question which phase, and the slots that a person writes."""
    phases = offered(data, prior)
    chosen = data.get("phase") or (following(prior) if prior else "")
    hazard = str(data.get("hazard") or "")
    rows = [(phase, str(words.PHASE.get(phase, phase)), outline(hazard, phase)) for phase in phases]
    options = form.options({"phase": chosen}, "phase", rows)
    languages = city.current().languages
    wanted = [slot for slot in OWN if phases and slot in needs(hazard, phases)]
    names = [f"{slot}.{language}" for slot in wanted for language in languages]
    return {
        "phase": form.box("phase", data, bad, options),
        "slots": [form.box(name, data, bad, count=len(languages)) for name in names],
    }


def needs(hazard: str, phases: Iterable[str]) -> frozenset[str]:
    """The slots of a hazard's texts."""
    library = load()
    language = library.languages(hazard)[0]  # the library's check holds that all languages have the same ones
    return frozenset().union(*(library.slots(hazard, phase, language) for phase in phases))


def outline(hazard: str, phase: str) -> str:
    """What a phase says: its headline in the reader's language, else in the first one of the city that has it."""
    wanted = [get_language() or "", *city.current().languages]
    known = load().languages(hazard)
    return next((load().outline(hazard, phase, one) for one in wanted if one in known), "")


def following(prior: Call) -> str:
    """The phase that an update of this call is written from, as far as its words still tell."""
    library = load()
    if prior.hazard not in library.hazards():
        return ""
    for language in library.languages(prior.hazard):
        phase = library.phase_of(prior.hazard, language, prior.texts.get(language, {}).get("instruction", ""))
        if phase:
            return library.follow_up(prior.hazard, phase) or ""
    return ""


def filled(data: Mapping[str, Any], call: Call | None, prior: Call | None) -> tuple[dict[str, Any], list[str]]:
    """The form with the library's texts in it, and what a person should look at. CallContentBad: what it lacks."""
    reading = Reading(data)
    hazard = reading.pick("hazard", (each.code for each in city.current().hazard))
    known = offered(data, prior)
    if hazard and not known:
        reading.fault("phase", "not-in-library")
    phase = reading.pick("phase", known)
    until = content.moment(reading, "expires", city.current()) if reading.line("expires") else None
    if until is None:
        reading.fault("expires", "missing")
    slots = {language: values(reading, language, until) for language in city.current().languages}
    reading.done()
    found = draft(hazard, phase, slots)
    holes(reading, found.findings)
    reading.done()
    changed = {**data, "responseType": [r for r in RESPONSES if r in load().cap_defaults(hazard, phase).responseType]}
    source = call or prior
    if source is None or source.warned_at is None:  # what an incoming warning says of the danger stays
        defaults = load().cap_defaults(hazard, phase)
        changed |= {"severity": defaults.severity, "urgency": defaults.urgency, "certainty": defaults.certainty}
    for language, texts in found.texts.items():
        changed |= {f"{part}.{language}": text for part, text in texts.written().items()}
    return changed, [line for line in map(note, found.findings) if line]


def values(reading: Reading, language: str, until: datetime | None) -> Slots:
    """What fills the slots: the form's place and end, the city's name and number, and this moment."""
    town = city.current()
    hazard = next((each for each in town.hazard if each.code == reading.line("hazard")), None)
    return Slots(
        place=place(reading, language), source=town.cap.sender_name[language], phone=town.phone, time=clock.now(),
        until=until, zone=ZoneInfo(town.timezone), details=reading.line(f"details.{language}"),
        action=reading.line(f"action.{language}"),
        hazard=reading.line(f"event.{language}") or (hazard.event[language] if hazard else ""),
    )  # fmt: skip


def place(reading: Reading, language: str) -> str:
    """The area as people say it: its name in the form, else the places that were chosen, if they are few."""
    first = city.current().languages[0]
    named = reading.line(f"areaName.{language}") or reading.line(f"areaName.{first}")
    chosen = reading.items("places")
    if named or not 0 < len(chosen) <= NAMES:
        return named
    names = {f"{place.type} {place.code}": place.name for place in places.places()}
    return ", ".join(names[one] for one in chosen if one in names)


def holes(reading: Reading, findings: Iterable[Finding]) -> None:
    """Note what the city's first language lacks: without it there is no message."""
    first = city.current().languages[0]
    for finding in findings:
        if finding.code != "slot-missing" or finding.language != first:
            continue
        if finding.part == "phone":
            reading.fault("phase", "no-phone")
        elif finding.part == "place":
            reading.fault(f"areaName.{first}", "unnamed")
        else:
            reading.fault(f"{finding.part}.{first}", "missing")


def note(finding: Finding) -> str:
    """A finding in words; nothing for a part that no call has yet."""
    if finding.part in {"push", "sms"}:
        return ""
    said = str(words.FINDING.get(finding.code, finding.code)) % {"word": finding.word}
    return f"{own_name(finding.language)}: {said}"
