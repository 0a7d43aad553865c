"""`beffroi cap ...`: CAP messages at the command line. Each verb has its own file."""

from __future__ import annotations

import argparse

from beffroi.ops import cap_check


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    cap_check.arguments(verbs.add_parser("check", help="say what becomes of CAP files", description=cap_check.__doc__))
