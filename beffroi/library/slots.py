"""The slots of a text: what fills them, how a value is written in a language, and the filling itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from beffroi.errors import BadInput
from beffroi.lib.text import clean_line
from beffroi.library.language import Language

LONGEST: Final = {
    "place": 24, "time": 5, "until": 11, "source": 22, "phone": 9, "details": 48, "action": 34, "hazard": 16,
}  # fmt: skip
"""Every slot, with the length of a value for which all texts keep their limits."""

SLOT: Final = re.compile(r"\{(\w+)\}")
SENTENCES: Final = frozenset({"details", "action"})
"""Slots that take a whole sentence; a missing full stop is added."""

_START: Final = re.compile(r"(?:^|[.!?؟]\s|\{(?:details|action)\}\s)$")
_END: Final = re.compile(r"[.!?…؟]$")
_LRM: Final = "\u200e"


class LibrarySlotMissing(BadInput):
    """Slots that the text needs have no value; fact `slots` names them, with commas between."""

    code = "library-slot-missing"


class LibrarySlotBad(BadInput):
    """A value cannot be used; facts `slot` and `reason` (naive: a time without its offset)."""

    code = "library-slot-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Values for the slots, in the language that is being filled. Which ones a text needs, `Library.slots` says."""

    place: str = ""
    """Name of the place or area, as people say it."""
    source: str = ""
    """Who speaks, in words that residents know."""
    phone: str = ""
    """Number for questions, from the city's checked contacts."""
    time: datetime | None = None
    """When it was sent or noticed (missing-child: last seen; all-clear: when it ended; false-alarm: when the wrong
    message left). Aware."""
    until: datetime | None = None
    """End of validity. Aware; written with its day when that is not the day of `time`."""
    zone: tzinfo = UTC
    """The city's time zone: texts give local time."""
    details: str = ""
    """Missing-child: what to look for, one sentence."""
    action: str = ""
    """All-purpose: one whole sentence that begins with the verb."""
    hazard: str = ""
    """All-purpose: a noun without article."""


def slots_in(templates: Iterable[str]) -> frozenset[str]:
    """The slots that occur in these texts."""
    return frozenset(name for template in templates for name in SLOT.findall(template))


def values(slots: Slots, needed: Iterable[str], language: Language) -> dict[str, str]:
    """Each needed slot's value, clean, in the language's form. Raises LibrarySlotMissing (for all), LibrarySlotBad."""
    found = {name: _value(name, slots, language) for name in needed}
    missing = sorted(name for name, value in found.items() if not value)
    if missing:
        raise LibrarySlotMissing(slots=",".join(missing))
    return found


def write(template: str, found: Mapping[str, str]) -> str:
    """The text with its slots filled, once: braces in a value stay text. One that begins a sentence is capitalised."""

    def one(match: re.Match[str]) -> str:
        value = found[match[1]]
        return value[0].upper() + value[1:] if _START.search(template, 0, match.start()) else value

    return SLOT.sub(one, template)


def _value(name: str, slots: Slots, language: Language) -> str:
    raw = getattr(slots, name)
    if raw is None:
        return ""
    if isinstance(raw, datetime):
        return _local(name, slots).strftime(_pattern(name, slots, language))
    value = clean_line(raw)
    if name in SENTENCES and value and not _END.search(value):
        value += "."
    if name == "phone" and value and language.is_rtl:
        value = f"{_LRM}{value}{_LRM}"  # else its groups would stand in the wrong order
    return value


def _pattern(name: str, slots: Slots, language: Language) -> str:
    other_day = name == "until" and slots.time and _local("time", slots).date() != _local("until", slots).date()
    return language.day_and_time if other_day else language.time


def _local(name: str, slots: Slots) -> datetime:
    moment: datetime = getattr(slots, name)
    if moment.tzinfo is None:
        raise LibrarySlotBad(slot=name, reason="naive")
    return moment.astimezone(slots.zone)
