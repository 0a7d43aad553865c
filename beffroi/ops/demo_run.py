"""What `beffroi demo` does once its ground is laid: prepare, then keep web, worker and sinks until told to stop."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from django.conf import settings

from beffroi.delivery import publish, shelves
from beffroi.ops import demo, demo_cast, demo_play, demo_seed, django, migrate, processes, worker_loop
from beffroi.ops.processes import Child

WELCOME = """
Beffroi is running: {url}

  What is happening now        {url}/
  What the demo really sent    http://localhost:{page}/
  Duty desk                    {url}/desk/

Log in at the duty desk (password for all: {password}); `beffroi demo code NAME` prints the code that it asks for:

{cast}

Try this: log in as {officer}, open the draft that came from the red warning and hand it over; then, in another browser,
log in as {approver} and approve it. Ctrl-C stops everything.
"""


def print_code(options: argparse.Namespace) -> int:
    """The code that the account's phone would show now."""
    sys.stdout.write(demo_cast.code(options.name) + "\n")
    return 0


def prepare() -> None:
    """Everything that must stand before the first process starts; quick when it stands already."""
    shelves.load()
    say("Making the tables ...")
    migrate.migrate()
    demo_seed.seed(say)
    publish.everything()


def say(line: str) -> None:
    """A line of progress."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(options: argparse.Namespace) -> int:
    """Prepare, then keep web, worker, sinks and (once) the exercise until told to stop."""
    prepare()
    sink = demo.ports(options.port)
    actors = demo_cast.cast()
    cast = "\n".join(f"  {actor.email:24} {actor.role:14} {actor.body}".rstrip() for actor in actors)
    say(
        WELCOME.format(
            url=settings.BASE_URL,
            page=sink.page,
            password=demo_cast.PASSWORD,
            cast=cast,
            officer=actors[0].name,
            approver=actors[1].name,
        )
    )
    beffroi = [sys.executable, "-m", "beffroi"]
    doors = ["--page-port", str(sink.page), "--mail-port", str(sink.mail), "--push-port", str(sink.push)]
    return processes.run([
        Child("sinks", [*beffroi, "sinks", "--folder", str(demo.sinks()), *doors]),
        Child("web", [*beffroi, "web", "--port", str(options.port)]),
        Child("worker", [*beffroi, "worker"]),
        Child("exercise", [*beffroi, "demo", "play", "--once"], is_task=True),
    ])  # fmt: skip


def run_prepare(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Prepare only."""
    prepare()
    return 0


def run_home(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Where keys, static files and sinks' keys lie."""
    say(str(django.home()))
    return 0


def run_worker(options: argparse.Namespace) -> int:  # noqa: ARG001
    """A worker with the demo's settings."""
    return worker_loop.run(argparse.Namespace(only_delivery=False))


def run_play(options: argparse.Namespace) -> int:
    """Play the exercise and print its figures in one line."""
    if not settings.DEMO:
        say("Only a demo plays an exercise by itself.")
        return 1
    shelves.load()
    if options.once and demo_play.was_played():
        return 0
    played = demo_play.play()
    say(json.dumps(asdict(played)) if options.json else str(played))
    return 0
