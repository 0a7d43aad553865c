"""The chain of the log: whether each line is as it was written, and none is missing. The database makes the hashes
(people/migrations/0004_log_chain.py); here they are made again, from the lines alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from django.db.models import TextField
from django.db.models.functions import Cast

from beffroi.people.models import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it stands in the database; `facts` is its JSON as the database writes it."""

    number: int | None
    id: int
    at: datetime
    person: int | None
    action: str
    about: str
    facts: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a check. `number` and `head` are of the last line that holds; `fault` says what is wrong with
    `bad`, the number of the first line that does not."""

    number: int
    head: bytes
    fault: str = ""
    bad: int = 0


def digest(before: bytes, line: Line) -> bytes:
    """sha256(the hash before || sha256 of each field as UTF-8 text): no field can be read as part of another."""
    fields = (
        str(line.number), str(line.id), f"{line.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "" if line.person is None else str(line.person), line.action, line.about, line.facts,
    )  # fmt: skip
    return hashlib.sha256(before + b"".join(hashlib.sha256(field.encode()).digest() for field in fields)).digest()


def check(lines: Iterable[Line], *, kept: dict[int, bytes]) -> Verdict:
    """Walk the lines in their order. `kept` are hashes that somebody wrote down elsewhere, by number: only they show
    that the end was cut off, or the whole written anew."""
    good = Verdict(number=0, head=b"")
    for line in lines:
        fault = fault_of(line, good, kept)
        if fault:
            return Verdict(number=good.number, head=good.head, fault=fault, bad=good.number + 1)
        good = Verdict(number=good.number + 1, head=line.hash)
    if any(number > good.number for number in kept):
        return Verdict(number=good.number, head=good.head, fault="missing", bad=good.number + 1)
    return good


def fault_of(line: Line, before: Verdict, kept: dict[int, bytes]) -> str:
    """What is wrong with the line that follows `before`; empty for nothing."""
    if line.number is None:
        return "unchained"
    if line.number != before.number + 1:
        return "missing"
    if line.hash != digest(before.head, line):
        return "changed"
    return "rewritten" if line.hash != kept.get(line.number, line.hash) else ""


def stored() -> Iterator[Line]:
    """Every line, by number; those without a place come last. Not all at once in memory."""
    rows = Entry.objects.annotate(json=Cast("facts", TextField())).values_list(
        "number", "id", "at", "person_id", "action", "about", "json", "hash"
    )
    placed, others = rows.filter(number__isnull=False).order_by("number"), rows.filter(number=None).order_by("pk")
    for number, key, at, person, action, about, facts, hash_ in chain(placed.iterator(2000), others.iterator(2000)):
        yield Line(
            number=number, id=key, at=at, person=person, action=action, about=about, facts=facts,
            hash=bytes(hash_ or b""),
        )  # fmt: skip


def head() -> Entry | None:
    """The newest line that has its place; None while there is no line."""
    return Entry.objects.filter(number__isnull=False).order_by("number").last()
