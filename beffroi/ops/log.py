"""`beffroi log`: show the append-only log, and check that no line was changed, removed or slipped in."""

from __future__ import annotations

import argparse
import re
from typing import Final

from beffroi.ops import django

KEPT: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands verify and show."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser(
        "verify", help="check the whole chain; 1 if it is broken; prints its head, to keep elsewhere"
    )
    verify.add_argument("--kept", type=head, action="append", default=[], metavar="NUMBER:HASH",
                        help="a head that was written down earlier: it must still be in the chain")  # fmt: skip
    verify.add_argument("--json", action="store_true", help="one JSON object instead of words")
    verify.set_defaults(run=django.later("log_lines:verify"))
    show = verbs.add_parser("show", help="the newest lines, oldest first")
    show.add_argument("--last", type=int, default=50, metavar="N", help="how many (default: 50)")
    show.add_argument("--about", default="", help="only lines about this, such as call:PUBLIC-ID")
    show.set_defaults(run=django.later("log_lines:show"))


def head(text: str) -> tuple[int, bytes]:
    """A head as `verify` prints it."""
    found = KEPT.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("a head is a number, a colon and 64 hexadecimal digits")
    return int(found[1]), bytes.fromhex(found[2])
