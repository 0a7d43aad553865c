"""What `beffroi worker` does once Django is ready: take jobs until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Final, cast

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from beffroi.delivery import shelves
from beffroi.ops import tasks
from beffroi.ops.processes import die_with_parent

log = logging.getLogger("beffroi.worker")

QUEUES: Final = ["delivery", "notes", "webhooks", "clock", "poll"]
CONCURRENCY: Final = 7
"""Shards, letters, webhooks and feeds take one thread each for as long as they like (tasks.OneAtATime); the rest is
short."""
LOOK_S: Final = 5
AGAIN_S: Final = 5
"""After the database was lost, until it is looked for again."""
GRACE_S: Final = 8
"""From the signal to the end, whatever runs: less than a parent waits. What was on the wire then may leave once
more."""


def run(options: argparse.Namespace) -> int:
    """Work until told to stop, whatever becomes of the database meanwhile."""
    die_with_parent(os.getppid())
    shelves.load()
    asyncio.run(work(["delivery"] if options.only_delivery else QUEUES))
    return 0


async def work(queues: list[str]) -> None:
    """Take jobs and look for shards, again and again: the engine of jobs ends when it loses its database."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(CONCURRENCY + 2))
    looking = asyncio.create_task(look())
    working = asyncio.create_task(take_jobs_always(queues))

    def stop() -> None:
        tasks.OVER.set()
        looking.cancel()
        working.cancel()
        loop.call_later(GRACE_S, os._exit, 0)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await working
    looking.cancel()


async def take_jobs_always(queues: list[str]) -> None:
    """Take jobs until told to stop; where the engine ends by itself, begin again with new connections."""
    while not tasks.OVER.is_set():
        try:
            await take_jobs(queues)
        except Exception:
            log.exception("no jobs can be taken")
        if not tasks.OVER.is_set():
            log.warning("jobs are taken again in %s s", AGAIN_S)
            await asyncio.sleep(AGAIN_S)


async def take_jobs(queues: list[str]) -> None:
    """A job that is done leaves no row, also one that failed: the log tells of it, and the clock strikes again."""
    connector = cast(DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        async with worker.open_async():
            await worker.run_worker_async(
                queues=queues, concurrency=CONCURRENCY, delete_jobs="always", fetch_job_polling_interval=1.0,
                listen_notify=True, install_signal_handlers=False,
            )  # fmt: skip


async def look() -> None:
    """Every few seconds each worker looks for shards by itself: a job wakes only one of them."""
    while True:
        await asyncio.to_thread(look_once)
        await asyncio.sleep(LOOK_S)


def look_once() -> None:
    """Send what is due. Without a database there is nothing to send, and the next look finds it again."""
    close_old_connections()
    try:
        tasks.send_shards()
    except Exception:
        log.exception("shards could not be sent")
