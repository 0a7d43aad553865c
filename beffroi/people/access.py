"""Who may do what: one table, and what is not in it is refused."""

from __future__ import annotations

from typing import Final

from beffroi.errors import NotAllowed
from beffroi.people.models import Key, Person

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
    "webhook.manage":   frozenset(),  # the same
}
# fmt: on

FOR_PROGRAMS: Final = (
    "warning.send", "warning.read", "call.read", "call.draft", "call.close", "webhook.manage",
)  # fmt: skip
"""Actions that a program's key may open. Handing over, approving and refusing are not among them: the two who decide
are people."""

PUBLIC: Final = "public"
"""The mark of a route that everybody may use."""


Actor = Person | Key
"""Somebody of the staff, or a program by its key."""


def may(actor: Actor | None, action: str) -> bool:
    """Whether this person or program may do this; nobody, a closed account, an ended key or an unknown action never
    may."""
    if isinstance(actor, Key):
        return actor.is_open and action in FOR_PROGRAMS and action in actor.actions
    return actor is not None and actor.is_active and actor.role in TABLE.get(action, frozenset())


def demand(actor: Actor | None, action: str) -> Actor:
    """The person or program, if they may do this; otherwise NotAllowed."""
    if actor is None or not may(actor, action):
        raise NotAllowed(action=action)
    return actor
