"""The append-only log: what was decided, by whom, when. Never an address, a tip or a resident."""

from __future__ import annotations

from typing import Final

from beffroi.people.models import Entry, Person

OWNER: Final = "owner"
"""The connection of whoever works on the machine itself; the web's application has another, with fewer rights."""


def write(person: Person | None, action: str, about: str, **facts: object) -> Entry:
    """Add a line, in the transaction of what it tells of; `facts` are plain JSON values."""
    return Entry.objects.create(person=person, action=action, about=about, facts=facts)


def write_as_owner(action: str, about: str, **facts: object) -> Entry:
    """Add a line about what the operator did on the command line, in the transaction of the owner's connection."""
    return Entry.objects.using(OWNER).create(action=action, about=about, facts=facts)
