"""`beffroi demo`: the demo city on this machine, with sinks that show what is really sent. `make run` calls it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from django.conf import settings

from beffroi import city
from beffroi.delivery import publish, shelves
from beffroi.lib import clock, keys
from beffroi.ops import demo_cast, demo_play, demo_seed, django, migrate, processes, pushkeys, web
from beffroi.ops.processes import Child

PUSH_PORT, MAIL_PORT, PAGE_PORT = 8443, 8025, 8001

WELCOME = """
Beffroi is running: {url}

  What is happening now        {url}/
  What the demo really sent    http://localhost:{page}/
  Duty desk                    {url}/desk/

Log in as (password for all: {password}), with the code that `beffroi demo code NAME` prints:
{cast}
Try this: log in as bruno, open the draft that came from the red warning, hand it over; then, in another browser, log in as
chiara and approve it. Ctrl-C stops everything.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """`demo`, `demo code NAME`, `demo play`."""
    parser.add_argument("--port", type=int, default=8000)
    actions = parser.add_subparsers(metavar="ACTION")
    code = actions.add_parser("code", help="print the current code of a demo account")
    code.add_argument("name")
    code.set_defaults(run=print_code)
    play = actions.add_parser("play", help="play the exercise alert that a first start plays")
    play.add_argument("--once", action="store_true", help="only if it was never played")
    play.set_defaults(run=run_play)
    parser.set_defaults(run=run)


def print_code(options: argparse.Namespace) -> int:
    """The code that the account's phone would show now."""
    sys.stdout.write(demo_cast.code(options.name) + "\n")
    return 0


def environment(port: int) -> dict[str, str]:
    """The settings of a demo, for this process and its children; what the operator set stays."""
    folder = Path(os.environ["BEFFROI_HOME"]) / "sinks"
    wanted = {
        "BEFFROI_DEMO": "1",
        "BEFFROI_URL": f"http://localhost:{port}",
        "BEFFROI_PUSH_HOSTS": " ".join(["localhost", *city.current().push.hosts]),
        "BEFFROI_OPEN_HOSTS": f"localhost:{PUSH_PORT}",
        "BEFFROI_CA_FILE": str(folder / pushkeys.CERTIFICATE),
        "BEFFROI_SMTP": f"smtp://localhost:{MAIL_PORT}",
        "BEFFROI_MAIL_FROM": f"alert@{city.current().slug}.example",
    }
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def prepare(port: int) -> None:
    """Everything that must stand before the first process starts; quick when it stands already."""
    django.choose()
    os.environ.update(environment(port))
    folder = Path(os.environ["BEFFROI_HOME"])
    keys.create_missing(folder / "keys", common_name=city.current().slug, now=clock.now())
    pushkeys.make(folder / "sinks")
    django.setup()
    shelves.load()
    say("Making the tables ...")
    migrate.migrate()
    demo_seed.seed(say)
    web.collect()
    publish.refresh(None)


def say(line: str) -> None:
    """A line of progress."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(options: argparse.Namespace) -> int:
    """Prepare, then keep web, worker, sinks and (once) the exercise until told to stop."""
    prepare(options.port)
    cast = "\n".join(f"  {p.name:9} {p.role:14} {p.body}" for p in demo_cast.cast())
    say(WELCOME.format(url=settings.BASE_URL, page=PAGE_PORT, password=demo_cast.PASSWORD, cast=cast))
    beffroi = [sys.executable, "-m", "beffroi"]
    sinks = [
        "sinks", "--folder", str(Path(os.environ["BEFFROI_HOME"]) / "sinks"), "--push-port", str(PUSH_PORT),
        "--mail-port", str(MAIL_PORT), "--page-port", str(PAGE_PORT),
    ]  # fmt: skip
    return processes.run([
        Child("sinks", [*beffroi, *sinks]),
        Child("web", [*beffroi, "web", "--port", str(options.port)]),
        Child("worker", [*beffroi, "worker"]),
        Child("exercise", [*beffroi, "demo", "play", "--once"], is_task=True),
    ])  # fmt: skip


def run_play(options: argparse.Namespace) -> int:
    """Play the exercise and print its figures in one line."""
    django.setup()
    if not settings.DEMO:
        say("Only a demo plays an exercise by itself.")
        return 1
    shelves.load()
    if options.once and demo_play.was_played():
        return 0
    say(demo_play.play())
    return 0
