"""What follows from a received message: a draft is made, mended or taken back; a person settles what was held."""

from __future__ import annotations

import logging

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

logger = logging.getLogger("beffroi.crisis")


class MessageNotFound(NotFound):
    """There is no such received message."""

    code = "message-not-found"


def follow_up(message: Message, alert: cap.Alert | None) -> None:
    """Let a message that has just been placed in its chain take effect on the city's own calls."""
    if alert is None or not is_for_the_public(message):
        return
    prior = prior_call(message)
    if message.standing == Standing.ACTED:
        if prior is not None:
            source_ended(prior)
    elif message.standing == Standing.LIVE:
        draft_from(message, alert, prior)


def is_for_the_public(message: Message) -> bool:
    """Only Actual and Public, above the level of "no warning"; a Cancel counts too."""
    return message.is_deliverable or message.standing == Standing.ACTED


def prior_call(message: Message) -> Call | None:
    """The city's call that an earlier message of the same event became."""
    identifiers = [identifier for _sender, identifier, _sent in message.references]
    earlier = Message.objects.filter(identifier__in=identifiers, call__isnull=False).order_by("-sent").first()
    return newest(earlier.call) if earlier is not None and earlier.call is not None else None


def newest(call: Call) -> Call:
    """The newest message of the call's event that was not withdrawn."""
    return call.first.chain.exclude(state="withdrawn").order_by("-number", "-pk").first() or call.first


def draft_from(message: Message, alert: cap.Alert, prior: Call | None) -> None:
    """A draft ready to submit: new, the refreshed one of the event, or an Update of the live call."""
    try:
        content = prefill.content(alert, border=places.border(city.current()), now=clock.now())
    except AreaBad as err:
        hold(message, f"area-{err.facts['why']}")
        return
    if prior is not None and prior.state == State.DRAFT and prior.author is None:
        message.call = calls.edit(None, prior.public_id, content)
    elif prior is not None and prior.state == State.LIVE and prior.ending is None:
        message.call = calls.follow(None, prior, content, msgType="Update")
    elif prior is not None and prior.state in {State.DRAFT, State.PENDING}:
        hold(message, "draft-in-work")  # a person is at it: what is new must not change under their hands
        return
    else:
        message.call = calls.draft(None, content, warned_at=message.received_at)
    message.save(update_fields=["call"])


def source_ended(prior: Call) -> None:
    """The source cancelled: an untouched draft is taken back; for a live call an all-clear lies ready, for people to
    decide."""
    if prior.state == State.DRAFT and prior.author is None:
        calls.rest(None, prior.public_id, State.WITHDRAWN, "call.withdraw", why="source-cancelled")
    elif prior.state == State.LIVE and prior.ending is None:
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
