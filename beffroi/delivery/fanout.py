"""The loop that sends: claim the most urgent shard of any call, send, record, look again. The fast path out.

At least once on the wire: a batch is recorded after it was sent, so a killed worker's batch (BATCH messages) may
leave again.
Nothing stale: the call is looked at before each batch, the clock before each message.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from beffroi.audience import actions as audience
from beffroi.audience import address, select
from beffroi.delivery import leaving, shelves
from beffroi.delivery.channel import Envelope, Receipt, Result, Sender, Target
from beffroi.delivery.shards import BATCH
from beffroi.lib import clock, packed

log = logging.getLogger("beffroi.fanout")

LEASE_S: Final = 20
"""A batch takes 10 s at worst (one deadline of a request); after twice that its worker is taken for dead."""
TRIES: Final = 6
RETRY_S: Final = (5, 15, 45, 120, 300)
RETRY_MOST_S: Final = 900
SLICE_S: Final = 0.2
"""After so long in one shard the loop looks whether something more urgent has come."""

CLAIM: Final = """
UPDATE delivery_shard SET fence = fence + 1, leased_until = now() + make_interval(secs => %(lease)s)
WHERE id = (
  SELECT s.id FROM delivery_shard s
  WHERE s.state = 'waiting' AND (s.leased_until IS NULL OR s.leased_until < now()) AND (s.retry_at IS NULL OR
  s.retry_at <= now())
  ORDER BY s.lane, s.call_id DESC, s.size, s.id FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id, call_id, channel, language, size, recipients, cursor, held, fence
"""

STANDS: Final = """
SELECT c.state = 'live' AND c.expires > now(), c.expires, c.severity, c.number, coalesce(r.public_id, c.public_id),
e.content
FROM calls_call c LEFT JOIN calls_call r ON r.id = c.root_id
LEFT JOIN calls_edition e ON e.call_id = c.id AND e.channel = %(channel)s AND e.language = %(language)s
WHERE c.id = %(call)s
"""

RECORD: Final = """
UPDATE delivery_shard SET cursor = %(cursor)s, held = %(held)s, state = %(state)s, retry_at = %(retry_at)s,
  leased_until = CASE WHEN %(release)s THEN NULL ELSE now() + make_interval(secs => %(lease)s) END,
  accepted = accepted + %(accepted)s, gone = gone + %(gone)s, failed = failed + %(failed)s, stale = stale + %(stale)s,
  reasons = reasons || (
    SELECT coalesce(jsonb_object_agg(k, (v::int + coalesce((reasons ->> k)::int, 0))), '{}') FROM
    jsonb_each_text(%(reasons)s::jsonb) AS x(k, v)),
  first_at = CASE WHEN %(accepted)s > 0 THEN coalesce(first_at, %(first_at)s) ELSE first_at END,
  last_at = CASE WHEN %(accepted)s > 0 THEN %(last_at)s ELSE last_at END
WHERE id = %(id)s AND fence = %(fence)s AND state = 'waiting'
"""


Held = tuple[int, int, float]
"""Id, how often it was tried, and when (Unix time) it may be tried again."""


@dataclass(slots=True)
class Shard:
    """A claimed shard, as plain values."""

    id: int
    call: int
    channel: str
    language: str
    size: int
    recipients: bytes
    cursor: int
    held: list[Held]
    fence: int


@dataclass(slots=True)
class Tally:
    """What one batch came to."""

    counts: dict[Result, int] = field(default_factory=lambda: dict.fromkeys(Result, 0))
    reasons: dict[str, int] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None

    def add(self, receipt: Receipt, tries: int) -> None:
        """Count a receipt; a temporary failure is held for another try until TRIES is reached."""
        result = receipt.result
        if result is Result.LATER and tries + 1 < TRIES:
            self.held.append((receipt.id, tries + 1, clock.now().timestamp() + pause_s(receipt, tries)))
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
    held = [(row_id, tries, due) for row_id, tries, due in json.loads(row[7])]
    return Shard(*row[:5], bytes(row[5] or b""), row[6], held, row[8])


def stands(shard: Shard) -> tuple[Envelope, bytes] | None:
    """Envelope and edition while the call may be sent; None once it ended, was replaced or expired."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS, {"call": shard.call, "channel": shard.channel, "language": shard.language})
        is_live, expires, severity, number, tag, edition = cursor.fetchone()
    if not is_live or edition is None:
        return None
    return Envelope(tag=tag, number=number, severity=severity, expires_at=expires), bytes(edition)


def targets(tries: Mapping[int, int], envelope: Envelope, tally: Tally) -> Iterator[Target]:
    """Addresses of the batch, opened one by one as the sender asks for them. Who left meanwhile is counted as gone."""
    sealed = select.addresses(list(tries))
    for row_id in tries:
        if row_id not in sealed:
            tally.counts[Result.GONE] += 1
            tally.reasons["left"] = tally.reasons.get("left", 0) + 1
        elif envelope.expires_at <= clock.now():
            tally.add(Receipt(row_id, Result.STALE), 0)
        else:
            yield Target(row_id, address.reveal(sealed[row_id]), leaving.url(settings.BASE_URL, row_id))


def pause_s(receipt: Receipt, tries: int) -> float:
    """Seconds until a temporary failure is tried again: what the other end asked for, else longer each time, with
    some chance."""
    asked = min(receipt.retry_after_s or 0, RETRY_MOST_S)
    return asked + RETRY_S[min(tries, len(RETRY_S) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311


def batch_of(shard: Shard, everyone: list[int]) -> dict[int, int]:
    """Ids of the next batch and how often each was tried: first those never tried, then those held that are due."""
    if shard.cursor < shard.size:
        return dict.fromkeys(everyone[shard.cursor : shard.cursor + BATCH], 0)
    now = clock.now().timestamp()
    return {row_id: tries for row_id, tries, due in shard.held[:BATCH] if due <= now}


def send_batch(shard: Shard, everyone: list[int], senders: Senders) -> bool:
    """Send one batch and record it; False when the shard is finished, waits for a retry, or is no longer ours."""
    found = stands(shard)
    if found is None:
        return give_up(shard)
    envelope, edition = found
    tries = batch_of(shard, everyone)
    tally = Tally()
    wanted = targets(tries, envelope, tally)
    for receipt in senders.get(shard.channel).send(edition, envelope, wanted):
        tally.add(receipt, tries[receipt.id])
    if shard.cursor < shard.size:
        shard.cursor += len(tries)
    shard.held = sorted([h for h in shard.held if h[0] not in tries] + tally.held, key=lambda held: held[2])
    is_through = shard.cursor >= shard.size
    is_ours = record(shard, tally, state="done" if is_through and not shard.held else "waiting")
    audience.remove(tally.gone)
    return is_ours and not is_through


def give_up(shard: Shard) -> bool:
    """The call ended or expired: what is left is counted as not sent."""
    tally = Tally()
    tally.counts[Result.STALE] = shard.size - shard.cursor + len(shard.held)
    shard.held = []
    record(shard, tally, state="stopped")
    return False


def record(shard: Shard, tally: Tally, *, state: str) -> bool:
    """Write what a batch came to; False when another worker holds the shard by now (our lease ran out) or it was
    stopped."""
    counts = tally.counts
    is_through = shard.cursor >= shard.size
    values: dict[str, Any] = {
        "id": shard.id, "fence": shard.fence, "cursor": shard.cursor, "held": json.dumps(shard.held), "state": state,
        "retry_at": datetime.fromtimestamp(shard.held[0][2], UTC) if is_through and shard.held else None,
        "release": is_through, "lease": LEASE_S,
        "accepted": counts[Result.ACCEPTED], "gone": counts[Result.GONE], "failed": counts[Result.REFUSED],
        "stale": counts[Result.STALE], "reasons": json.dumps(tally.reasons),
        "first_at": tally.first_at, "last_at": tally.last_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        return cursor.rowcount == 1


RELEASE: Final = "UPDATE delivery_shard SET leased_until = NULL WHERE id = %s AND fence = %s AND state = 'waiting'"


def release(shard: Shard) -> None:
    """Give the shard back, so that the next claim may take a more urgent one."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [shard.id, shard.fence])


def run(*, is_over: Callable[[], bool] = lambda: False) -> int:
    """Send until nothing is due (or `is_over`); how many shards were claimed."""
    senders, claimed = Senders(), 0
    try:
        while not is_over() and (shard := claim()) is not None:
            claimed += 1
            send_slice(shard, senders, is_over)
    finally:
        senders.close()
    return claimed


def send_slice(shard: Shard, senders: Senders, is_over: Callable[[], bool]) -> None:
    """Send batches of one shard for about SLICE_S, then give it back."""
    everyone, begun = packed.unsqueeze(shard.recipients), clock.now()
    while send_batch(shard, everyone, senders):
        if is_over() or (clock.now() - begun).total_seconds() > SLICE_S:
            release(shard)
            return
