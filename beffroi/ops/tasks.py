"""What workers do when they are woken or the clock strikes. A job carries nothing: the rows are the truth, and a job
that is lost
costs the five seconds until the next stroke."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from beffroi.audience import actions as audience
from beffroi.calls import actions as calls
from beffroi.crisis.feeds import polling
from beffroi.delivery import actions as delivery
from beffroi.delivery import fanout, notes
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes

log = logging.getLogger("beffroi.tasks")

SENDING = threading.Lock()
ASKED = threading.Event()
UNCONFIRMED_DAYS = 3


@app.task(name=delivery.WAKE, queue="delivery")
def wake() -> None:
    """Send what is due. One loop a process: who comes while it runs leaves word and goes."""
    ASKED.set()
    while ASKED.is_set() and SENDING.acquire(blocking=False):
        try:
            ASKED.clear()
            fanout.run()
        finally:
            SENDING.release()


@app.task(name=notes.WAKE, queue="notes")
def send_notes() -> None:
    """Send the notes that are due."""
    notes.send_due(clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="clock.sweep", queue="clock")
def sweep(timestamp: int) -> None:  # noqa: ARG001
    """Every five seconds: shards and notes that nobody was woken for, calls whose time is over."""
    now = clock.now()
    outcomes.expire(now)
    calls.lapse(now)
    wake()
    notes.send_due(now)


@app.periodic(cron="* * * * * */10")
@app.task(name="clock.poll", queue="poll")
def poll(timestamp: int) -> None:  # noqa: ARG001
    """Every ten seconds: the feeds that are due."""
    polling.poll_due(clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="clock.minute", queue="clock")
def minute(timestamp: int) -> None:  # noqa: ARG001
    """Every minute: page the officers about calls that end soon."""
    outcomes.page_before_end(clock.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="clock.night", queue="clock")
def night(timestamp: int) -> None:  # noqa: ARG001
    """Every night: forget what is no longer needed."""
    now = clock.now()
    delivery.erase_recipients(now)
    notes.erase(now)
    audience.forget_unconfirmed((now - timedelta(days=UNCONFIRMED_DAYS)).date())


@app.periodic(cron="*/1 * * * *")
@app.task(name="clock.stalled", queue="clock", pass_context=True)
async def drop_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Jobs of a worker that died stay "doing" for ever; nothing is lost with them, so they are put away."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        log.warning("job of a dead worker put away: %s", job.task_name)
        await manager.finish_job(job, status="failed", delete_job=True)
