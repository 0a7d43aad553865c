"""`beffroi worker`: one process that sends, keeps the clock and polls the feeds. A city runs as many as it wants."""

from __future__ import annotations

import argparse
import asyncio
import os

from procrastinate.contrib.django import app

from beffroi.delivery import shelves
from beffroi.ops import django
from beffroi.ops.processes import die_with_parent

QUEUES = ["delivery", "notes", "clock", "poll"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--only-delivery", action="store_true", help="send only: leave clock and feeds to other workers")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop."""
    die_with_parent(os.getppid())
    django.setup()
    shelves.load()
    asyncio.run(work(["delivery"] if options.only_delivery else QUEUES))
    return 0


async def work(queues: list[str]) -> None:
    """Take jobs; a finished job leaves no row."""
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=queues, concurrency=4, delete_jobs="successful", fetch_job_polling_interval=1.0, listen_notify=True
        )
