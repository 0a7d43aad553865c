"""The append-only log: what was decided, by whom, when. Never an address, a tip or a resident."""

from __future__ import annotations

from beffroi.people.models import Entry, Person


def write(person: Person | None, action: str, about: str, **facts: object) -> Entry:
    """Add a line, in the transaction of what it tells of; `facts` are plain JSON values."""
    return Entry.objects.create(person=person, action=action, about=about, facts=facts)
