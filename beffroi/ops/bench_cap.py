"""`beffroi bench cap`: how many CAP messages a second one core reads, from bytes in memory to a full verdict."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass

from beffroi.ops.cap_check import find_files, judge, read
from beffroi.standards.cap import outline

SECONDS = 3.0
"""Long enough for a stable figure: some hundred rounds over a hundred messages."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Messages read, wall-clock seconds it took, and messages per second of wall clock and of processor time."""

    messages: int
    seconds: float
    per_s: float
    per_cpu_s: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the benchmark."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder to walk")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    figures = measure([read(file) for file in find_files(options.paths)], SECONDS)
    if options.json:
        print(json.dumps(asdict(figures)))
    else:
        print(f"{figures.messages} messages in {figures.seconds} s: {figures.per_s} a second, "
              f"{figures.per_cpu_s} a second of processor time")  # fmt: skip
    return 0


def measure(documents: list[bytes], at_least_s: float) -> Figures:
    """Whole rounds over the documents, under the strict profile, until the time is over; one before to warm up.

    Each round starts without the outlines of the one before, as if the messages had never been seen.
    """
    _round(documents)
    messages = 0
    began, began_cpu = time.perf_counter(), time.process_time()
    while True:
        messages += _round(documents)
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
        if seconds >= at_least_s:
            return Figures(messages, round(seconds, 3), round(messages / seconds, 1), round(messages / cpu_s, 1))


def _round(documents: list[bytes]) -> int:
    outline.forget()
    return sum(1 for document in documents for _ in judge("", document, "strict"))
