"""What `beffroi worker` does once Django is ready: take jobs until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import os

from procrastinate.contrib.django import app

from beffroi.delivery import shelves
from beffroi.ops.processes import die_with_parent

QUEUES = ["delivery", "notes", "clock", "poll"]


def run(options: argparse.Namespace) -> int:
    """Work until told to stop."""
    die_with_parent(os.getppid())
    shelves.load()
    asyncio.run(work(["delivery"] if options.only_delivery else QUEUES))
    return 0


async def work(queues: list[str]) -> None:
    """Take jobs; a finished job leaves no row."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        await worker.open_async()
        await worker.run_worker_async(
            queues=queues, concurrency=4, delete_jobs="successful", fetch_job_polling_interval=1.0, listen_notify=True
        )
