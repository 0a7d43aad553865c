"""Registers partners' webhooks, notes what they are to be told, and sends it: at least once, until it is worthless."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app as jobs

from beffroi.audience import address as addresses
from beffroi.calls.models import Call
from beffroi.delivery import shelves
from beffroi.delivery.models import Event, Webhook
from beffroi.delivery.webhooks import payload
from beffroi.errors import BadInput, NotFound
from beffroi.lib import clock, tokens, webhook
from beffroi.lib.guard import Guard, HttpRefused, HttpUnreachable
from beffroi.lib.http import Answer, Post, Poster
from beffroi.people import access, log
from beffroi.people.models import Key

logger = logging.getLogger("beffroi.webhooks")

WAKE: Final = "delivery.webhooks"
CONTEXT: Final = b"webhook"
MOST: Final = 10
"""Open webhooks of one key."""
ROUND: Final = 50
"""Webhooks that are told something at the same time."""
DEADLINE_S: Final = 10.0
WAIT_S: Final = (5, 30, 120, 600, 1800, 3600)
"""Seconds after the first, second ... failure; the last goes on until the event expires."""
ASKED_S: Final = 3600
"""We wait as long as the receiver asks for, but no longer."""
GONE: Final = 410
"""The receiver wants no more (Standard Webhooks)."""
KEEP_S: Final = 7 * 24 * 3600


class WebhookBad(BadInput):
    """An address that we do not send to: fact `why` (not https, not public, unknown name, or one too many)."""

    code = "webhook-bad"


class WebhookUnknown(NotFound):
    """This key has no open webhook of this id."""

    code = "webhook-unknown"


def guard() -> Guard:
    """Who may be reached: any public host by https, as with push services but for the list of hosts."""
    machine = shelves.machine()
    return Guard(open_hosts=frozenset(machine.open_hosts), ca_file=machine.ca_file or None)


@transaction.atomic
def register(key: Key, url: str, *, is_exercise: bool) -> tuple[Webhook, str]:
    """A new webhook of this key, and its secret, which is told only now. `is_exercise`: told of exercises, too."""
    access.demand(key, "webhook.manage")
    try:
        guard().check(url, allowed_hosts=None)
    except (HttpRefused, HttpUnreachable) as err:
        raise WebhookBad(why=str(err.facts.get("why", "address"))) from err
    if of_key(key).count() >= MOST:
        raise WebhookBad(why="too-many", limit=MOST)
    secret = webhook.new_secret()
    row = Webhook.objects.create(
        public_id=tokens.short_id(), key=key, is_exercise=is_exercise,
        address=addresses.close({"url": url, "secret": secret}, CONTEXT),
    )  # fmt: skip
    log.write(key, "webhook.add", f"webhook:{row.public_id}")
    return row, secret


def of_key(key: Key) -> QuerySet[Webhook]:
    """The open webhooks of a key."""
    return Webhook.objects.filter(key=key, ended_at=None)


def url_of(row: Webhook) -> str:
    """Where a webhook leads."""
    return addresses.reveal(bytes(row.address), CONTEXT)["url"]


@transaction.atomic
def end(key: Key, public_id: str) -> None:
    """It is told nothing more."""
    access.demand(key, "webhook.manage")
    if not of_key(key).filter(public_id=public_id).update(ended_at=clock.now()):
        raise WebhookUnknown()
    log.write(key, "webhook.end", f"webhook:{public_id}")


def announce(call: Call) -> int:
    """Note that the partners are to be told of a call that goes live, in its transaction; how many."""
    wanted = Webhook.objects.filter(ended_at=None)
    rows = wanted.filter(is_exercise=True) if call.is_exercise else wanted
    made = Event.objects.bulk_create(Event(webhook=row, call=call, expires_at=call.expires) for row in rows)
    if made:
        jobs.configure_task(WAKE, queue="webhooks").defer()
    return len(made)


def send_due(now: datetime) -> int:
    """Tell everybody who is due, in rounds; how many were tried."""
    tried = 0
    while count := send_round(now):
        tried += count
    return tried


@transaction.atomic
def send_round(now: datetime) -> int:
    """The oldest due event of each webhook, all at the same time, so that a slow receiver holds up no other; how many.

    Recorded after sending: a crash in between sends once more."""
    drop_worthless(now)
    due = Event.objects.filter(state="waiting", not_before__lte=now).order_by("webhook", "pk").distinct("webhook")
    rows = list(
        Event.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=due.values("pk"), state="waiting", not_before__lte=now)
        .select_related("webhook", "call__root", "call__follows")
        .order_by("pk")[:ROUND]
    )
    answers = {answer.tag: answer for answer in post(rows)}
    for row in rows:
        record(row, answers[row.pk], now)
    return len(rows)


def drop_worthless(now: datetime) -> None:
    """What is too late to tell, and what nobody is to be told of any more: the webhook or its key has ended."""
    waiting = Event.objects.filter(state="waiting")
    waiting.filter(expires_at__lte=now).update(state="expired")
    over = Q(webhook__ended_at__isnull=False) | Q(webhook__key__ended_at__isnull=False)
    ended = Event.objects.filter(over | Q(webhook__key__expires_at__lte=now), state="waiting")
    waiting.filter(pk__in=ended.values("pk")).update(state="dropped")


def post(rows: Iterable[Event]) -> list[Answer]:
    """One signed POST each."""
    at = int(clock.now().timestamp())
    with Poster(guard(), allowed_hosts=None, streams=ROUND, per_origin=ROUND, deadline_s=DEADLINE_S) as poster:
        return list(poster.send(message(row, at) for row in rows))


def message_id(row: Event) -> str:
    """By which the receiver knows a repetition."""
    return f"{row.webhook.public_id}-{row.call.public_id}"


def message(row: Event, at: int) -> Post:
    """The POST of one event: the same id and body each time it is tried."""
    address = addresses.reveal(bytes(row.webhook.address), CONTEXT)
    body = payload.body(row.call)
    signed = webhook.headers(address["secret"], message_id(row), body, at=at)
    return Post(row.pk, address["url"], ["Content-Type: application/json", *signed], body)


def record(row: Event, answer: Answer, now: datetime) -> None:
    """What came of it. Any answer but 2xx is tried again; 410 ends the webhook."""
    row.tries += 1
    row.reason = "" if 200 <= answer.status < 300 else answer.error or str(answer.status)
    if not row.reason:
        row.state, row.sent_at = "sent", clock.now()
    elif answer.status == GONE:
        row.state = "dropped"
        Webhook.objects.filter(pk=row.webhook_id, ended_at=None).update(ended_at=now)
        log.write(None, "webhook.end", f"webhook:{row.webhook.public_id}", why="410")
    else:
        wait_s = WAIT_S[min(row.tries, len(WAIT_S)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
        row.not_before = now + timedelta(seconds=max(wait_s, min(answer.retry_after_s or 0, ASKED_S)))
        logger.warning("webhook %s: %s", row.webhook.public_id, row.reason)
    row.save()


def stop() -> int:
    """Nothing that waits is told any more; how many."""
    return Event.objects.filter(state="waiting").update(state="dropped")


def erase(now: datetime) -> int:
    """Forget what was told, after seven days."""
    return Event.objects.filter(made_at__lt=now - timedelta(seconds=KEEP_S)).delete()[0]
