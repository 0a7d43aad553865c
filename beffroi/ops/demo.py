"""`beffroi demo`: the demo city on this machine, with sinks that show what is really sent. `make run` calls it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from beffroi import city
from beffroi.lib import clock, keys
from beffroi.ops import django, pushkeys

PUSH_PORT, MAIL_PORT, PAGE_PORT = 8443, 8025, 8001
OTHERS = {
    "prepare": "make what the demo needs, without serving it",
    "home": "print the folder in which the demo keeps its files",
    "worker": "run one of the demo's workers alone",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """`demo`, `demo code NAME`, `demo play`."""
    parser.add_argument("--port", type=int, default=8000)
    actions = parser.add_subparsers(metavar="ACTION")
    code = actions.add_parser("code", help="print the current code of a demo account")
    code.add_argument("name")
    code.set_defaults(run=later("print_code"))
    play = actions.add_parser("play", help="play the exercise alert that a first start plays")
    play.add_argument("--once", action="store_true", help="only if it was never played")
    play.add_argument("--json", action="store_true", help="the figures as JSON")
    play.set_defaults(run=later("run_play"))
    for name, purpose in OTHERS.items():
        actions.add_parser(name, help=purpose).set_defaults(run=later(f"run_{name}"))
    parser.set_defaults(run=later("run"))


def later(function: str) -> Callable[[argparse.Namespace], int]:
    """A function of ops/demo_run, once the demo's ground is laid."""

    def run(options: argparse.Namespace) -> int:
        return django.later(f"demo_run:{function}", lambda: lay(getattr(options, "port", 8000)))(options)

    return run


def lay(port: int) -> None:
    """The demo's settings, keys and sinks; then Django. What the operator set stays."""
    django.choose()
    for name, value in environment(port).items():
        os.environ.setdefault(name, value)
    keys.create_missing(keys.folder(), common_name=city.current().slug, now=clock.now())
    pushkeys.make(sinks())
    django.setup()


def sinks() -> Path:
    """The folder of the sinks' keys and certificate."""
    return django.home() / "sinks"


def environment(port: int) -> dict[str, str]:
    """The settings of a demo, for this process and its children."""
    return {
        "BEFFROI_DEMO": "1",
        "BEFFROI_URL": f"http://localhost:{port}",
        "BEFFROI_PUSH_HOSTS": " ".join(["localhost", *city.current().push.hosts]),
        "BEFFROI_OPEN_HOSTS": f"localhost:{PUSH_PORT}",
        "BEFFROI_CA_FILE": str(sinks() / pushkeys.CERTIFICATE),
        "BEFFROI_SMTP": f"smtp://localhost:{MAIL_PORT}",
        "BEFFROI_MAIL_FROM": f"alert@{city.current().slug}.example",
    }
