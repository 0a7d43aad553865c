"""What a call knows of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from beffroi.calls.models import Call

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_first_message_of_an_event_is_its_own_first() -> None:
    alert = Call(public_id="a")
    update = Call(public_id="b", root=alert, follows=alert)
    assert (alert.first, update.first) == (alert, alert)


def test_an_exercise_is_what_its_status_says() -> None:
    assert Call(status="Exercise").is_exercise
    assert not Call(status="Actual").is_exercise


@pytest.mark.parametrize(("state", "seconds", "is_valid"), [
    ("live", -1, True), ("live", 0, False), ("pending", -1, False), ("replaced", -1, False), ("ended", -1, False),
])  # fmt: skip
def test_a_call_is_valid_while_it_is_live_and_not_expired(state: str, seconds: int, is_valid: bool) -> None:
    assert Call(state=state, expires=NOON).is_valid_at(NOON + timedelta(seconds=seconds)) is is_valid
