"""What follows from a received message: a draft is made, mended or taken back; a person settles what was held."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from django.db import transaction

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls.area import AreaBad
from beffroi.calls.models import Call
from beffroi.calls.state import State
from beffroi.crisis import prefill
from beffroi.crisis.chain import Standing
from beffroi.crisis.models import Message
from beffroi.errors import BadInput, Conflict, NotFound
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.people import access, log
from beffroi.people.models import Person
from beffroi.places import select as places
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.verdict import Verdict

logger = logging.getLogger("beffroi.crisis")

DOUBTFUL: Final = frozenset({
    "polygon-open", "polygon-crossing", "polygon-unchecked", "polygon-degenerate", "polygon-short",
    "polygon-unreadable", "polygon-huge", "polygon-antimeridian", "coordinate-range", "coordinate-swapped",
    "coordinate-zero", "circle-unreadable", "circle-no-radius", "circle-negative", "circle-huge",
})  # fmt: skip
"""Findings after which nobody knows where the sender meant: no area is made of such shapes, a person draws it."""


class MessageNotFound(NotFound):
    """There is no such received message."""

    code = "message-not-found"


class DraftInWork(Conflict):
    """A person is at the call that the message would change: nothing changes under their hands."""

    code = "draft-in-work"


def follow_up(message: Message, verdict: Verdict, alert: cap.Alert, event: Iterable[Message]) -> None:
    """Let a message that has just been placed in its chain take effect on the city's own calls of its `event`."""
    told = calls_of(event)
    is_over = message.standing in {Standing.ACTED, Standing.CANCELLED}
    if is_over or (message.standing == Standing.LIVE and prefill.is_green(alert)):
        for call in told:
            end_with_source(message, call)
    elif message.standing == Standing.LIVE and not verdict.deliverable:
        hold(message, "info-missing")
    elif message.standing == Standing.LIVE:
        drop_drafts(told[:-1])
        draft_from(message, verdict, alert, told[-1] if told else None)
    elif message.standing == Standing.REPLACED:  # it came late, and may have joined two events that each had a draft
        drop_drafts(told[:-1])


def calls_of(event: Iterable[Message]) -> list[Call]:
    """The newest call of each of the city's events that these messages became; the one of the newest message last.
    What was turned into an exercise is not the real thing and is left alone. Locked: people may be at them."""
    found: dict[int, Call] = {}
    for message in sorted(event, key=lambda one: (one.sent is not None and one.sent.timestamp(), one.pk)):
        if message.call is not None and not message.call.is_exercise:
            first = message.call.first
            found.pop(first.pk, None)
            found[first.pk] = first
    return [calls.held(newest(first).public_id) for first in found.values()]


def newest(first: Call) -> Call:
    """The newest message of a call's event that was not withdrawn."""
    return first.chain.exclude(state="withdrawn").order_by("-number", "-pk").first() or first


def is_untouched(call: Call) -> bool:
    """The robot's own draft that no person has changed: the only thing that it may change or take back."""
    return call.state == State.DRAFT and call.author is None and call.program is None


def is_over(call: Call) -> bool:
    """Nothing of this event stands or waits any more: what comes now begins a new one."""
    is_closing = call.state == State.LIVE and call.ending is not None
    is_first = call.follows is None and call.state in {State.REFUSED, State.LAPSED}
    return is_closing or is_first or call.state in {State.ENDED, State.REPLACED, State.WITHDRAWN}


def take_back(call: Call, why: str) -> None:
    """Withdraw an untouched draft."""
    calls.rest(None, call.public_id, State.WITHDRAWN, "call.withdraw", why=why)


def drop_drafts(older: Iterable[Call]) -> None:
    """One event has one draft: untouched ones of messages that turned out to be older parts of it are taken back."""
    for call in older:
        if is_untouched(call):
            take_back(call, "source-replaced")


def draft_from(message: Message, verdict: Verdict, alert: cap.Alert, prior: Call | None) -> None:
    """A draft ready to submit: new, the refreshed one of the event, or an Update of the live call."""
    if any(finding.code in DOUBTFUL for finding in verdict.findings):
        hold(message, "area-doubtful")
        return
    try:
        content = prefill.content(alert, border=places.border(city.current()), now=clock.now())
    except AreaBad as err:
        hold(message, f"area-{err.facts['why']}")
        return
    if prior is None or is_over(prior):
        message.call = calls.draft(None, content, warned_at=message.received_at)
    elif is_untouched(prior) and prior.ending is None:
        message.call = calls.edit(None, prior.public_id, content)
    else:
        message.call = calls.follow(None, live_base(prior), content, msgType="Update")
    message.save(update_fields=["call"])


def live_base(prior: Call) -> Call:
    """The live call that a new Update follows. An all-clear that only lay ready is taken back: the danger goes on."""
    if is_untouched(prior) and prior.follows is not None:
        take_back(prior, "source-goes-on")
        prior = calls.held(prior.follows.public_id)
    if prior.state != State.LIVE or prior.ending is not None:
        raise DraftInWork(call=prior.public_id)
    return prior


def end_with_source(message: Message, prior: Call) -> None:
    """The source says that it is over: an untouched draft is taken back; for a live call an all-clear lies ready, for
    people to decide; where a person is at it, that person is told."""
    if is_over(prior) or (prior.ending is not None and is_untouched(prior)):
        return
    if is_untouched(prior):
        take_back(prior, "source-cancelled")
        if prior.follows is None:
            return
        prior = calls.held(prior.follows.public_id)
    if prior.state != State.LIVE:
        hold(message, "source-cancelled")
    elif prior.ending is None:
        content = outcomes.closing_content(prior, "all-clear", closing_texts(prior, "all-clear"), clock.now())
        calls.follow(None, prior, content, msgType="Update", ending="all-clear")


def hold(message: Message, why: str) -> None:
    """Put a message before a person."""
    logger.warning("message held: %s", why)
    message.held = why
    message.save(update_fields=["held"])


@transaction.atomic
def settle(person: Person, message_id: int, *, note: str) -> Message:
    """A person has looked at a held message; it stays stored, and leaves the duty desk."""
    access.demand(person, "warning.settle")
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise MessageNotFound(message=message_id)
    if message.held == "" or message.settled_at is not None:
        raise Conflict(message=message_id, why="not-held")
    if not note.strip():
        raise BadInput(field="note", why="empty")
    message.settled_at = clock.now()
    message.save(update_fields=["settled_at"])
    log.write(person, "warning.settle", f"warning:{message.pk}", held=message.held, note=note[:500])
    return message
