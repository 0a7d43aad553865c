"""The message as a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from beffroi.standards.cap.model import Reference
from tests.standards.cap.corpus import changed, read


def test_a_key_is_the_same_instant_in_any_zone() -> None:
    key = read(changed()).key
    assert key == Reference(sender="alert@town.example", identifier="A-1", sent=datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
    assert key.sent.utcoffset() == timedelta(hours=1)
    assert hash(key) == hash(Reference(sender=key.sender, identifier=key.identifier, sent=key.sent.astimezone(UTC)))
    later = datetime(2026, 3, 2, 9, 5, tzinfo=timezone(timedelta(hours=2)))
    assert key != Reference(sender=key.sender, identifier=key.identifier, sent=later)
