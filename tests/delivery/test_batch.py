"""What came of a batch: who is tried again and when, whom nobody believes to be gone, when the whole shard waits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from beffroi.audience.models import Subscription
from beffroi.delivery import batch, fanout
from beffroi.delivery.batch import Batch, Shard
from beffroi.delivery.channel import Envelope, Receipt, Result, Target
from beffroi.delivery.models import Shard as Row
from beffroi.lib import clock, fuse
from tests import make
from tests.delivery.workers import hasten, lose_leases, tally
from tests.post_office import PostOffice
from tests.push_sink import PushSink


@pytest.mark.parametrize(("tries", "asked", "low", "high"), [
    (0, None, 0, 2), (1, None, 4, 6), (5, None, 240, 360), (11, None, 720, 1080), (1, 70, 74, 76), (1, 700, 704, 706),
])  # fmt: skip
def test_pauses_grow_and_keep_to_what_was_asked(tries: int, asked: float | None, low: float, high: float) -> None:
    assert low <= batch.pause_s(Receipt(1, Result.LATER, "429", asked), tries) <= high


def done(size: int, receipts: list[Receipt]) -> tuple[Batch, list[int]]:
    """A batch of so many of which the first have these receipts, and the ids whose subscription ends."""
    shard = Shard(
        id=1, call=1, channel="webpush", language="fr", size=size, cursor=0, fence=1, recipients=list(range(size)),
        held=[], ahead=timedelta(), kept_at=time.monotonic(),
    )  # fmt: skip
    found = Batch(shard)
    for receipt in receipts:
        found.begun[receipt.id] = 0
        found.taken += 1
        found.add(receipt)
    return found, found.settle()


def gone(*ids: int, hop: str = "a") -> list[Receipt]:
    return [Receipt(n, Result.GONE, "410", hop=hop) for n in ids]


def accepted(*ids: int, hop: str = "a") -> list[Receipt]:
    return [Receipt(n, Result.ACCEPTED, hop=hop) for n in ids]


def test_a_few_that_are_gone_are_believed() -> None:
    found, ended = done(40, [*gone(*range(20)), *accepted(*range(20, 40))])
    assert (ended, found.counts[Result.GONE], found.held, found.aside_s) == (list(range(20)), 20, [], None)
    found, ended = done(19, gone(*range(19)))
    assert (len(ended), found.aside_s) == (19, None)


def test_most_that_are_gone_are_not_believed() -> None:
    found, ended = done(40, [*gone(*range(21)), *accepted(*range(21, 40))])
    assert (ended, found.counts[Result.GONE], found.counts[Result.ACCEPTED]) == ([], 0, 19)
    assert ({held[0] for held in found.shard.held}, found.aside_s) == (set(range(21)), batch.ASIDE_S)


def test_each_next_hop_is_believed_by_itself() -> None:
    told = [*gone(*range(25)), *gone(*range(25, 30), hop="b"), *accepted(*range(30, 100), hop="b")]
    found, ended = done(100, told)
    assert ended == list(range(25, 30))
    assert {held[0] for held in found.shard.held} == set(range(25))


def test_a_batch_of_which_nobody_was_tried_changes_nothing() -> None:
    told = [Receipt(n, Result.LATER, "http-rests", 60, "a", is_tried=False) for n in range(50)]
    found, ended = done(80, told)
    assert (ended, found.shard.cursor, found.shard.held) == ([], 0, [])
    assert found.aside_s is not None
    assert 60 < found.aside_s < 63


def test_who_was_not_tried_keeps_the_count_of_its_tries() -> None:
    found, _ended = done(2, [Receipt(0, Result.LATER, "http-rests", 60, "a", is_tried=False), *accepted(1)])
    assert [held[:2] for held in found.shard.held] == [(0, 0)]


def test_a_batch_all_in_vain_puts_the_shard_aside() -> None:
    found, _ended = done(80, [Receipt(n, Result.LATER, "503", 90) for n in range(50)])
    assert (found.shard.cursor, len(found.shard.held)) == (50, 50)
    assert found.aside_s is not None
    assert found.aside_s > 90
    found, _ended = done(80, [Receipt(n, Result.LATER, "503") for n in range(19)])
    assert found.aside_s is None


def test_a_push_service_that_forgets_everybody_ends_no_subscription(
    town: None, bruno: Any, chiara: Any, push_sink: PushSink
) -> None:
    make.phones([push_sink.endpoint(410, 410, 201) for _ in range(60)])
    issued = make.live(bruno, chiara)
    fanout.run()
    assert tally(issued) == {"owed": 60}
    assert Subscription.objects.count() == 60
    row = Row.objects.get()
    assert row.retry_at is not None
    assert row.retry_at > clock.now()
    for _again in range(2):
        hasten()
        fanout.run()
    assert tally(issued) == {"owed": 60, "accepted": 60}
    assert Subscription.objects.count() == 60


def test_a_push_service_that_is_down_is_tried_now_and_then_and_nobody_is_lost(
    town: None, bruno: Any, chiara: Any, push_sink: PushSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.phones([push_sink.endpoint(503, 201) for _ in range(300)])
    issued = make.live(bruno, chiara)
    fanout.run()
    assert tally(issued) == {"owed": 300}
    asked = len(push_sink.pushes)
    assert fuse.FAILURES <= asked <= fuse.FAILURES + 100
    for _again in range(3):
        hasten()
        fanout.run()
    assert len(push_sink.pushes) == asked  # it rests
    monkeypatch.setattr(fuse.Fuses, "rest_s", lambda _self, _origin: 0.0)  # the rest is over
    for _again in range(4):
        hasten()
        fanout.run()
    assert tally(issued) == {"owed": 300, "accepted": 300}


class Rogue:
    """Somebody's channel with a fault: says nothing of one target, and then the given fault."""

    def __init__(self, fault: Any) -> None:
        self.fault = fault

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        first, _second, third = (target for _n, target in zip(range(3), targets, strict=False))
        yield Receipt(first.id, Result.ACCEPTED)
        yield self.fault(first, third)

    def close(self) -> None:
        pass


def crash(first: Target, third: Target) -> Receipt:
    raise RuntimeError("a fault")


@pytest.mark.parametrize("fault", [
    crash, lambda first, _third: Receipt(first.id, Result.ACCEPTED), lambda _first, _third: Receipt(0, Result.GONE),
])  # fmt: skip
def test_a_faulty_channel_repeats_nothing_and_loses_nobody(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, fault: Any
) -> None:
    make.crowd(5)
    issued = make.live(bruno, chiara)
    shard = fanout.claim()
    assert shard is not None
    senders = fanout.Senders()
    senders.open["email"] = Rogue(fault)
    with pytest.raises((RuntimeError, KeyError)):
        fanout.send_batch(shard, senders)
    assert tally(issued) == {"owed": 5, "accepted": 1}
    kept = Row.objects.get()
    assert (kept.cursor, {row_id for row_id, _tries, _due in kept.held}) == (3, set(shard.recipients[1:3]))
    lose_leases()
    fanout.run()
    hasten()
    fanout.run()
    assert tally(issued) == {"owed": 5, "accepted": 5}
    assert len(post_office.mails) == 4
