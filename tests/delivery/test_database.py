"""What the loop does when its database or its lease fails it: nothing leaves twice, and nobody is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from beffroi.calls.models import Call
from beffroi.delivery import actions, batch, fanout
from beffroi.delivery.batch import Batch
from beffroi.delivery.channel import Receipt, Result
from beffroi.delivery.models import Shard
from beffroi.lib import clock
from beffroi.people.models import Entry
from beffroi.web import problems
from tests import make
from tests.browser.patience import until
from tests.delivery.workers import Worker, full, sql, tally
from tests.post_office import GATE, PostOffice


@pytest.fixture
def issued(town: None, bruno: Any, chiara: Any) -> Call:
    """A call to forty people."""
    make.crowd(40)
    return make.live(bruno, chiara)


def mails(office: PostOffice) -> Counter[int]:
    """How many people got how many mails."""
    return Counter(Counter(mail.recipient for mail in office.mails).values())


@pytest.mark.parametrize(("batch_s", "keep_s"), [(batch.BATCH_S, fanout.KEEP_S), (60, 0.5)])
def test_two_workers_and_a_slow_mail_server_send_nothing_twice(
    issued: Call, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch, batch_s: float, keep_s: float
) -> None:
    """With a lease far shorter than what the mails take: a batch ends in time, and one that did not would be kept."""
    post_office.pause_s = 0.2 / 3  # three answers a mail
    monkeypatch.setattr(fanout, "LEASE_S", 2.5)
    monkeypatch.setattr(fanout, "KEEP_S", keep_s)
    monkeypatch.setattr(batch, "BATCH_S", batch_s)
    workers = [Worker(), Worker()]
    while any(worker.is_alive() for worker in workers):
        Worker().join()  # it looks again and again for a lease that has run out
    assert mails(post_office) == {1: 40}
    assert tally(issued) == {"owed": 40, "accepted": 40}


def test_a_full_disk_when_a_batch_is_recorded_sends_nothing_twice(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    make.crowd(50)
    issued = make.live(bruno, chiara)
    monkeypatch.setattr(fanout, "AGAIN_S", 0.2)
    with full("UPDATE OF cursor"):
        worker = Worker()
        until(lambda: caplog.text.count("is not on record yet") >= 3, "three tries to record")
        assert len(post_office.mails) == 50
        assert tally(issued) == {"owed": 50}
    worker.join()
    assert mails(post_office) == {1: 50}
    assert tally(issued) == {"owed": 50, "accepted": 50}


def test_a_worker_that_is_told_to_stop_does_not_wait_for_the_database(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    make.crowd(5)
    make.live(bruno, chiara)
    with full("UPDATE OF cursor"):
        assert fanout.run(is_over=lambda: len(post_office.mails) == 5) == 1
    assert (Shard.objects.get().cursor, Shard.objects.get().leased_until) == (0, None)


def test_a_full_disk_refuses_an_issue_and_keeps_the_call(town: None, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    pending = make.pending(bruno)
    entries = Entry.objects.count()
    with full("INSERT"), pytest.raises(OperationalError) as failure:
        actions.approve(chiara, pending.public_id, seen=bytes(pending.digest or b""))
    refusal = problems.known(failure.value)
    assert (refusal.code, refusal.status) == ("unavailable", 503)
    assert (Call.objects.get().state, Shard.objects.count(), Entry.objects.count()) == ("pending", 0, entries)
    actions.approve(chiara, pending.public_id, seen=bytes(pending.digest or b""))
    assert (Call.objects.get().state, Shard.objects.count()) == ("live", 1)


def test_a_connection_that_is_cut_in_the_middle_of_a_batch_costs_nothing(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.crowd(50)
    issued = make.live(bruno, chiara)
    monkeypatch.setattr(fanout, "AGAIN_S", 0.2)
    monkeypatch.setattr(fanout, "KEEP_S", -1)
    post_office.say("DATA", *["250 OK"] * 10, GATE)
    worker = Worker()
    until(lambda: post_office.waiting, "a mail at the gate")
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user "
        "AND datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
    post_office.open_gate()
    worker.join()
    assert mails(post_office) == {1: 50}
    assert tally(issued) == {"owed": 50, "accepted": 50}


def test_a_record_of_which_nobody_knows_whether_it_was_written_counts_once(town: None, bruno: Any, chiara: Any) -> None:
    make.crowd(2)
    issued = make.live(bruno, chiara)
    shard = fanout.claim()
    assert shard is not None
    sent = Batch(shard)
    sent.begun, sent.taken = {shard.recipients[0]: 0}, 1
    sent.add(Receipt(shard.recipients[0], Result.ACCEPTED))
    sent.settle()
    fence = shard.fence
    assert fanout.record(sent)
    shard.fence = fence  # the answer never came
    assert not fanout.record(sent)
    assert tally(issued) == {"owed": 2, "accepted": 1}


@pytest.mark.parametrize("minutes", [-10, 10])
def test_times_on_record_are_the_databases(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, minutes: int
) -> None:
    make.crowd(1)
    make.live(bruno, chiara)
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        fanout.run()
    first_at = Shard.objects.get().first_at
    assert first_at is not None
    assert abs(first_at - clock.now()) < timedelta(minutes=5)
