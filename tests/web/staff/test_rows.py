"""The desk's lists: worst first, with the truth about deliveries, and no count that points at a person."""

from __future__ import annotations

from datetime import timedelta

from beffroi.calls import actions as calls
from beffroi.calls.state import PENDING_S
from beffroi.delivery.models import Shard
from beffroi.lib import clock
from beffroi.people.models import Person
from beffroi.web.staff import rows
from tests import make


def test_worst_stands_first_then_newest_and_exercises_last(bruno: Person, town: None) -> None:
    wanted = [
        make.pending(bruno, severity=severity, status=status).public_id
        for severity, status in (
            ("Extreme", "Exercise"), ("Minor", "Actual"), ("Severe", "Actual"), ("Severe", "Actual"),
            ("Extreme", "Actual"),
        )
    ]  # fmt: skip
    assert [line.call.public_id for line in rows.waiting()] == wanted[::-1]


def test_a_waiting_call_says_when_it_lapses(bruno: Person, town: None) -> None:
    call = make.pending(bruno)
    line = rows.line(call)
    assert call.submitted_at is not None
    assert line.lapses_at == call.submitted_at + timedelta(seconds=PENDING_S)
    soon = make.pending(bruno, expires=clock.now() + timedelta(minutes=5))
    assert rows.line(soon).lapses_at == soon.expires
    assert rows.line(calls.draft(bruno, make.content())).lapses_at is None


def test_each_call_is_in_the_list_of_its_state(bruno: Person, chiara: Person, town: None) -> None:
    live, pending = make.live(bruno, chiara), make.pending(bruno)
    draft, robot = calls.draft(bruno, make.content()), calls.draft(None, make.content())
    over = make.pending(bruno)
    calls.refuse(chiara, over.public_id, why="no")
    lists = (rows.live(), rows.waiting(), rows.drafts(), rows.robots(), rows.recent(clock.now()))
    assert [[line.call for line in found] for found in lists] == [[live], [pending], [draft], [robot], [over]]


def test_progress_is_the_sum_of_the_shards(bruno: Person, chiara: Person, town: None) -> None:
    call = make.live(bruno, chiara)
    for accepted, failed in ((90, 2), (7, 0)):
        Shard.objects.create(
            call=call, channel="email", language="fr", lane=0, size=100, accepted=accepted, failed=failed,
            first_at=(call.issued_at or clock.now()) + timedelta(seconds=2),
        )  # fmt: skip
    (found,) = rows.progress([call])[call.pk]
    assert (found.owed, found.accepted, found.failed, found.waiting, found.first_s) == (200, 97, 2, 101, 2.0)
    assert (found.percent, found.is_few) == ("48.5", False)


def test_a_share_is_never_rounded_up_to_the_whole() -> None:
    almost = rows.Progress(channel="Push", owed=100_000, accepted=99_999, failed=0, waiting=1, first_s=None)
    assert almost.percent == "99.9"
    whole = rows.Progress(channel="Push", owed=9, accepted=9, failed=0, waiting=0, first_s=0.1)
    assert (whole.percent, whole.is_few) == ("100", True)


def test_small_counts_are_floored() -> None:
    assert [rows.floored(count) for count in (0, 1, 9, 10, 11)] == [0, 10, 10, 10, 11]
