"""The only writer of calls: draft, edit, submit, refuse, withdraw, reopen, lapse, begin, end; one transaction each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from beffroi import city
from beffroi.calls import edition, state
from beffroi.calls.edition import Frozen
from beffroi.calls.models import Call, Edition, Phase
from beffroi.calls.state import Authority, State
from beffroi.errors import Conflict, NotFound
from beffroi.lib import clock, tokens
from beffroi.people import access, log
from beffroi.people.access import Actor
from beffroi.people.models import Key, Person


class CallNotFound(NotFound):
    """There is no such call."""

    code = "call-not-found"


class CallChanged(Conflict):
    """The text is no longer the one that was on the screen."""

    code = "call-changed"


class CallLapsed(Conflict):
    """Nobody decided in time, or the call's own end has come: it cannot be sent any more."""

    code = "call-lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a call says; checked by calls/content.py before it comes here."""

    kind: str
    status: str
    hazard: str
    category: list[str]
    severity: str
    urgency: str
    certainty: str
    responseType: list[str]
    onset: datetime | None
    expires: datetime
    texts: dict[str, dict[str, str]]
    area: dict[str, Any]
    ranges: bytes


FIELDS = tuple(Content.__dataclass_fields__)


def held(public_id: str) -> Call:
    """The call, locked until the transaction ends."""
    call = Call.objects.select_for_update().filter(public_id=public_id).first()
    if call is None:
        raise CallNotFound(call=public_id)
    return call


def about(call: Call) -> str:
    """How the log names a call."""
    return f"call:{call.public_id}"


def begun_by(actor: Actor | None) -> dict[str, Any]:
    """Who began a draft. Only a person is an author: what a program or a robot drafts has none until a person takes
    it over, and without one the database lets nothing leave."""
    return {
        "author": actor if isinstance(actor, Person) else None,
        "program": actor if isinstance(actor, Key) else None,
    }


@transaction.atomic
def draft(actor: Actor | None, content: Content, *, warned_at: datetime | None = None) -> Call:
    """A new draft; by nobody when a robot made it from an incoming warning."""
    if actor is not None:
        access.demand(actor, "call.draft")
    call = Call(public_id=tokens.short_id(), warned_at=warned_at, **begun_by(actor))
    fill(call, content)
    call.save()
    log.write(actor, "call.draft", about(call), hazard=call.hazard, severity=call.severity)
    return call


@transaction.atomic
def follow(actor: Actor | None, prior: Call, content: Content, *, msgType: str, ending: str | None = None) -> Call:
    """A draft of the next message of an event: an Update, or a Cancel or all-clear that ends it. A program's never
    takes the place of one that waits."""
    if actor is not None:
        access.demand(actor, "call.draft" if ending is None else "call.close")
    if ending is not None and not isinstance(actor, Key):
        drop_waiting(prior)
    elif waiting := Call.objects.filter(follows=prior).exclude(state="withdrawn").first():
        raise Conflict(call=waiting.public_id, why="follow-up-waiting")
    call = Call(
        public_id=tokens.short_id(), msgType=msgType, ending=ending, follows=prior, root=prior.first,
        number=prior.number + 1, warned_at=prior.warned_at, **begun_by(actor),
    )  # fmt: skip
    fill(call, content)
    call.save()
    log.write(actor, "call.follow", about(call), follows=prior.public_id, msgType=msgType, ending=ending)
    return call


def fill(call: Call, content: Content) -> None:
    """Put the content into the row's columns; CAP knows whole seconds only. An event is an exercise or it is not: later
    messages are as its first."""
    for name in FIELDS:
        value = getattr(content, name)
        setattr(call, name, value.replace(microsecond=0) if isinstance(value, datetime) else value)
    if call.follows is not None:
        call.status = call.follows.status


def demand_own(actor: Actor | None, call: Call) -> None:
    """A robot or a program may only touch a draft of its own, and none that a person has touched; people touch any."""
    if isinstance(actor, Person):
        return
    if call.author is not None:
        raise Conflict(call=call.public_id, why="draft-has-author")
    if call.program != actor:
        raise Conflict(call=call.public_id, why="draft-of-another")


@transaction.atomic
def edit(actor: Actor | None, public_id: str, content: Content) -> Call:
    """Change a draft; the person who changed it last is its author."""
    if actor is not None:
        access.demand(actor, "call.draft")
    call = held(public_id)
    demand_own(actor, call)
    if call.state != State.DRAFT:
        raise state.StepRefused(now=call.state, then=str(State.DRAFT))
    fill(call, content)
    call.author = actor if isinstance(actor, Person) else None
    call.save()
    log.write(actor, "call.edit", about(call))
    return call


@transaction.atomic
def submit(person: Person, public_id: str, editions: Iterable[Frozen], *, phase: str, body: str) -> Call:
    """Freeze the editions and wait for a second person; who submits a robot's or program's draft is its author."""
    access.demand(person, "call.submit")
    call = held(public_id)
    call.state = state.step(State(call.state), State.PENDING)
    freeze(call, editions)
    call.author = call.author or person
    call.phase, call.body = phase, body
    call.submitted_at = clock.now()
    call.save()
    log.write(person, "call.submit", about(call), phase=phase, body=body)
    return call


