"""`beffroi worker`: one process that sends, keeps the clock and polls the feeds. A city runs as many as it wants."""

from __future__ import annotations

import argparse

from beffroi.ops import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--only-delivery", action="store_true", help="send only: leave clock and feeds to other workers"
    )
    parser.set_defaults(run=django.later("worker_loop:run"))
