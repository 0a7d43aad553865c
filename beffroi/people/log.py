"""The append-only log: what was decided, by whom, when. Never an address, a tip or a resident."""

from __future__ import annotations

from typing import Final

from beffroi.people.models import Entry, Key, Person

OWNER: Final = "owner"
"""The connection of whoever works on the machine itself; the web's application has another, with fewer rights."""


def write(actor: Person | Key | None, action: str, about: str, **facts: object) -> Entry:
    """Add a line, in the transaction of what it tells of; `facts` are plain JSON values. A program is named in them as
    `program`: it is nobody of the staff."""
    if isinstance(actor, Key):
        return Entry.objects.create(action=action, about=about, facts={"program": actor.name, **facts})
    return Entry.objects.create(person=actor, action=action, about=about, facts=facts)


def write_as_owner(action: str, about: str, **facts: object) -> Entry:
    """Add a line about what the operator did on the command line, in the transaction of the owner's connection."""
    return Entry.objects.using(OWNER).create(action=action, about=about, facts=facts)
