"""The loop that sends: who comes first, what happens when things break, and that nobody is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from beffroi.audience import actions as audience
from beffroi.audience.models import Subscription
from beffroi.calls.models import Call
from beffroi.delivery import batch, fanout
from beffroi.delivery.models import Shard
from beffroi.delivery.shards import BATCH
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.browser.patience import until
from tests.channels.rigs import closed_port
from tests.delivery.workers import Worker, hasten, lose_leases, process, sql, tally
from tests.phone import Phone
from tests.post_office import GATE, HANG, PostOffice
from tests.push_sink import DROP, PushSink


@pytest.fixture
def call(town: None, bruno: Any, chiara: Any) -> Any:
    """Issues a call to the north-western quarter, or another."""
    return lambda **changes: make.live(bruno, chiara, **changes)


def recipients(office: PostOffice) -> Counter[str]:
    """How many mails each person got."""
    return Counter(mail.recipient for mail in office.mails)


def subject(office: PostOffice) -> list[str]:
    """Subjects in the order in which the mails came."""
    return [str(mail.message["Subject"]) for mail in office.mails]


def close(person: Any, call: Call) -> Call:
    return outcomes.close(person, call.public_id, "false-alarm", make.texts("Fausse alerte"))


def at_the_gate(office: PostOffice, *before: str) -> Worker:
    """A worker that stands with a mail at the gate, after as many mails as answers are given."""
    office.say("DATA", *before, GATE)
    worker = Worker()
    until(lambda: office.waiting, "a mail at the gate")
    return worker


def through(office: PostOffice, worker: Worker) -> None:
    """Let the worker finish."""
    office.open_gate()
    worker.join()


def test_everybody_gets_it_once_and_the_counts_add_up(call: Any, post_office: PostOffice) -> None:
    make.crowd(450)
    issued = call()
    assert fanout.run() >= 5
    assert fanout.run() == 0
    assert set(recipients(post_office).values()) == {1}
    assert tally(issued) == {"owed": 450, "accepted": 450}
    shard = Shard.objects.order_by("-size").first()
    assert shard is not None
    assert (shard.state, shard.cursor, shard.leased_until) == ("done", shard.size, None)
    assert shard.first_at is not None
    assert shard.last_at is not None
    assert issued.issued_at <= shard.first_at <= shard.last_at


def test_the_most_urgent_and_then_the_newest_leaves_first(call: Any, bruno: Any) -> None:
    make.crowd(130)
    wanted = {name: call(severity=name) for name in ("Minor", "Extreme", "Severe")}
    newer = call(severity="Severe")
    sql("UPDATE delivery_shard SET cursor = size WHERE call_id = %s", wanted["Extreme"].pk)
    ended = close(bruno, wanted["Extreme"])
    order = [shard.call for shard in iter(fanout.claim, None)]
    assert order == [one.pk for one in (ended, newer, wanted["Severe"], wanted["Minor"]) for _shard in range(2)]


def test_two_workers_send_nothing_twice(call: Any, post_office: PostOffice) -> None:
    make.crowd(900)
    issued = call()
    workers = [Worker() for _ in range(3)]
    for worker in workers:
        worker.join()
    assert set(recipients(post_office).values()) == {1}
    assert tally(issued) == {"owed": 900, "accepted": 900}


def test_something_more_urgent_goes_in_between(call: Any, post_office: PostOffice) -> None:
    make.crowd(300)
    call(severity="Minor", texts=make.texts("Mineur"))
    worker = at_the_gate(post_office)
    call(severity="Extreme", texts=make.texts("Extrême"))
    through(post_office, worker)
    order = subject(post_office)
    first = order.index("Extrême")
    assert 0 < first <= 100
    assert order[first : first + 300] == ["Extrême"] * 300


def test_a_killed_worker_loses_nobody_and_repeats_at_most_one_batch(call: Any, post_office: PostOffice) -> None:
    make.crowd(600)
    issued = call()
    post_office.say("DATA", *["250 OK"] * 450, HANG)
    worker = process()
    until(lambda: len(post_office.mails) >= 450, "450 mails")
    worker.kill()
    worker.wait()
    assert fanout.run() == 0  # the dead worker's lease still runs
    assert tally(issued)["accepted"] < 450
    lose_leases()
    fanout.run()
    found = recipients(post_office)
    assert len(found) == 600
    assert 0 < sum(found.values()) - 600 <= BATCH
    assert tally(issued) == {"owed": 600, "accepted": 600}
    twice = [mail.message["Message-ID"] for mail in post_office.mails if found[mail.recipient] == 2]
    assert len(set(twice)) == len(twice) / 2  # the repeat bears the same name


def test_a_worker_that_is_taken_for_dead_may_not_record(call: Any, post_office: PostOffice) -> None:
    make.crowd(50)
    issued = call()
    slow = at_the_gate(post_office, *["250 OK"] * 10)
    lose_leases()
    fanout.run()
    assert tally(issued) == {"owed": 50, "accepted": 50}
    through(post_office, slow)
    assert tally(issued) == {"owed": 50, "accepted": 50}
    assert (Shard.objects.get().state, slow.claimed) == ("done", 1)


def test_who_has_lost_a_shard_begins_nobody_else(
    call: Any, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.crowd(50)
    issued = call()
    monkeypatch.setattr(fanout, "KEEP_S", -1)
    slow = at_the_gate(post_office, *["250 OK"] * 10)
    lose_leases()
    fanout.run()
    through(post_office, slow)
    assert len(post_office.mails) == 50 + 11  # to those before the gate, and the one at it, and to nobody else
    assert tally(issued) == {"owed": 50, "accepted": 50}


def test_a_working_worker_keeps_its_lease(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make.crowd(1)
    call()
    shard = fanout.claim()
    assert shard is not None
    lose_leases()
    fanout.keep(shard)
    assert Shard.objects.filter(leased_until__lt=clock.now()).exists()
    monkeypatch.setattr(fanout, "KEEP_S", -1)
    fanout.keep(shard)
    assert fanout.claim() is None
    shard.fence -= 1
    lose_leases()
    fanout.keep(shard)
    assert fanout.claim() is not None


def test_nothing_leaves_after_a_cancellation(call: Any, bruno: Any, post_office: PostOffice) -> None:
    make.crowd(300)
    issued = call()
    worker = at_the_gate(post_office, *["250 OK"] * 10)
    ended = close(bruno, issued)
    assert tally(issued) == {"owed": 300, "stale": 300}
    through(post_office, worker)
    told = [str(mail.message["Subject"]) for mail in post_office.mails]
    sent = told.count("Montez à l'étage")
    assert 11 <= sent <= 100
    assert told[sent:] == ["Fausse alerte"] * 100  # to the batch on the wire, and to nobody else
    assert tally(issued) == {"owed": 300, "accepted": sent, "stale": 300 - sent}
    assert tally(ended) == {"owed": 100, "accepted": 100}
    assert {mail.recipient for mail in post_office.mails[:sent]} <= {
        mail.recipient for mail in post_office.mails[sent:]
    }


def test_an_update_takes_the_place_of_what_has_not_left(
    call: Any, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    make.crowd(300)
    issued = call()
    worker = at_the_gate(post_office)
    draft = outcomes.update(bruno, issued.public_id, make.content(texts=make.texts("Nouveau")))
    update = make.approved(bruno, chiara, draft)
    through(post_office, worker)
    order = subject(post_office)
    assert order.count("Nouveau") == 300
    assert tally(update) == {"owed": 300, "accepted": 300}
    assert order.index("Nouveau") == tally(issued)["accepted"] <= 100


def test_nothing_leaves_after_the_end_of_a_call(call: Any, post_office: PostOffice) -> None:
    make.crowd(250)
    issued = call(expires=clock.now() + timedelta(seconds=2))
    worker = at_the_gate(post_office)
    until(lambda: clock.now() > issued.expires, "the end of the call")
    through(post_office, worker)
    assert tally(issued) == {"owed": 250, "accepted": 1, "stale": 249}
    assert set(Shard.objects.values_list("state", flat=True)) <= {"stopped", "done"}


def test_a_wrong_clock_stops_nothing_and_spins_nowhere(call: Any, post_office: PostOffice) -> None:
    make.crowd(3)
    issued = call(expires=clock.now() + timedelta(minutes=5))
    post_office.refuse("resident1@residents.example", "451 later")
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert fanout.run() == 1
    assert tally(issued)["accepted"] == 2
    post_office.refuse("resident1@residents.example", "250 OK")
    hasten()
    with clock.at(clock.now() - timedelta(minutes=10)):
        assert fanout.run() == 1
    assert tally(issued) == {"owed": 3, "accepted": 3}


def test_who_leaves_meanwhile_gets_nothing(call: Any, post_office: PostOffice) -> None:
    ids = make.crowd(200)
    issued = call()
    worker = at_the_gate(post_office)
    audience.remove(ids[100:120])  # of the second shard
    through(post_office, worker)
    assert {f"resident{n}@residents.example" for n in range(100, 120)}.isdisjoint(recipients(post_office))
    assert tally(issued) == {"owed": 200, "accepted": 180, "gone": 20}
    assert Shard.objects.get(gone=20).reasons == {"left": 20}


def test_an_address_that_is_gone_ends_the_subscription(call: Any, post_office: PostOffice, push_sink: PushSink) -> None:
    make.mail_subscription("ada")
    eve = make.mail_subscription("eve")
    post_office.refuse("eve@residents.example", "550 5.1.1 nobody")
    phones = [make.phone_subscription(Phone(push_sink.endpoint(status))) for status in (201, 404, 410)]
    issued = call()
    fanout.run()
    assert set(Subscription.objects.values_list("pk", flat=True)).isdisjoint({eve.pk, phones[1].pk, phones[2].pk})
    assert tally(issued) == {"owed": 5, "accepted": 2, "gone": 3}


def test_a_temporary_failure_is_tried_again_not_before_its_time(
    call: Any, post_office: PostOffice, push_sink: PushSink
) -> None:
    ada, bob = make.mail_subscription("ada"), make.mail_subscription("bob")
    endpoint = push_sink.endpoint((429, {"Retry-After": "500"}), 201)
    phone = make.phone_subscription(Phone(endpoint))
    post_office.refuse("bob@residents.example", "451 4.7.1 come back")
    issued = call()
    before = clock.now()
    fanout.run()
    assert tally(issued) == {"owed": 3, "accepted": 1}
    push, mail = Shard.objects.get(channel="webpush"), Shard.objects.get(channel="email")
    assert push.retry_at is not None
    assert push.retry_at > before + timedelta(seconds=500)
    assert (push.held[0][:2], mail.held[0][:2]) == ([phone.pk, 1], [bob.pk, 1])
    assert fanout.run() == 0
    post_office.refuse("bob@residents.example", "250 OK")
    hasten()
    fanout.run()
    assert tally(issued) == {"owed": 3, "accepted": 3}
    assert recipients(post_office) == {"ada@residents.example": 1, "bob@residents.example": 1}
    assert len(push_sink.at(endpoint)) == 2
    assert Subscription.objects.filter(pk__in=[ada.pk, bob.pk, phone.pk]).count() == 3


@pytest.mark.parametrize("status", [429, 500, 503, DROP])
def test_a_temporary_failure_is_tried_until_the_call_expires(
    call: Any, post_office: PostOffice, push_sink: PushSink, status: int
) -> None:
    make.mail_subscription("ada")
    make.phone_subscription(Phone(push_sink.endpoint(status)))
    post_office.refuse("ada@residents.example", "451 4.7.1 come back")
    issued = call()
    for _hour in range(20):
        assert fanout.run() == 2
        assert tally(issued) == {"owed": 2}
        hasten()
    assert len(push_sink.pushes) >= 20  # an answer that never came is asked for once more by curl
    make.expire(issued)
    assert fanout.run() == 2
    assert tally(issued) == {"owed": 2, "stale": 2}
    assert Subscription.objects.count() == 2


def test_an_address_that_no_key_opens_stops_nobody(call: Any, post_office: PostOffice) -> None:
    ids = make.crowd(20)
    sql("UPDATE audience_subscription SET address = %s WHERE id = %s", b"\x01" * 60, ids[5])
    issued = call()
    fanout.run()
    assert tally(issued) == {"owed": 20, "accepted": 19, "failed": 1}
    assert Shard.objects.get().reasons == {"seal-broken": 1}
    assert Subscription.objects.filter(pk=ids[5]).exists()  # a lost key may be found again


def test_a_mail_server_that_is_down_holds_nothing_up(
    call: Any, post_office: PostOffice, push_sink: PushSink, settings: Any
) -> None:
    make.crowd(450)
    make.phone_subscription(Phone(push_sink.endpoint()))
    settings.SMTP_URL = f"smtp://127.0.0.1:{closed_port()}"
    issued = call()
    assert fanout.run() == 2  # one of five shards of mails told that the channel is down, and all rest
    assert tally(issued) == {"owed": 451, "accepted": 1}
    assert sum(len(shard.held) for shard in Shard.objects.all()) == 1
    assert not Shard.objects.filter(state="waiting", retry_at=None).exists()
    assert fanout.run() == 0
    settings.SMTP_URL = post_office.url
    hasten()
    fanout.run()
    assert tally(issued) == {"owed": 451, "accepted": 451}
    assert set(recipients(post_office).values()) == {1}


def test_a_channel_that_fails_as_a_whole_is_put_aside(
    call: Any, post_office: PostOffice, push_sink: PushSink, settings: Any
) -> None:
    make.crowd(5)
    make.phone_subscription(Phone(push_sink.endpoint()))
    settings.MAIL_FROM = None  # a mistake of ours: no mail can be made
    issued = call()
    assert fanout.run() == 2
    assert tally(issued) == {"owed": 6, "accepted": 1}
    shard = Shard.objects.get(channel="email")
    assert (shard.state, shard.leased_until, shard.cursor) == ("waiting", None, 1)
    assert shard.retry_at is not None
    assert shard.retry_at > clock.now()
    settings.MAIL_FROM = "alerte@town.example"
    hasten()
    fanout.run()
    assert tally(issued) == {"owed": 6, "accepted": 6}


def test_a_slow_channel_looks_up_after_each_message(
    call: Any, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.crowd(7)
    issued = call()
    monkeypatch.setattr(batch, "BATCH_S", -1)
    shard, senders = fanout.claim(), fanout.Senders()
    assert shard is not None
    assert fanout.send_batch(shard, senders)
    assert (len(post_office.mails), Shard.objects.get().cursor) == (1, 1)
    senders.close()
    lose_leases()
    fanout.run()
    assert set(recipients(post_office).values()) == {1}
    assert tally(issued) == {"owed": 7, "accepted": 7}


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has(call: Any, post_office: PostOffice) -> None:
    make.crowd(200)
    issued = call()
    assert fanout.run(is_over=lambda: bool(post_office.mails)) == 1
    assert len(post_office.mails) == 100
    assert not Shard.objects.filter(leased_until__isnull=False).exists()
    fanout.run()
    assert tally(issued) == {"owed": 200, "accepted": 200}


def test_erased_recipients_stop_a_shard_and_not_the_worker(call: Any, post_office: PostOffice) -> None:
    make.crowd(2)
    issued = call()
    sql("UPDATE delivery_shard SET recipients = NULL")
    sql("UPDATE calls_call SET state = 'ended', ended_at = now()")
    assert fanout.run() == 1
    assert tally(issued) == {"owed": 2, "stale": 2}
