"""Recipients of a call, cut into shards: frozen arrays of ids, small ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from beffroi.audience import select
from beffroi.audience.select import Group, Question
from beffroi.calls.models import Call
from beffroi.calls.state import Severity
from beffroi.delivery.models import Shard
from beffroi.lib import packed

SHARD_SIZE: Final = 1000
FIRST_SIZE: Final = 100
"""The first shards are small, so that every worker sends its first message soon."""
FIRST_SHARDS: Final = 4
BATCH: Final = 250
"""Sent between two records of the cursor: the most that one killed worker can send twice."""
LANES: Final = 10
"""Lanes of one kind: severity shifts within them."""


def cut(ids: Sequence[int], *, already: int) -> Iterator[Sequence[int]]:
    """Slices of ids; `already` counts the shards that this call has."""
    start, number = 0, already
    while start < len(ids):
        size = FIRST_SIZE if number < FIRST_SHARDS else SHARD_SIZE
        yield ids[start : start + size]
        start, number = start + size, number + 1


def plan(call: Call, groups: dict[Group, list[int]], *, lane: int) -> list[Shard]:
    """Unsaved shards for these recipients."""
    shards: list[Shard] = []
    rank = Severity(call.weight).rank
    for (channel, language), ids in sorted(groups.items()):
        shards += [
            Shard(
                call=call, channel=channel, language=language, lane=lane * LANES + (4 - rank),
                size=len(piece), recipients=packed.squeeze(piece),
            )
            for piece in cut(ids, already=len(shards))
        ]  # fmt: skip
    return shards


def question(call: Call, channels: Sequence[str]) -> Question:
    """Whom this call concerns."""
    return Question(
        ranges=bytes(call.ranges), rank=Severity(call.severity).rank, is_exercise=call.is_exercise,
        languages=call.languages, channels=channels,
    )  # fmt: skip


def reached(call: Call, *, only_tried: bool) -> set[int]:
    """Frozen recipients of a call and of those before it in its event. `only_tried`: those to whom a message may have
    left (recorded, or in the batch that was on the wire): whoever never got it needs no word that it is over."""
    ids: set[int] = set()
    chain = Shard.objects.filter(call__in=lineage(call), recipients__isnull=False)
    for recipients, size, cursor, leased in chain.values_list("recipients", "size", "cursor", "leased_until"):
        upto = size if not only_tried else min(size, cursor + (BATCH if leased else 0))
        ids.update(packed.unsqueeze(bytes(recipients or b""))[:upto])
    return ids


def lineage(call: Call) -> list[int]:
    """Primary keys of all sent messages of the event."""
    first = call.first
    return [first.pk, *first.chain.exclude(issued_at=None).values_list("pk", flat=True)]


def recipients(call: Call, channels: Sequence[str]) -> dict[Group, list[int]]:
    """Whom this message goes to: an Alert to those concerned; an Update to everyone of the event less those who left,
    plus the newly covered; an ending to those who may have been told, and to nobody else."""
    if call.follows is None:
        return select.concerned(question(call, channels))
    ids = reached(call.follows, only_tried=call.ending is not None)
    if call.ending is None:
        for found in select.concerned(question(call, channels)).values():
            ids.update(found)
    return select.still_here(sorted(ids), call.languages, channels)
