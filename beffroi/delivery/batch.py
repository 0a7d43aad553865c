"""What is sent between two records: whom to next, and what came of it. Writes nothing; fanout does."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from beffroi.audience import address, select
from beffroi.delivery import leaving
from beffroi.delivery.channel import Envelope, Receipt, Result, Target
from beffroi.delivery.shards import BATCH
from beffroi.lib import clock
from beffroi.lib.seal import SealBroken

log = logging.getLogger("beffroi.fanout")

BATCH_S: Final = 1.0
"""Nobody is begun after so long in one batch: a slow channel learns of a cancellation, and of who left, as soon."""
RETRY_S: Final = (5, 15, 45, 120, 300, 900)
"""Pauses between tries, the last one again and again until the call ends or expires: nothing is given up before."""
ASIDE_S: Final = 30
"""How long a shard waits whose channel, or whose next hop, has failed as a whole."""
MANY: Final = 20
"""So many answers of one batch that are all alike tell of the other end, not of the addresses."""

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
    kept_at: float
    """When the others last heard of us (monotonic)."""
    is_lost: bool = False
    """Another worker has it by now."""

    def now(self) -> datetime:
        """This moment by the database's clock."""
        return clock.now() + self.ahead


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
        self.reasons: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        """Answers of each next hop."""
        self.gone: list[tuple[int, Receipt]] = []
        """Those whose address is said to be gone, and how often they were tried; believed in `settle`."""
        self.held: list[Held] = []
        self.rest_s: list[float] = []
        """What was asked for by those who were not, or in vain, tried."""
        self.aside_s: float | None = None
        """How long the whole shard waits; None when it does not."""
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    def targets(self, envelope: Envelope) -> Iterator[Target]:
        """Addresses, opened one by one as the channel asks for them, for BATCH_S. Who left meanwhile is gone."""
        sealed = select.addresses(list(self.tries))
        end = time.monotonic() + BATCH_S
        for row_id, tries in self.tries.items():
            if self.shard.is_lost or (self.taken and time.monotonic() > end):
                return
            self.begun[row_id] = tries
            self.taken += 1
            if row_id not in sealed:
                self.judge(Receipt(row_id, Result.GONE, "left"))
            elif envelope.expires_at <= clock.now():
                self.judge(Receipt(row_id, Result.STALE))
            elif (found := self.reveal(row_id, sealed[row_id])) is not None:
                yield Target(row_id, found, leaving.url(settings.BASE_URL, row_id))

    def reveal(self, row_id: int, sealed: bytes) -> dict[str, str] | None:
        """The address, or None and a failure on record when no key of ours opens it: the key may come back."""
        try:
            return address.reveal(sealed)
        except SealBroken as err:
            log.error("subscription %s: %s", row_id, err.code)  # noqa: TRY400 - the trace says nothing more
            self.judge(Receipt(row_id, Result.REFUSED, err.code))
            return None

    def judge(self, receipt: Receipt) -> None:
        """What is settled without the channel."""
        del self.begun[receipt.id]
        self.count(receipt)

    def add(self, receipt: Receipt) -> None:
        """Take a channel's receipt: a temporary failure is held, an address that is gone waits for `settle`, the rest
        counts."""
        tries = self.begun.pop(receipt.id)
        if not receipt.is_tried:
            self.hold(receipt, tries)
            return
        self.answers[receipt.hop] += 1
        if receipt.result is Result.LATER:
            self.hold(receipt, tries + 1)
        elif receipt.result is Result.GONE:
            self.gone.append((tries + 1, receipt))
        else:
            self.count(receipt)

    def hold(self, receipt: Receipt, tries: int) -> None:
        """Keep it for another try, after what the other end asked for; longer each time."""
        pause = pause_s(receipt, tries)
        self.rest_s.append(pause)
        self.held.append((receipt.id, tries, (self.shard.now() + timedelta(seconds=pause)).timestamp()))

    def count(self, receipt: Receipt) -> None:
        """What is settled."""
        self.counts[receipt.result] += 1
        if receipt.result is Result.ACCEPTED:
            self.last_at = self.shard.now()
            self.first_at = self.first_at or self.last_at
        else:
            self.reasons[receipt.reason or str(receipt.result)] += 1

    def settle(self) -> list[int]:
        """Bring the shard to where it stands after this batch; ids whose subscription ends. Whoever has no receipt is
        for later."""
        for row_id in list(self.begun):
            self.add(Receipt(row_id, Result.LATER, "no-receipt"))
        gone, tried, settled = self.believed(), sum(self.answers.values()), sum(self.counts.values())
        if self.taken and not tried and not settled:  # all of them rest: nothing was done, and nothing changes
            self.aside_s, self.taken, self.held = max(1.0, min(self.rest_s)), 0, []
            return gone
        if tried >= MANY and not settled:
            self.aside_s = max(ASIDE_S, min(self.rest_s))
        shard, done = self.shard, set(list(self.tries)[: self.taken])
        if shard.cursor < shard.size:
            shard.cursor += self.taken
        shard.held = sorted([h for h in shard.held if h[0] not in done] + self.held, key=lambda held: held[2])
        return gone

    def believed(self) -> list[int]:
        """Ids whose address is gone. When a next hop says so of most, it is the hop that fails: they are held, and
        their subscriptions stay."""
        said = Counter(receipt.hop for _tries, receipt in self.gone)
        doubted = {hop for hop, count in said.items() if self.answers[hop] >= MANY and 2 * count > self.answers[hop]}
        for hop in doubted:
            log.error("%s of %s addresses at %s are said to be gone: not believed, and the shard is put aside",
                      said[hop], self.answers[hop], hop or self.shard.channel)  # fmt: skip
            self.aside_s = ASIDE_S
        gone = []
        for tries, receipt in self.gone:
            if receipt.hop in doubted:
                self.hold(receipt, tries)
            else:
                self.count(receipt)
                gone.append(receipt.id)
        return gone


def pause_s(receipt: Receipt, tries: int) -> float:
    """Seconds until it is tried again: what the other end asked for, else longer each time, with some chance."""
    longer = RETRY_S[min(tries, len(RETRY_S)) - 1] if tries else 1
    return (receipt.retry_after_s or 0) + longer * random.uniform(0.8, 1.2)  # noqa: S311
