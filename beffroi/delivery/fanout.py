"""The loop that sends: claim the most urgent shard of any call, send, record, look again. The fast path out.

At least once on the wire: a batch is recorded after it was sent, so a killed worker's batch (BATCH messages) may leave
again; where only the database is lost, the record waits for it. Nothing stale: the call and who has left are looked at
before each batch (BATCH_S at most), the clock before each message. One bad recipient, channel or shard never stops the
others. Times are the database's: a worker's may be wrong.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.db.models import F, Func, QuerySet

from beffroi.audience import actions as audience
from beffroi.delivery import models, shelves
from beffroi.delivery.batch import ASIDE_S, Batch, Shard
from beffroi.delivery.channel import ChannelDown, Envelope, Result, Sender
from beffroi.lib import clock, packed

log = logging.getLogger("beffroi.fanout")

LEASE_S: Final = 20
"""A worker that has not been heard of for so long is taken for dead. No request takes longer than 10 s."""
KEEP_S: Final = 4
"""How often a worker is heard of while it sends one batch."""
SLICE_S: Final = 0.2
"""After so long in one shard the loop looks whether something more urgent has come."""
AGAIN_S: Final = 5
"""Between two tries to record a batch while the database is lost."""

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
UPDATE delivery_shard SET cursor = %(cursor)s, fence = fence + 1,
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
WHERE id = %(id)s AND fence = %(fence)s AND state IN ('waiting', 'stopped') RETURNING fence, state = 'waiting'
"""
"""A call that is stopped while a batch is on the wire counts that batch as stale: what is settled is taken back. The
fence grows, so that a record of which nobody knows whether it was written can be written again, and counts once."""

LEASE: Final = """
UPDATE delivery_shard SET retry_at = greatest(retry_at, now() + make_interval(secs => %(aside)s)),
  leased_until = CASE WHEN %(lease)s > 0 THEN now() + make_interval(secs => %(lease)s) END
WHERE id = %(id)s AND fence = %(fence)s AND state = 'waiting'
"""

REST: Final = """
UPDATE delivery_shard SET retry_at = greatest(retry_at, now() + make_interval(secs => %(aside)s))
WHERE id IN (
  SELECT id FROM delivery_shard
  WHERE state = 'waiting' AND channel = %(channel)s AND (leased_until IS NULL OR leased_until < now())
  FOR UPDATE SKIP LOCKED)
"""

LOST: Final = (OperationalError, InterfaceError, InternalError)
"""The database went away, is full or only reads: it may be well again in a moment."""


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
        kept_at=time.monotonic(),
    )  # fmt: skip


