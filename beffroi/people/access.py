"""Who may do what: one table, and what is not in it is refused."""

from __future__ import annotations

from typing import Final

from beffroi.errors import NotAllowed
from beffroi.people.models import Person

ROLES: Final = ("officer", "approver", "overseer", "administrator")

# fmt: off
TABLE: Final[dict[str, frozenset[str]]] = {
    #  action            who may
    "desk.read":        frozenset({"officer", "approver", "overseer", "administrator"}),
    "call.read":        frozenset({"officer", "approver", "overseer"}),
    "call.draft":       frozenset({"officer", "approver"}),
    "call.submit":      frozenset({"officer", "approver"}),
    "call.approve":     frozenset({"approver"}),
    "call.refuse":      frozenset({"approver"}),
    "call.close":       frozenset({"officer", "approver"}),
    "call.inform":      frozenset({"officer", "approver"}),
    "phase.declare":    frozenset({"officer", "approver"}),
    "phase.lower":      frozenset({"approver"}),
    "warning.read":     frozenset({"officer", "approver", "overseer"}),
    "warning.settle":   frozenset({"officer", "approver"}),
    "log.read":         frozenset({"overseer", "administrator"}),
    "warning.send":     frozenset(),  # programs with a key of this action, never a person
}
# fmt: on

FOR_PROGRAMS: Final = ("warning.send",)
"""Actions that a program's key may open."""

PUBLIC: Final = "public"
"""The mark of a route that everybody may use."""


def may(person: Person | None, action: str) -> bool:
    """Whether this person may do this; nobody, a closed account or an unknown action never may."""
    return person is not None and person.is_active and person.role in TABLE.get(action, frozenset())


def demand(person: Person | None, action: str) -> Person:
    """The person, if they may do this; otherwise NotAllowed."""
    if person is None or not may(person, action):
        raise NotAllowed(action=action)
    return person
