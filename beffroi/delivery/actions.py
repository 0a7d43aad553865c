"""Issue a call: one transaction from authority to shards, after which nothing can be lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls.edition import Frozen
from beffroi.calls.models import Call
from beffroi.calls.state import Authority, State
from beffroi.delivery import fanout, notes, publish, shards, shelves
from beffroi.delivery.capout import compose
from beffroi.delivery.editions import messages
from beffroi.delivery.models import Shard
from beffroi.delivery.webhooks import actions as webhooks
from beffroi.errors import Conflict, NotAllowed
from beffroi.lib import clock
from beffroi.people import access, log
from beffroi.people.models import Person

WAKE: Final = "delivery.wake"
"""The job that wakes a worker; it carries nothing, the shards are the truth."""

KEEP_RECIPIENTS_S: Final = 24 * 3600


class NotCompetent(NotAllowed):
    """In this phase the call needs the approval of another body: facts `body`, `phase`."""

    code = "not-competent"


def freeze(call: Call) -> list[Frozen]:
    """The editions of every channel and language, as they would leave."""
    return [
        Frozen(channel.name, message.language, channel.render(message))
        for message in messages(call)
        for channel in shelves.enabled()
    ]


@transaction.atomic
def submit(person: Person, public_id: str) -> Call:
    """Freeze what would leave and hand it to a second person; says which body must approve."""
    call = calls.held(public_id)
    phase, body = competence(call)
    return calls.submit(person, public_id, freeze(call), phase=phase, body=body)


def competence(call: Call) -> tuple[str, str]:
    """The phase in force and the body that must approve in it, or NoCompetentBody."""
    phase = calls.current_phase(city.current().phase[0].code)
    return phase, city.competent_body(city.current(), call.kind, call.hazard, call.weight, phase).code


def demand_ready(call: Call) -> None:
    """Raise now what handing the draft over would raise later: TextTooLong, NoCompetentBody."""
    competence(call)
    freeze(call)


@transaction.atomic
def approve(person: Person, public_id: str, *, seen: bytes) -> Call:
    """The second person's yes: the call is issued at once. `seen` is the digest of what was on the screen."""
    access.demand(person, "call.approve")
    call = calls.held(public_id)
    if call.state != State.PENDING or bytes(call.digest or b"") != seen:
        raise calls.CallChanged(call=public_id, state=call.state)
    calls.demand_in_time(call, clock.now())
    if call.author == person:
        raise NotAllowed(action="call.approve", why="own-call")
    if call.follows is not None and calls.held(call.follows.public_id).state != State.LIVE:
        raise Conflict(call=public_id, why="event-over")
    if person.body != call.body:
        raise NotCompetent(body=call.body, phase=call.phase)
    issue(call, Authority.TWO_PEOPLE, approver=person)
    return call


@transaction.atomic
def close_alone(person: Person | None, public_id: str) -> Call:
    """Issue a closing draft by one person (or, after the end, by the robot); the database refuses it where two are
    needed."""
    if person is not None:
        access.demand(person, "call.close")
    call = calls.held(public_id)
    if call.state != State.DRAFT or call.ending is None:
        raise Conflict(call=public_id, why="not-a-closing-draft")
    calls.freeze(call, freeze(call))
    issue(call, Authority.CLOSING, approver=None)
    return call


def issue(call: Call, authority: Authority, *, approver: Person | None) -> None:
    """Sign, go live, stop what came before, insert the shards, publish, wake the workers: all or nothing."""
    sent = clock.now().replace(microsecond=0)
    if call.follows is not None and call.follows.sent is not None:
        sent = max(sent, call.follows.sent)  # a clock that goes wrong must not hold up a correction
    identifier, signed = compose(call, sent)
    if call.follows is not None:
        fanout.stop(Shard.objects.filter(call=call.follows))
    owed = shards.recipients(call, [channel.name for channel in shelves.enabled()])
    calls.begin(call, calls.Issue(
        authority=authority, approver=approver, identifier=identifier, sent=sent, signed=signed,
    ))  # fmt: skip
    kind = shelves.kinds.get(call.kind)
    Shard.objects.bulk_create(shards.plan(call, owed, lane=kind.lane))
    publish.refresh(call)
    webhooks.announce(call)
    wake()


def wake() -> None:
    """Wake a worker when the transaction commits: the job is a row of the same transaction."""
    jobs.configure_task(WAKE, queue="delivery").defer()


def refresh(call: Call) -> None:
    """Publish again what shows this call."""
    publish.refresh(call)


@transaction.atomic
def erase_recipients(now: datetime) -> int:
    """Forget who was reached, KEEP_RECIPIENTS_S after an event has ended."""
    over = Call.objects.filter(ending__isnull=False, issued_at__lt=now - timedelta(seconds=KEEP_RECIPIENTS_S))
    roots: Iterable[int] = [call.first.pk for call in over.select_related("root")]
    done = Shard.objects.filter(recipients__isnull=False, call_id__in=roots) | Shard.objects.filter(
        recipients__isnull=False, call__root_id__in=roots
    )
    fanout.stop(done)
    total = done.update(recipients=None, held=[])
    if total:
        log.write(None, "delivery.erase", "delivery:recipients", shards=total)
    return total


@transaction.atomic
def stop_everything() -> tuple[int, int, int]:
    """Nothing that waits leaves any more: how many shards, how many notes, how many events for webhooks."""
    shards, letters, events = stopped = fanout.stop(Shard.objects.all()), notes.stop(), webhooks.stop()
    log.write(None, "delivery.stop", "delivery:unsent", shards=shards, letters=letters, webhooks=events)
    return stopped
