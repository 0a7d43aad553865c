"""The loop that sends: claim the most urgent shard of any call, send, record, look again. The fast path out.

At least once on the wire: a batch is recorded after it was sent, so a killed worker's batch (BATCH messages) may leave
again. Nothing stale: the call and who has left are looked at before each batch (BATCH_S at most), the clock before each
message. One bad recipient, channel or shard never stops the others. Times are the database's: a worker's may be wrong.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F, Func, QuerySet

from beffroi.audience import actions as audience
from beffroi.audience import address, select
from beffroi.delivery import leaving, models, shelves
from beffroi.delivery.channel import Envelope, Receipt, Result, Sender, Target
from beffroi.delivery.shards import BATCH
from beffroi.lib import clock, packed
from beffroi.lib.seal import SealBroken

log = logging.getLogger("beffroi.fanout")

LEASE_S: Final = 20
"""A worker that has not been heard of for so long is taken for dead. No request takes longer than 10 s."""
KEEP_S: Final = 4
"""How often a worker is heard of while it sends one batch."""
BATCH_S: Final = 1.0
"""Nobody is begun after so long in one batch: a slow channel learns of a cancellation, and of who left, as soon."""
SLICE_S: Final = 0.2
"""After so long in one shard the loop looks whether something more urgent has come."""
TRIES: Final = 12
RETRY_S: Final = (5, 15, 45, 120, 300, 900)
"""Pauses between tries, the last one again and again: whoever is down for an hour costs nobody the message."""
RETRY_MOST_S: Final = 900
ASIDE_S: Final = 30
"""How long a shard waits whose channel has failed as a whole."""

CLAIM: Final = """
UPDATE delivery_shard SET fence = fence + 1, leased_until = now() + make_interval(secs => %(lease)s)
WHERE id = (
  SELECT s.id FROM delivery_shard s
  WHERE s.state = 'waiting' AND (s.leased_until IS NULL OR s.leased_until < now())
    AND (s.retry_at IS NULL OR s.retry_at <= now())
  ORDER BY s.lane, s.call_id DESC, s.size, s.id FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id, call_id, channel, language, size, cursor, fence, recipients, held, now()
"""

STANDS: Final = """
SELECT c.state = 'live' AND c.expires > now(), c.expires,
  CASE WHEN c.ending IN ('all-clear', 'false-alarm') THEN p.severity ELSE c.severity END, c.number,
  coalesce(r.public_id, c.public_id), e.content
FROM calls_call c LEFT JOIN calls_call r ON r.id = c.root_id LEFT JOIN calls_call p ON p.id = c.follows_id
LEFT JOIN calls_edition e ON e.call_id = c.id AND e.channel = %(channel)s AND e.language = %(language)s
WHERE c.id = %(call)s
"""

RECORD: Final = """
UPDATE delivery_shard SET cursor = %(cursor)s,
  state = CASE WHEN state = 'waiting' THEN %(state)s ELSE state END,
  held = CASE WHEN state = 'waiting' THEN %(held)s ELSE held END,
  retry_at = CASE WHEN state = 'waiting' THEN %(retry_at)s ELSE retry_at END,
  leased_until = CASE WHEN %(release)s THEN NULL ELSE now() + make_interval(secs => %(lease)s) END,
  accepted = accepted + %(accepted)s, gone = gone + %(gone)s, failed = failed + %(failed)s,
  stale = stale + %(stale)s - CASE WHEN state = 'stopped' THEN %(settled)s ELSE 0 END,
  reasons = reasons || (
    SELECT coalesce(jsonb_object_agg(k, (v::int + coalesce((reasons ->> k)::int, 0))), '{}')
    FROM jsonb_each_text(%(reasons)s::jsonb) AS x(k, v)),
  first_at = CASE WHEN %(accepted)s > 0 THEN coalesce(first_at, %(first_at)s) ELSE first_at END,
  last_at = CASE WHEN %(accepted)s > 0 THEN %(last_at)s ELSE last_at END
WHERE id = %(id)s AND fence = %(fence)s AND state IN ('waiting', 'stopped') RETURNING state = 'waiting'
"""
"""A call that is stopped while a batch is on the wire counts that batch as stale: what is settled is taken back."""

LEASE: Final = """
UPDATE delivery_shard SET retry_at = greatest(retry_at, now() + make_interval(secs => %(aside)s)),
  leased_until = CASE WHEN %(lease)s > 0 THEN now() + make_interval(secs => %(lease)s) END
WHERE id = %(id)s AND fence = %(fence)s AND state = 'waiting'
"""

Held = tuple[int, int, float]
"""Id, how often it was tried, and when (Unix time of the database) it may be tried again."""


@dataclass(slots=True)
class Shard:
    """A claimed shard, as plain values."""

    id: int
    call: int
    channel: str
    language: str
    size: int
    cursor: int
    fence: int
    recipients: list[int]
    held: list[Held]
    ahead: timedelta
    """How far the database's clock is ahead of this worker's."""
    kept_at: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """This moment by the database's clock."""
        return clock.now() + self.ahead

    def lease(self, seconds: float, *, aside_s: float | None = None) -> None:
        """Keep it for so long, or with 0 give it back, if it is still ours; nobody takes it for `aside_s`."""
        with connection.cursor() as cursor:
            cursor.execute(LEASE, {"id": self.id, "fence": self.fence, "lease": seconds, "aside": aside_s})

    def keep(self) -> None:
        """Let the others know that we live, every KEEP_S."""
        if time.monotonic() - self.kept_at > KEEP_S:
            self.lease(LEASE_S)
            self.kept_at = time.monotonic()


class Batch:
    """Recipients that are sent to between two records, and what came of it."""

    def __init__(self, shard: Shard) -> None:
        """First those never tried, then those held that are due."""
        self.shard = shard
        fresh = shard.recipients[shard.cursor : shard.cursor + BATCH]
        due_by = shard.now().timestamp()
        due = [] if fresh else [held for held in shard.held if held[2] <= due_by][:BATCH]
        self.tries = dict.fromkeys(fresh, 0) if fresh else {row_id: tries for row_id, tries, _due in due}
        self.begun: dict[int, int] = {}
        """Ids that were handed to the channel and have no receipt yet, and how often they were tried before."""
        self.taken = 0
        self.counts = dict.fromkeys(Result, 0)
        self.reasons: dict[str, int] = {}
        self.gone: list[int] = []
        self.held: list[Held] = []
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    def targets(self, envelope: Envelope) -> Iterator[Target]:
        """Addresses, opened one by one as the channel asks for them, for BATCH_S. Who left meanwhile is gone."""
        sealed = select.addresses(list(self.tries))
        end = time.monotonic() + BATCH_S
        for row_id, tries in self.tries.items():
            if self.taken and time.monotonic() > end:
                return
            self.begun[row_id] = tries
            self.taken += 1
            if row_id not in sealed:
                self.add(Receipt(row_id, Result.GONE, "left"))
            elif envelope.expires_at <= self.shard.now():
                self.add(Receipt(row_id, Result.STALE))
            elif (found := self.reveal(row_id, sealed[row_id])) is not None:
                yield Target(row_id, found, leaving.url(settings.BASE_URL, row_id))

    def reveal(self, row_id: int, sealed: bytes) -> dict[str, str] | None:
        """The address, or None and a failure on record when no key of ours opens it: the key may come back."""
        try:
            return address.reveal(sealed)
        except SealBroken as err:
            log.error("subscription %s: %s", row_id, err.code)  # noqa: TRY400 - the trace says nothing more
            self.add(Receipt(row_id, Result.REFUSED, err.code))
            return None

    def add(self, receipt: Receipt) -> None:
        """Count a receipt; a temporary failure is held for another try until TRIES is reached."""
        tries, result = self.begun.pop(receipt.id) + 1, receipt.result
        if result is Result.LATER and tries < TRIES:
            due = self.shard.now() + timedelta(seconds=pause_s(receipt, tries))
            self.held.append((receipt.id, tries, due.timestamp()))
            return
        result = Result.REFUSED if result is Result.LATER else result
        self.counts[result] += 1
        if result is Result.ACCEPTED:
            self.last_at = clock.now()
            self.first_at = self.first_at or self.last_at
        else:
            self.reasons[receipt.reason or str(result)] = self.reasons.get(receipt.reason or str(result), 0) + 1
        if result is Result.GONE:
            self.gone.append(receipt.id)

    def finish(self) -> bool:
        """Record everything; False when the shard is no longer ours. Whoever has no receipt is for later."""
        for row_id in list(self.begun):
            self.add(Receipt(row_id, Result.LATER, "no-receipt"))
        shard, tried = self.shard, set(list(self.tries)[: self.taken])
        if shard.cursor < shard.size:
            shard.cursor += self.taken
        shard.held = sorted([h for h in shard.held if h[0] not in tried] + self.held, key=lambda held: held[2])
        is_ours = record(self)
        if self.gone:
            audience.remove(self.gone)
        return is_ours


class Senders:
    """One kept sender a channel, opened when first needed."""

    def __init__(self) -> None:
        self.open: dict[str, Sender] = {}

    def get(self, channel: str) -> Sender:
        """The sender of a channel."""
        if channel not in self.open:
            self.open[channel] = shelves.channels.get(channel).open(shelves.machine())
        return self.open[channel]

    def close(self) -> None:
        """Close all connections."""
        for sender in self.open.values():
            sender.close()
        self.open.clear()


def claim() -> Shard | None:
    """The most urgent shard that nobody is sending, now leased to us; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE_S})
        row = cursor.fetchone()
    if row is None:
        return None
    row_id, call, channel, language, size, at, fence, recipients, held, now = row
    return Shard(
        id=row_id, call=call, channel=channel, language=language, size=size, cursor=at, fence=fence,
        recipients=packed.unsqueeze(bytes(recipients)) if recipients is not None else [],
        held=[(one, tries, due) for one, tries, due in json.loads(held)], ahead=now - clock.now(),
    )  # fmt: skip


def stands(shard: Shard) -> tuple[Envelope, bytes] | None:
    """Envelope and edition while the call may be sent; None once it ended, was replaced or expired."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS, {"call": shard.call, "channel": shard.channel, "language": shard.language})
        is_live, expires, severity, number, tag, edition = cursor.fetchone()
    if not is_live or edition is None:
        return None
    return Envelope(tag=tag, number=number, severity=severity, expires_at=expires), bytes(edition)


def pause_s(receipt: Receipt, tries: int) -> float:
    """Seconds until a temporary failure is tried again: what the other end asked for, else longer each time, with
    some chance."""
    asked = min(receipt.retry_after_s or 0, RETRY_MOST_S)
    return asked + RETRY_S[min(tries, len(RETRY_S)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311


def send_batch(shard: Shard, senders: Senders) -> bool:
    """Send one batch and record it; False when the shard is finished, waits for a retry, or is no longer ours."""
    found = stands(shard)
    if found is None:
        stop(models.Shard.objects.filter(pk=shard.id, fence=shard.fence))
        return False
    envelope, edition = found
    batch = Batch(shard)
    try:
        for receipt in senders.get(shard.channel).send(edition, envelope, batch.targets(envelope)):
            batch.add(receipt)
            shard.keep()
    finally:  # also when the channel fails: what was sent is recorded, or it would be sent again and again
        is_ours = batch.finish()
    return is_ours and shard.cursor < shard.size


def stop(shards: QuerySet[models.Shard]) -> int:
    """Nothing more of these leaves: what is not settled is stale. A batch that is on the wire is still recorded."""
    left = F("size") - F("cursor") + Func(F("held"), function="jsonb_array_length")
    return shards.filter(state="waiting").update(state="stopped", stale=F("stale") + left, held=[], retry_at=None)


def record(batch: Batch) -> bool:
    """Write what a batch came to; False when another worker holds the shard by now (our lease ran out) or it was
    stopped."""
    shard, counts = batch.shard, batch.counts
    is_through = shard.cursor >= shard.size
    values: dict[str, Any] = {
        "id": shard.id, "fence": shard.fence, "cursor": shard.cursor, "held": json.dumps(shard.held),
        "state": "done" if is_through and not shard.held else "waiting",
        "retry_at": datetime.fromtimestamp(shard.held[0][2], UTC) if is_through and shard.held else None,
        "release": is_through, "lease": LEASE_S, "settled": sum(counts.values()),
        "accepted": counts[Result.ACCEPTED], "gone": counts[Result.GONE], "failed": counts[Result.REFUSED],
        "stale": counts[Result.STALE], "reasons": json.dumps(batch.reasons),
        "first_at": batch.first_at, "last_at": batch.last_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def run(*, is_over: Callable[[], bool] = lambda: False) -> int:
    """Send until nothing is due (or `is_over`); how many shards were claimed."""
    senders, claimed = Senders(), 0
    try:
        while not is_over() and (shard := claim()) is not None:
            claimed += 1
            try:
                send_slice(shard, senders, is_over)
            except Exception:
                log.exception("shard %s is put aside: its channel %s has failed", shard.id, shard.channel)
                senders.close()
                shard.lease(0, aside_s=ASIDE_S)
    finally:
        senders.close()
    return claimed


def send_slice(shard: Shard, senders: Senders, is_over: Callable[[], bool]) -> None:
    """Send batches of one shard for about SLICE_S, then give it back: the next claim may take a more urgent one."""
    begun = time.monotonic()
    while send_batch(shard, senders):
        if is_over() or time.monotonic() - begun > SLICE_S:
            shard.lease(0)
            return