def freeze(call: Call, editions: Iterable[Frozen]) -> None:
    """Store the editions beside the canonical content, and their digest on the call (not yet saved)."""
    rows = [edition.content(call), *editions]
    Edition.objects.bulk_create(
        Edition(call=call, channel=e.channel, language=e.language, content=e.content) for e in rows
    )
    call.digest = edition.digest(rows)


def rest(actor: Actor | None, public_id: str, then: State, action: str, **facts: object) -> Call:
    """Move a call to a state in which nothing is sent, and log it."""
    call = held(public_id)
    call.state = state.step(State(call.state), then)
    call.save()
    log.write(actor, action, about(call), **facts)
    return call


@transaction.atomic
def refuse(person: Person, public_id: str, *, why: str) -> Call:
    """The second person says no, with a reason; the call stays visible."""
    access.demand(person, "call.refuse")
    return rest(person, public_id, State.REFUSED, "call.refuse", why=why)


@transaction.atomic
def withdraw(actor: Actor, public_id: str) -> Call:
    """Take a draft or a waiting call back for good."""
    access.demand(actor, "call.draft")
    demand_own(actor, held(public_id))
    return rest(actor, public_id, State.WITHDRAWN, "call.withdraw")


@transaction.atomic
def reopen(person: Person, public_id: str) -> Call:
    """Back to a draft: the frozen editions are dropped, and a new submission is needed."""
    access.demand(person, "call.draft")
    call = held(public_id)
    call.state = state.step(State(call.state), State.DRAFT)
    call.digest, call.submitted_at, call.phase, call.body = None, None, "", ""
    call.save()
    call.editions.all().delete()
    log.write(person, "call.reopen", about(call))
    return call


def demand_in_time(call: Call, now: datetime) -> None:
    """CallLapsed where `lapse` will come, whether it has run yet or not. The database refuses such a call, too."""
    handed_at = call.submitted_at or call.drafted_at
    if now >= call.expires or now > handed_at + timedelta(seconds=state.PENDING_S):
        raise CallLapsed(call=call.public_id)


@transaction.atomic
def lapse(now: datetime) -> int:
    """Waiting calls that nobody decided within PENDING_S, or whose end has come: they lapse and stay visible."""
    late = Call.objects.filter(state="pending").filter(
        submitted_at__lt=now - timedelta(seconds=state.PENDING_S)
    ) | Call.objects.filter(state="pending", expires__lte=now)
    ids = list(late.values_list("public_id", flat=True))
    for public_id in ids:
        rest(None, public_id, State.LAPSED, "call.lapse")
    return len(ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """By what right, and under which CAP identity, a call goes live."""

    authority: Authority
    approver: Person | None
    identifier: str
    sent: datetime
    signed: bytes


def begin(call: Call, issue: Issue) -> None:
    """The call is live (inside delivery's transaction); what it follows is replaced or ended. The database checks the
    authority."""
    was = State(call.state)
    call.state = state.step(was, State.LIVE)
    call.authority, call.approver = str(issue.authority), issue.approver
    call.identifier, call.sent, call.signed = issue.identifier, issue.sent, issue.signed
    call.issued_at = clock.now()
    call.submitted_at = call.submitted_at or call.issued_at
    call.save()
    if call.follows is not None:
        then = State.REPLACED if call.ending is None else State.ENDED
        Call.objects.filter(pk=call.follows.pk, state="live").update(state=then, ended_at=call.issued_at)
    actor = issue.approver or call.author
    log.write(actor, "call.issue", about(call), authority=call.authority, digest=bytes(call.digest or b"").hex())


def end(call: Call, now: datetime) -> None:
    """A closing message has run its own time: it is no longer live."""
    Call.objects.filter(pk=call.pk, state="live").update(state=State.ENDED, ended_at=now)


def drop_waiting(prior: Call) -> None:
    """Take back an unfinished follow-up: an event has one successor at a time, and its end does not wait for a
    draft."""
    for call in Call.objects.filter(follows=prior, state__in=["draft", "pending", "refused", "lapsed"]):
        rest(None, call.public_id, State.WITHDRAWN, "call.withdraw", why="event-goes-on")


def mark_paged(call: Call, now: datetime) -> bool:
    """Remember that the officer was paged about the coming end; False if somebody else did."""
    return bool(Call.objects.filter(pk=call.pk, state="live", paged_at=None).update(paged_at=now))


@transaction.atomic
def declare_phase(person: Person, name: str) -> Phase:
    """The city is in this phase from now on; the competence table of city.toml depends on it. An officer may raise
    it: only an
    approver may lower it, or one person could choose a body that says yes."""
    levels = {phase.code: phase.level for phase in city.current().phase}
    now = current_phase(city.current().phase[0].code)
    access.demand(person, "phase.lower" if levels.get(name, 0) < levels.get(now, 0) else "phase.declare")
    row = Phase.objects.create(name=name, declared_by=person)
    log.write(person, "phase.declare", "city:phase", phase=name)
    return row


def current_phase(default: str) -> str:
    """The phase in force, or `default` when none was ever declared."""
    row = Phase.objects.order_by("-pk").values_list("name", flat=True).first()
    return row or default
