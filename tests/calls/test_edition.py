"""The digest is over everything that the approver decides about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from beffroi.calls import edition
from beffroi.calls.edition import Frozen
from beffroi.calls.models import Call

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROWS = [Frozen("email", "fr", b"un"), Frozen("email", "en", b"one"), Frozen("webpush", "fr", b"un")]
VALUES: dict[str, Any] = {
    "kind": "alert", "status": "Actual", "msgType": "Update", "hazard": "flood", "category": ["Met"],
    "severity": "Severe", "urgency": "Immediate", "certainty": "Likely", "responseType": ["Shelter"], "onset": NOON,
    "expires": NOON,
    "texts": {"fr": {"headline": "Montez"}}, "area": {"zones": []}, "ranges": b"12345678",
    "follows": Call(public_id="before"),
}  # fmt: skip


def test_the_order_of_editions_does_not_matter_and_everything_else_does() -> None:
    seen = edition.digest(ROWS)
    assert edition.digest(reversed(ROWS)) == seen
    assert len(seen) == 32
    others = [ROWS[:2], [*ROWS[:2], Frozen("webpush", "fr", b"deux")], [*ROWS[:2], Frozen("webpush", "en", b"un")],
              [*ROWS[:2], Frozen("sms", "fr", b"un")]]  # fmt: skip
    assert seen not in [edition.digest(rows) for rows in others]


@pytest.mark.parametrize("name", VALUES)
def test_the_canonical_content_changes_with_every_field(name: str) -> None:
    other: Any = {"onset": None, "follows": None, "expires": NOON.replace(hour=13), "ranges": b"87654321"}.get(
        name, ["x"]
    )
    assert edition.content(Call(**VALUES)) != edition.content(Call(**(VALUES | {name: other})))


def test_the_canonical_content_is_the_same_each_time() -> None:
    again = dict(reversed(list(VALUES.items())))
    assert edition.content(Call(**VALUES)) == edition.content(Call(**again))
    assert edition.content(Call(**VALUES))[:2] == (edition.CONTENT, "")
