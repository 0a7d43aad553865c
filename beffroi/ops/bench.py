"""`beffroi bench ...`: measures what the documentation claims. Each benchmark has its own file."""

from __future__ import annotations

import argparse

from beffroi.ops import bench_cap


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmarks."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    bench_cap.arguments(verbs.add_parser("cap", help="read CAP messages", description=bench_cap.__doc__))