def stands(shard: Shard) -> tuple[Envelope, bytes] | None:
    """Envelope and edition while the call may be sent; None once it ended, was replaced or expired."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS, {"call": shard.call, "channel": shard.channel, "language": shard.language})
        is_live, expires, severity, number, tag, edition = cursor.fetchone()
    if not is_live or edition is None:
        return None
    return Envelope(tag=tag, number=number, severity=severity, expires_at=expires - shard.ahead), bytes(edition)


def lease(shard: Shard, seconds: float, *, aside_s: float | None = None) -> bool:
    """Keep it for so long, or with 0 give it back, if it is still ours; nobody takes it for `aside_s`."""
    with connection.cursor() as cursor:
        cursor.execute(LEASE, {"id": shard.id, "fence": shard.fence, "lease": seconds, "aside": aside_s})
        return bool(cursor.rowcount)


def keep(shard: Shard) -> None:
    """Let the others know that we live, every KEEP_S. Without a database nobody can take it from us either."""
    if time.monotonic() - shard.kept_at > KEEP_S:
        shard.kept_at = time.monotonic()
        try:
            shard.is_lost = not lease(shard, LEASE_S)
        except LOST:
            log.exception("shard %s could not be kept", shard.id)
            connection.close()


def send_batch(shard: Shard, senders: Senders, is_over: Callable[[], bool] = lambda: False) -> bool:
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
            keep(shard)
    finally:  # also when the channel fails: what was sent is recorded, or it would be sent again and again
        gone = batch.settle()
        is_ours = record_surely(batch, is_over)
        if gone:
            audience.remove(gone)
    return is_ours and shard.cursor < shard.size and batch.aside_s is None


def stop(shards: QuerySet[models.Shard]) -> int:
    """Nothing more of these leaves: what is not settled is stale. A batch that is on the wire is still recorded."""
    left = F("size") - F("cursor") + Func(F("held"), function="jsonb_array_length")
    return shards.filter(state="waiting").update(state="stopped", stale=F("stale") + left, held=[], retry_at=None)


def record(batch: Batch) -> bool:
    """Write what a batch came to; False when another worker holds the shard by now (our lease ran out) or it was
    stopped."""
    shard, counts = batch.shard, batch.counts
    is_through, retry_at = shard.cursor >= shard.size, None
    if batch.aside_s is not None:
        retry_at = shard.now() + timedelta(seconds=batch.aside_s)
    elif is_through and shard.held:
        retry_at = datetime.fromtimestamp(shard.held[0][2], UTC)
    values: dict[str, Any] = {
        "id": shard.id, "fence": shard.fence, "cursor": shard.cursor, "held": json.dumps(shard.held),
        "state": "done" if is_through and not shard.held else "waiting",
        "retry_at": retry_at, "release": is_through or retry_at is not None, "lease": LEASE_S,
        "settled": sum(counts.values()),
        "accepted": counts[Result.ACCEPTED], "gone": counts[Result.GONE], "failed": counts[Result.REFUSED],
        "stale": counts[Result.STALE], "reasons": json.dumps(batch.reasons),
        "first_at": batch.first_at, "last_at": batch.last_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        row = cursor.fetchone()
    if row is None:
        return False
    shard.fence, is_waiting = row
    return bool(is_waiting)


def record_surely(batch: Batch, is_over: Callable[[], bool]) -> bool:
    """Write it, however long the database is lost: what has left is not sent again because of that. Raises when this
    worker is told to stop meanwhile."""
    while True:
        try:
            return record(batch)
        except LOST:
            if is_over():
                raise
            log.exception("a batch of shard %s is not on record yet", batch.shard.id)
            connection.close()
            time.sleep(AGAIN_S)


def rest(channel: str) -> None:
    """Nobody takes a shard of this channel for a while: none waits behind what cannot leave."""
    with connection.cursor() as cursor:
        cursor.execute(REST, {"channel": channel, "aside": ASIDE_S})


def run(*, is_over: Callable[[], bool] = lambda: False) -> int:
    """Send until nothing is due (or `is_over`); how many shards were claimed."""
    senders, claimed = Senders(), 0
    try:
        while not is_over() and (shard := claim()) is not None:
            claimed += 1
            try:
                send_slice(shard, senders, is_over)
            except LOST:  # not the channel's fault; when it is still lost this raises, and the worker looks again later
                connection.close()
                lease(shard, 0)
            except ChannelDown as err:
                log.error("channel %s rests: %s %s", shard.channel, err.code, dict(err.facts))  # noqa: TRY400 - known
                senders.close()
                lease(shard, 0, aside_s=ASIDE_S)
                rest(shard.channel)
            except Exception:
                log.exception("shard %s is put aside: its channel %s has failed", shard.id, shard.channel)
                senders.close()
                lease(shard, 0, aside_s=ASIDE_S)
    finally:
        senders.close()
    return claimed


def send_slice(shard: Shard, senders: Senders, is_over: Callable[[], bool]) -> None:
    """Send batches of one shard for about SLICE_S, then give it back: the next claim may take a more urgent one."""
    begun = time.monotonic()
    while send_batch(shard, senders, is_over):
        if is_over() or time.monotonic() - begun > SLICE_S:
            lease(shard, 0)
            return
