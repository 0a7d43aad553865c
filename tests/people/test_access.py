"""The table of roles and actions, written a second time by hand: what changes in it must be meant."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.errors import NotAllowed
from beffroi.people import access
from beffroi.people.models import Person

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
    assert all(not access.TABLE[action] for action in access.FOR_PROGRAMS)
