"""`beffroi demo`: the demo city on this machine, with sinks that show what is really sent. `make run` calls it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from beffroi import city
from beffroi.lib import clock, keys
from beffroi.ops import django, pushkeys

PORT: Final = 8000
OTHERS: Final = {
    "prepare": "make what the demo needs, without serving it",
    "home": "print the folder in which the demo keeps its files",
    "worker": "run one of the demo's workers alone",
}


class Ports(NamedTuple):
    """Where the sinks listen."""

    page: int
    mail: int
    push: int


def arguments(parser: argparse.ArgumentParser) -> None:
    """`demo`, `demo code NAME`, `demo play`."""
    parser.add_argument("--port", type=int, default=PORT, help="of the pages; the sinks listen on PORT + 1, 25 and 443 "
                        "as it was at the first start")  # fmt: skip
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
        return django.later(f"demo_run:{function}", lambda: lay(getattr(options, "port", PORT)))(options)

    return run


def lay(port: int) -> None:
    """The demo's settings, keys and sinks; then Django. What the operator set stays."""
    django.choose()
    pushkeys.make(sinks())
    for name, value in environment(port).items():
        os.environ.setdefault(name, value)
    keys.create_missing(keys.folder(), common_name=city.current().slug, now=clock.now())
    django.start()


def sinks() -> Path:
    """The folder of the sinks' keys and certificate."""
    return django.home() / "sinks"


def ports(port: int) -> Ports:
    """Beside the pages' port, as it was at the first start: the invented subscriptions name the push sink's."""
    file = sinks() / "port"
    if not file.exists():
        file.write_text(str(port), encoding="ascii")
    first = int(file.read_text(encoding="ascii"))
    return Ports(page=first + 1, mail=first + 25, push=first + 443)


def environment(port: int) -> dict[str, str]:
    """The settings of a demo, for this process and its children."""
    sink = ports(port)
    return {
        "BEFFROI_DEMO": "1",
        "BEFFROI_URL": f"http://localhost:{port}",
        "BEFFROI_PUSH_HOSTS": " ".join(["localhost", *city.current().push.hosts]),
        "BEFFROI_OPEN_HOSTS": f"localhost:{sink.push}",
        "BEFFROI_CA_FILE": str(sinks() / pushkeys.CERTIFICATE),
        "BEFFROI_SMTP": f"smtp://localhost:{sink.mail}",
        "BEFFROI_MAIL_FROM": f"alert@{city.current().slug}.example",
    }
