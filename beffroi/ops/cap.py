"""`beffroi cap ...`: CAP messages at the command line. Each verb has its own file."""

from __future__ import annotations

import argparse
import importlib

from beffroi.ops import cap_check


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    cap_check.arguments(verbs.add_parser("check", help="say what becomes of CAP files", description=cap_check.__doc__))
    take = verbs.add_parser("import", help="take CAP files in, as if a feed had brought them")
    take.add_argument("paths", nargs="+", metavar="FILE", help="a message, a feed, or a folder to walk")
    take.add_argument("--profile", choices=("strict", "tolerant"), default="strict")
    take.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    """Import needs the tables; check must start without Django, so it is loaded only here."""
    ground = importlib.import_module("beffroi.ops.django")
    return int(ground.later("cap_import:run")(options))
