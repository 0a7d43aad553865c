"""Exactly what leaves: the editions of a call as each channel shows them, and how many people they go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi import city
from beffroi.audience import select
from beffroi.audience.select import Group
from beffroi.calls.edition import CONTENT, Frozen
from beffroi.calls.models import Call
from beffroi.calls.state import State
from beffroi.delivery import actions as delivery
from beffroi.delivery import shards, shelves
from beffroi.web.language import own_name
from beffroi.web.staff import words
from beffroi.web.staff.rows import floored


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One channel's edition in one language, as a person will read it."""

    channel: str
    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All editions of one language."""

    language: str
    name: str
    sheets: list[Sheet]


def editions(call: Call) -> list[Frozen]:
    """The frozen editions once the call was handed over; until then, what it would be. Raises TextTooLong."""
    if call.state in {State.DRAFT, State.REFUSED, State.LAPSED, State.WITHDRAWN}:
        return delivery.freeze(call)
    rows = call.editions.exclude(channel=CONTENT).order_by("channel", "language")
    return [Frozen(row.channel, row.language, bytes(row.content)) for row in rows]


def sheets(call: Call) -> list[Language]:
    """What leaves, by language in the call's order; push first, for it is what people see first."""
    by_language: dict[str, list[Sheet]] = {language: [] for language in call.languages}
    for edition in sorted(editions(call), key=lambda each: each.channel != "webpush"):
        by_language.setdefault(edition.language, []).append(sheet(edition))
    return [
        Language(language=language, name=own_name(language), sheets=found) for language, found in by_language.items()
    ]


def sheet(edition: Frozen) -> Sheet:
    """One edition, read back from its bytes by its own channel."""
    title, text = shelves.channels.get(edition.channel).preview(edition.content)
    name = str(words.CHANNEL.get(edition.channel, edition.channel))
    return Sheet(channel=edition.channel, name=name, title=title, text=text)


def reach(call: Call) -> int:
    """How many subscriptions the call goes to if it leaves now (0 stays 0, 1 to 9 is told as 10)."""
    return floored(total(shards.recipients(call, city.current().channels)))


def reach_of_ending(call: Call) -> int:
    """How many subscriptions hear of the end of this call: those whom a message of it may have reached."""
    ids = sorted(shards.reached(call, only_tried=True))
    return floored(total(select.still_here(ids, call.languages, city.current().channels)))


def total(groups: Mapping[Group, list[int]]) -> int:
    """How many in all groups."""
    return sum(len(ids) for ids in groups.values())
