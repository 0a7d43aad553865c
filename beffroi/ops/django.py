"""Makes Django ready for a command: which city, which folder, which database."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable
from pathlib import Path

import django

from beffroi import env
from beffroi.ops import postgres

DEMO_CITY = next(
    iter(sorted((Path(__file__).parents[2] / "demo").glob("*/city.toml"), reverse=True)), Path("city.toml")
)


def setup() -> None:
    """Choose, then start Django."""
    choose()
    django.setup()


def choose() -> None:
    """Choose city (BEFFROI_CITY, else the demo city of the checkout), state folder and database. What is chosen goes
    into the
    environment, so that child processes choose the same."""
    city_file = env.path("BEFFROI_CITY", DEMO_CITY)
    name = city_file.parent.name
    server = postgres.database(name)
    os.environ.setdefault("BEFFROI_CITY", str(city_file))
    os.environ.setdefault("BEFFROI_HOME", str(postgres.state(name)))
    os.environ.setdefault("BEFFROI_KEYS", str(Path(os.environ["BEFFROI_HOME"]) / "keys"))
    os.environ.setdefault("DATABASE_URL", server.app_url)
    os.environ.setdefault("DATABASE_OWNER_URL", server.owner_url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.settings")


def later(target: str, ground: Callable[[], None] = setup) -> Callable[[argparse.Namespace], int]:
    """Run `module:function` of ops once the ground is laid: tables can be imported only when Django is ready."""
    module, function = target.split(":")

    def run(options: argparse.Namespace) -> int:
        ground()
        return int(getattr(importlib.import_module(f"beffroi.ops.{module}"), function)(options))

    return run
