"""What workers do when they are woken or the clock strikes. A job carries nothing: the rows are the truth, and a job
that is lost costs the few seconds until somebody looks again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.calls import actions as calls
from beffroi.crisis.feeds import actions as feeds
from beffroi.crisis.feeds import polling
from beffroi.delivery import actions as delivery
from beffroi.delivery import fanout, notes
from beffroi.delivery.webhooks import actions as webhooks
from beffroi.lib import clock
from beffroi.ops import restored
from beffroi.outcomes import actions as outcomes
from beffroi.people import cache as marks

log = logging.getLogger("beffroi.tasks")

STALLED_S = 30
OVER = threading.Event()
"""This process was told to stop: what is long looks at it between two steps."""


class OneAtATime:
    """Long work in one thread of this process at a time. Who comes while it runs leaves word and goes, so that slow
    mail servers or feeds can never take every thread of a worker; whoever is at it looks once more before it ends."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.busy = threading.Lock()
        self.asked = threading.Event()

    def __call__(self) -> None:
        """Do it, or have it done."""
        self.asked.set()
        while self.asked.is_set() and not OVER.is_set() and self.busy.acquire(blocking=False):
            try:
                self.asked.clear()
                self.work()
            finally:
                self.busy.release()


def send_shards_due() -> None:
    """Shards, until none is due; DatabaseRestored where they may be stale."""
    restored.refuse()
    fanout.run(is_over=OVER.is_set)


def send_notes_due() -> None:
    """Notes, until none is due; DatabaseRestored where they may be stale."""
    restored.refuse()
    now = clock.now()
    while not OVER.is_set() and notes.send_next(now):
        pass


def tell_webhooks_due() -> None:
    """Webhooks, until none is due; DatabaseRestored where they may be stale."""
    restored.refuse()
    now = clock.now()
    while not OVER.is_set() and webhooks.send_round(now):
        pass


send_shards = OneAtATime(send_shards_due)
send_letters = OneAtATime(send_notes_due)
tell_webhooks = OneAtATime(tell_webhooks_due)
read_feeds = OneAtATime(lambda: polling.poll_due(clock.now(), is_over=OVER.is_set))


def all_of(*steps: Callable[[], object]) -> None:
    """Every step, whatever happens to the others; the first that failed is raised at the end, so that it is seen."""
    failed: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as err:
            log.exception("a step of the clock failed")
            failed.append(err)
    if failed:
        raise failed[0]


@app.task(name=delivery.WAKE, queue="delivery")
def wake() -> None:
    """Send what is due."""
    send_shards()


@app.task(name=notes.WAKE, queue="notes")
def send_notes() -> None:
    """Send the notes that are due."""
    send_letters()


@app.task(name=webhooks.WAKE, queue="webhooks")
def send_webhooks() -> None:
    """Tell partners' programs what is due."""
    tell_webhooks()


@app.periodic(cron="* * * * * */5")
@app.task(name="clock.sweep", queue="clock")
def sweep(timestamp: int) -> None:  # noqa: ARG001
    """Every five seconds: calls whose time is over, and notes that nobody was woken for."""
    now = clock.now()
    all_of(lambda: outcomes.expire(now), lambda: calls.lapse(now), send_letters)


@app.periodic(cron="* * * * * */5")
@app.task(name="clock.webhooks", queue="webhooks")
def retry_webhooks(timestamp: int) -> None:  # noqa: ARG001
    """Every five seconds: webhooks whose next try has come. A queue of its own: slow receivers hold up nothing."""
    tell_webhooks()


@app.periodic(cron="* * * * * */10")
@app.task(name="clock.poll", queue="poll")
def poll(timestamp: int) -> None:  # noqa: ARG001
    """Every ten seconds: the feeds that are due."""
    read_feeds()


@app.periodic(cron="* * * * *")
@app.task(name="clock.minute", queue="clock")
def minute(timestamp: int) -> None:  # noqa: ARG001
    """Every minute: page the officers about calls that end soon."""
    outcomes.page_before_end(clock.now())


@app.periodic(cron="7 * * * *")
@app.task(name="clock.hour", queue="clock")
def hour(timestamp: int) -> None:  # noqa: ARG001
    """Every hour: forget who was sent what, a day after the end, and who tried to log in."""
    all_of(lambda: delivery.erase_recipients(clock.now()), marks.forget_expired)


@app.periodic(cron="17 3 * * *")
@app.task(name="clock.night", queue="clock")
def night(timestamp: int) -> None:  # noqa: ARG001
    """Every night: forget what the city need not keep longer."""
    now, keep = clock.now(), city.current().retention
    all_of(
        lambda: notes.erase(now - timedelta(days=keep.notes_days)),
        lambda: webhooks.erase(now),
        lambda: audience.forget_unconfirmed((now - timedelta(days=keep.unconfirmed_days)).date()),
        lambda: feeds.forget_fetched(now),
    )


@app.periodic(cron="*/1 * * * *")
@app.task(name="clock.stalled", queue="clock", pass_context=True)
async def drop_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Jobs of a worker that died stay "doing" for ever; nothing is lost with them, so they are put away."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        log.warning("job of a dead worker put away: %s", job.task_name)
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
