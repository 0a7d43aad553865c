"""The table of roles and actions, written a second time by hand: what changes in it must be meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from beffroi.errors import NotAllowed
from beffroi.lib import clock
from beffroi.people import access
from beffroi.people.models import Key, Person

MAY = {
    "officer": {
        "desk.read", "call.read", "call.draft", "call.submit", "call.close", "call.inform", "phase.declare",
        "warning.read", "warning.settle",
    },
    "approver": {
        "desk.read", "call.read", "call.draft", "call.submit", "call.approve", "call.refuse", "call.close",
        "call.inform", "phase.declare", "phase.lower", "warning.read", "warning.settle",
    },
    "overseer": {"desk.read", "call.read", "warning.read", "log.read"},
    "administrator": {"desk.read", "log.read"},
}  # fmt: skip


def somebody(role: str, **changes: Any) -> Person:
    return Person(email="x@town.example", name="x", role=role, **changes)


@pytest.mark.parametrize("role", access.ROLES)
@pytest.mark.parametrize("action", access.TABLE)
def test_who_may_do_what(role: str, action: str) -> None:
    person = somebody(role)
    assert access.may(person, action) == (action in MAY[role])
    if action in MAY[role]:
        assert access.demand(person, action) is person
    else:
        with pytest.raises(NotAllowed) as caught:
            access.demand(person, action)
        assert caught.value.facts == {"action": action}


def test_default_deny() -> None:
    assert not any(access.may(None, action) for action in access.TABLE)
    assert not any(access.may(somebody(role, is_active=False), a) for role in access.ROLES for a in access.TABLE)
    assert not any(access.may(somebody(role), "call.invent") for role in access.ROLES)
    assert not any(access.may(somebody("emperor"), action) for action in access.TABLE)
    with pytest.raises(NotAllowed):
        access.demand(None, "desk.read")


def test_the_overseer_changes_nothing_and_the_administrator_approves_nothing() -> None:
    assert all(action.endswith(".read") for action in MAY["overseer"] | MAY["administrator"])


def test_no_person_sends_as_a_program() -> None:
    assert [action for action, roles in access.TABLE.items() if not roles] == ["warning.send", "webhook.manage"]


def program(*actions: str, **changes: Any) -> Key:
    values: dict[str, Any] = {"name": "x", "expires_at": clock.now() + timedelta(days=1)}
    return Key(actions=list(actions), **(values | changes))


def test_what_programs_may() -> None:
    """None of the three with which people decide, and none that changes the city's phase."""
    assert set(access.FOR_PROGRAMS) == {
        "warning.send", "warning.read", "call.read", "call.draft", "call.close", "webhook.manage",
    }  # fmt: skip


@pytest.mark.parametrize("action", access.TABLE)
def test_a_key_opens_its_own_actions_and_no_other(action: str) -> None:
    others = [other for other in access.TABLE if other != action]
    assert not access.may(program(*others), action)
    assert access.may(program(action), action) == (action in access.FOR_PROGRAMS)


def test_a_key_that_is_over_opens_nothing() -> None:
    now = clock.now()
    assert access.may(program("call.read"), "call.read")
    assert not access.may(program("call.read", expires_at=now), "call.read")
    assert not access.may(program("call.read", ended_at=now), "call.read")
    assert not access.may(program("call.invent"), "call.invent")
