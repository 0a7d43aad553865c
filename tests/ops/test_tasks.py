"""What the clock does: each stroke its own work, one thing at a time, and no failure keeps the rest from being done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.calls.models import Call
from beffroi.city.model import Retention
from beffroi.crisis.feeds import actions as feeds
from beffroi.crisis.models import Feed, Fetched
from beffroi.delivery.models import Note, Shard
from beffroi.delivery.webhooks import actions as webhooks
from beffroi.lib import clock, grid
from beffroi.ops import tasks
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.ops.letterbox import Letterbox, letterbox
from tests.push_sink import PushSink


@pytest.fixture
def box(settings: LazySettings) -> Iterator[Letterbox]:
    with letterbox() as found:
        settings.SMTP_URL, settings.MAIL_FROM = f"smtp://127.0.0.1:{found.port}", "alerte@town.example"
        yield found


def test_every_task_is_known_to_the_engine_by_a_stable_name() -> None:
    names = {
        "delivery.wake",
        "delivery.notes",
        "delivery.webhooks",
        "clock.webhooks",
        "clock.sweep",
        "clock.poll",
        "clock.minute",
        "clock.hour",
        "clock.night",
        "clock.stalled",
    }
    assert names <= set(app.tasks)


def test_a_wake_sends_what_is_due(town: None, box: Letterbox, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara)
    tasks.wake()
    assert Shard.objects.get(call=call).accepted == 1
    assert [to for to, _mail in box.mails] == ["ada@residents.example"]
    tasks.wake()
    assert len(box.mails) == 1


def test_the_sweep_ends_what_is_over_and_lapses_what_waited_too_long(
    town: None, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    make.mail_subscription("ada")
    live = make.live(bruno, chiara)
    tasks.wake()
    pending = make.pending(bruno)
    with clock.at(clock.now() + timedelta(minutes=31)):
        tasks.sweep(timestamp=0)
    pending.refresh_from_db()
    live.refresh_from_db()
    assert (live.state, pending.state) == ("live", "lapsed")
    make.expire(live)
    tasks.sweep(timestamp=0)
    closing = Call.objects.get(follows=live)
    assert (closing.state, closing.ending, closing.author) == ("live", "expired", None)
    tasks.wake()
    assert len(box.mails) == 2


def test_the_sweep_sends_notes_that_nobody_was_woken_for(town: None, box: Letterbox, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    informed = outcomes.inform(bruno, call.public_id)
    tasks.sweep(timestamp=0)
    assert {to for to, _mail in box.mails} == {"centre112@authorities.example", "mayor@authorities.example"}
    assert Note.objects.filter(state="sent").count() == informed
    tasks.sweep(timestamp=0)
    assert len(box.mails) == informed


def test_each_minute_officers_are_paged_once_about_what_ends_soon(
    town: None, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    make.live(bruno, chiara, expires=clock.now().replace(microsecond=0) + timedelta(minutes=20))
    tasks.minute(timestamp=0)
    tasks.minute(timestamp=0)
    tasks.send_notes()
    assert sorted(to for to, _mail in box.mails) == ["bruno@town.example", "chiara@town.example"]


def shift(call: Call, age: timedelta) -> None:
    """Issued that long ago by the database's own clock, past its guard."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call DISABLE TRIGGER USER")
        change = "UPDATE calls_call SET issued_at = now() - make_interval(secs => %s) WHERE id = %s"
        cursor.execute(change, [age.total_seconds(), call.pk])
        cursor.execute("ALTER TABLE calls_call ENABLE TRIGGER USER")


