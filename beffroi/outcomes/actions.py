"""Follow a live call to its end: update, close with an outcome, expire, inform the authorities, page the officers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls.actions import Content
from beffroi.calls.models import Call
from beffroi.calls.state import ALONE_S, PAGE_S, Severity, State
from beffroi.delivery import actions as delivery
from beffroi.delivery import notes
from beffroi.delivery.channel import Message
from beffroi.delivery.editions import address, messages
from beffroi.errors import BadInput, Conflict
from beffroi.lib import clock
from beffroi.outcomes.words import closing_texts
from beffroi.people import access, log
from beffroi.people.access import Actor
from beffroi.people.models import Key, Person

CLOSING_S: Final = 6 * 3600
"""How long a closing message stays on the now page."""

ENDINGS: Final = ("all-clear", "false-alarm", "expired")

logger = logging.getLogger("beffroi.outcomes")


class EndingUnknown(BadInput):
    """An outcome is all-clear or false-alarm."""

    code = "ending-unknown"


def is_alone_enough(call: Call, now: datetime) -> bool:
    """Whether one person may close it: always below Severe, for Severe and Extreme within ALONE_S of its issue."""
    if Severity(call.severity).rank < Severity.SEVERE.rank:
        return True
    return call.issued_at is not None and now - call.issued_at <= timedelta(seconds=ALONE_S)


def content_of(call: Call) -> Content:
    """What a call says, as a content to start the next message from."""
    return Content(**{name: getattr(call, name) for name in calls.FIELDS})


def live(public_id: str) -> Call:
    """The call, locked, if it is live."""
    call = calls.held(public_id)
    if call.state != State.LIVE or call.ending is not None:
        raise Conflict(call=public_id, why="not-live", state=call.state)
    return call


@transaction.atomic
def update(actor: Actor, prior_public_id: str, content: Content) -> Call:
    """A draft Update of a live call; it goes the way of any draft, to a second person."""
    prior = live(prior_public_id)
    return calls.follow(actor, prior, content, msgType="Update")


def closing_content(prior: Call, ending: str, texts: Mapping[str, Mapping[str, str]], now: datetime) -> Content:
    """The content of the message that ends `prior`: same area, same people, nothing left to do."""
    return replace(
        content_of(prior),
        severity=Severity.MINOR if ending != "expired" else Severity.UNKNOWN,
        urgency="Past",
        certainty={"all-clear": "Observed", "false-alarm": "Unlikely"}.get(ending, "Unknown"),
        responseType=["Monitor"] if ending == "expired" else ["AllClear"],
        onset=None,
        expires=now.replace(microsecond=0) + timedelta(seconds=CLOSING_S),
        texts={language: dict(text) for language, text in texts.items()},
    )


@transaction.atomic
def close(person: Person, prior_public_id: str, ending: str, texts: Mapping[str, Mapping[str, str]]) -> Call:
    """End a live call: told to everyone who was reached. Issued at once where one person may do so (is_alone_enough),
    otherwise
    submitted and waiting for a second person (its state says which)."""
    prior, now = live(prior_public_id), clock.now()
    call = draft_ending(person, prior, ending, texts)
    if is_alone_enough(prior, now):
        return delivery.close_alone(person, call.public_id)
    return delivery.submit(person, call.public_id)


@transaction.atomic
def propose_end(program: Key, prior_public_id: str, ending: str) -> Call:
    """A program's draft of the end of a live call, in the words that people start from too: people decide on it."""
    prior = live(prior_public_id)
    return draft_ending(program, prior, ending, closing_texts(prior, ending))


def draft_ending(actor: Actor, prior: Call, ending: str, texts: Mapping[str, Mapping[str, str]]) -> Call:
    """The draft of the message that ends `prior`."""
    if ending not in {"all-clear", "false-alarm"}:
        raise EndingUnknown(ending=ending)
    content = closing_content(prior, ending, texts, clock.now())
    msgType = "Cancel" if ending == "false-alarm" else "Update"
    return calls.follow(actor, prior, content, msgType=msgType, ending=ending)


def expire(now: datetime) -> int:
    """Calls whose time is over end by themselves, with a notice that they are no longer renewed: never an all-clear.
    How many ended; one that cannot be ended holds up no other."""
    over = Call.objects.filter(state="live", expires__lte=now).order_by("pk").values_list("pk", flat=True)
    return sum(end_one(call_id, now) for call_id in list(over))


def end_one(call_id: int, now: datetime) -> bool:
    """End a call in a transaction of its own; False when another worker is at it, or it cannot be ended."""
    try:
        with transaction.atomic():
            call = Call.objects.select_for_update(skip_locked=True).filter(pk=call_id, state="live").first()
            if call is None:
                return False
            if call.ending is None:
                expire_one(call, now)
            else:  # a closing message has been up long enough: it needs no closing itself
                calls.end(call, now)
                delivery.refresh(call)
            return True
    except Exception:
        logger.exception("call %s is over and cannot be ended", call_id)
        return False


def expire_one(call: Call, now: datetime) -> None:
    """Tell everyone who was reached that the call is over and was not renewed."""
    content = closing_content(call, "expired", closing_texts(call, "expired"), now)
    closing = calls.follow(None, call, content, msgType="Update", ending="expired")
    delivery.close_alone(None, closing.public_id)


def mail(email: str, message: Message, purpose: str, lane: int) -> None:
    """A note by e-mail to somebody who works for the city."""
    notes.leave("email", {"email": email}, message, purpose=purpose, lane=lane)


@transaction.atomic
def inform(person: Person, public_id: str) -> int:
    """One tap: the 112 centre, the switchboard, the mayor and the neighbour towns get the text by mail; how many."""
    access.demand(person, "call.inform")
    call = calls.held(public_id)
    if call.issued_at is None:
        raise Conflict(call=public_id, why="not-issued")
    first = replace(next(iter(messages(call))), is_note=True)
    contacts = city.current().contact
    for contact in contacts:
        mail(contact.email, first, "inform", notes.PAGE_LANE)
    log.write(person, "call.inform", calls.about(call), contacts=[contact.role for contact in contacts])
    return len(contacts)


@transaction.atomic
def page_before_end(now: datetime) -> int:
    """Page every officer and approver about calls that end within PAGE_S, once a call; how many calls."""
    soon = now + timedelta(seconds=PAGE_S)
    paged = 0
    for call in Call.objects.filter(state="live", ending=None, paged_at=None, expires__gt=now, expires__lte=soon):
        if calls.mark_paged(call, now):
            page(call)
            paged += 1
    return paged


def page(call: Call) -> None:
    """One mail to each person who could renew or close the call."""
    zone = ZoneInfo(city.current().timezone)
    for person in Person.objects.filter(is_active=True, role__in=["officer", "approver"]):
        language = person.language if person.language in call.texts else call.languages[0]
        message = next(m for m in messages(call) if m.language == language)
        until = call.expires.astimezone(zone).strftime("%H:%M")
        mail(person.email, replace(
            message, is_note=True, headline=f"{until}: {message.headline}", url=address(call, language),
        ), "page", notes.PAGE_LANE)  # fmt: skip
