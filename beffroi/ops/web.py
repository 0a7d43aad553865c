"""`beffroi web`: one process that serves pages and takes requests."""

from __future__ import annotations

import argparse
import os

import uvicorn

from beffroi.ops import django
from beffroi.ops.processes import die_with_parent

BACKLOG = 2048
STREAMS_END_S = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    die_with_parent(os.getppid())
    django.setup()
    uvicorn.run(
        "beffroi.asgi:application", host=options.host, port=options.port, log_level="warning", access_log=False,
        backlog=BACKLOG, timeout_graceful_shutdown=STREAMS_END_S, server_header=False, date_header=True,
    )  # fmt: skip
    return 0