def test_each_hour_it_is_forgotten_who_was_sent_what_a_day_after_the_end(
    town: None, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    make.mail_subscription("ada")
    live = make.live(bruno, chiara)
    standing = make.live(bruno, chiara)
    tasks.wake()
    closing = outcomes.close(bruno, live.public_id, "all-clear", live.texts)
    tasks.wake()
    for age, left in ((timedelta(hours=23, minutes=59), 3), (timedelta(hours=24, minutes=1), 1)):
        shift(closing, age)
        tasks.hour(timestamp=0)
        assert Shard.objects.filter(recipients__isnull=False).count() == left
    assert Shard.objects.get(recipients__isnull=False).call == standing, "what goes on needs its list"


def test_a_stroke_tells_webhooks_what_waits(push_sink: PushSink, town: None, bruno: Any, chiara: Any) -> None:
    url = push_sink.endpoint()
    webhooks.register(make.program("partner", "webhook.manage"), url, is_exercise=False)
    make.live(bruno, chiara)
    tasks.send_webhooks()
    tasks.retry_webhooks(timestamp=0)
    assert len(push_sink.at(url)) == 1


def test_each_night_what_the_city_does_not_keep_is_forgotten(
    town: None, box: Letterbox, bruno: Any, chiara: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.mail_subscription("ada")
    outcomes.inform(bruno, make.live(bruno, chiara).public_id)
    audience.subscribe(
        Wish(channel="email", address={"email": "x@y.example"}, same="x", language="fr", floor=0, is_exercise=False,
             cells=[grid.cell(*make.NORTH_WEST)]), link="x", is_confirmed=False,
    )  # fmt: skip
    feeds.mark_fetched(Feed.objects.create(name="weather"), ("https://feeds.example/a.xml", ""), "")
    town_of_today = replace(city.current(), retention=Retention(notes_days=2, unconfirmed_days=5))
    monkeypatch.setattr(city, "current", lambda: town_of_today)

    def kept_after(days: float) -> tuple[int, int, int]:
        with clock.at(clock.now() + timedelta(days=days)):
            tasks.night(timestamp=0)
        return Note.objects.count(), Subscription.objects.count(), Fetched.objects.count()

    assert kept_after(0) == (2, 2, 1)
    assert kept_after(1.9) == (2, 2, 1)
    assert kept_after(2.1) == (0, 2, 1)
    assert kept_after(5) == (0, 2, 1)
    assert kept_after(6) == (0, 1, 1)
    assert kept_after(15) == (0, 1, 0)
    assert Subscription.objects.get().confirmed_at is not None


def test_a_step_that_fails_keeps_no_other_from_being_done() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fail")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tasks.all_of(lambda: done.append("a"), fail, lambda: done.append("b"))
    assert done == ["a", "fail", "b"]
    tasks.all_of(lambda: done.append("c"))
    assert done[-1] == "c"


def test_who_comes_while_it_runs_leaves_word_and_goes() -> None:
    began, may_end, runs = threading.Event(), threading.Event(), []

    def work() -> None:
        runs.append(threading.get_ident())
        began.set()
        may_end.wait(30)

    task = tasks.OneAtATime(work)
    thread = threading.Thread(target=task)
    thread.start()
    assert began.wait(30)
    task()  # does not wait, and does not run it here
    task()
    assert runs == [thread.ident]
    may_end.set()
    thread.join(30)
    assert runs == [thread.ident] * 2  # who was at it looked once more
    task()
    assert runs[-1] == threading.get_ident()


def test_after_a_failure_it_can_be_done_again() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    task = tasks.OneAtATime(fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            task()


def test_who_was_told_to_stop_begins_nothing(town: None, box: Letterbox, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara)
    outcomes.inform(bruno, call.public_id)
    tasks.OVER.set()
    try:
        tasks.wake()
        tasks.send_notes()
        tasks.send_notes_due()
        tasks.poll(timestamp=0)
    finally:
        tasks.OVER.clear()
    assert box.mails == []
    assert not Feed.objects.exists()


@pytest.mark.parametrize(("age_s", "is_put_away"), [(0, False), (tasks.STALLED_S + 5, True)])
def test_jobs_of_a_dead_worker_are_put_away(town: None, bruno: Any, chiara: Any, age_s: int, is_put_away: bool) -> None:
    make.live(bruno, chiara)
    add = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id"
    with connection.cursor() as cursor:
        cursor.execute(add, [age_s])
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    asyncio.run(put_away())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert ProcrastinateJob.objects.exists() != is_put_away


async def put_away() -> None:
    """The task, with the connection of a worker."""
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    job = Job(id=0, queue="clock", lock=None, queueing_lock=None, task_name="clock.stalled")
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            context = JobContext(app=worker, job=job, start_timestamp=0, abort_reason=lambda: None)
            await tasks.drop_stalled(context, timestamp=0)
