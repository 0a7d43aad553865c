"""Makes Django ready for a command: which city, which folder, which database."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

from beffroi import env
from beffroi.errors import Unavailable
from beffroi.ops import postgres

DEMO_CITY = next(
    iter(sorted((Path(__file__).parents[2] / "demo").glob("*/city.toml"), reverse=True)), Path("city.toml")
)


class OwnerMissing(Unavailable):
    """The command works on tables or accounts, and DATABASE_OWNER_URL is not set on this machine."""

    code = "database-owner-missing"


def setup() -> None:
    """Choose, then start Django."""
    choose()
    start()


def start() -> None:
    """Django, once a process: a second time would only send the log elsewhere."""
    if not apps.ready:
        django.setup()


def setup_as_owner() -> None:
    """The same for a command that needs the owner of the tables; OwnerMissing where its address is not known."""
    setup()
    if not settings.DATABASES["owner"]["NAME"]:
        raise OwnerMissing


def choose() -> None:
    """Choose city, folders and database. What is chosen goes into the environment, so that child processes choose the
    same."""
    server = postgres.database(choose_city())
    os.environ.setdefault("DATABASE_URL", server.app_url)
    os.environ.setdefault("DATABASE_OWNER_URL", server.owner_url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.settings")


def choose_city() -> str:
    """Choose city (BEFFROI_CITY, else the demo city of the checkout), its folder on this machine and its keys, without
    starting a database; the name of the city's folder."""
    file = city_file()
    os.environ.setdefault("BEFFROI_CITY", str(file))
    os.environ.setdefault("BEFFROI_HOME", str(postgres.state(file.parent.name)))
    os.environ.setdefault("BEFFROI_KEYS", str(home() / "keys"))
    return file.parent.name


def city_file() -> Path:
    """The city.toml of this process."""
    return env.path("BEFFROI_CITY", DEMO_CITY)


def home() -> Path:
    """Where this machine keeps what is not in the database."""
    return env.path("BEFFROI_HOME", Path("var"))


def later(target: str, ground: Callable[[], object] = setup) -> Callable[[argparse.Namespace], int]:
    """Run `module:function` of ops once the ground is laid: tables can be imported only when Django is ready."""
    module, function = target.split(":")

    def run(options: argparse.Namespace) -> int:
        ground()
        return int(getattr(importlib.import_module(f"beffroi.ops.{module}"), function)(options))

    return run
