"""What `beffroi log` does once Django is ready."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Final

from beffroi.lib import clock
from beffroi.people import chain
from beffroi.people.models import Entry

FAULTS: Final = {
    "changed": "is not as it was written",
    "missing": "is missing",
    "unchained": "has no place in the chain: it was not written by the application",
    "rewritten": "is not the one that was kept: the chain was written anew",
}


def verify(options: argparse.Namespace) -> int:
    """0 the log is whole, 1 it is not."""
    found = chain.check(chain.stored(), kept=dict(options.kept))
    head = f"{found.number}:{found.head.hex()}" if found.number else ""
    if options.json:
        say(json.dumps({"is_whole": not found.fault, "lines": found.number, "head": head or None,
                        "fault": found.fault or None, "bad": found.bad or None}))  # fmt: skip
    elif found.fault:
        say(f"broken: line {found.bad} {FAULTS[found.fault]} ({found.fault}); the {found.number} before it hold")
    else:
        say(f"whole: {found.number} lines")
        say(f"head: {head or 'none yet'}")
    return 1 if found.fault else 0


def show(options: argparse.Namespace) -> int:
    """A line of text each: place, when, who, what, about what, facts."""
    entries = Entry.objects.select_related("person").order_by("-pk")
    if options.about:
        entries = entries.filter(about=options.about)
    for entry in reversed(entries[: max(options.last, 0)]):
        who = entry.person.email if entry.person else "-"
        facts = json.dumps(entry.facts, ensure_ascii=False)
        say(f"{entry.number} {clock.format(entry.at)} {who} {entry.action} {entry.about} {facts}")
    return 0


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")
