"""A state folder for a test, where PostgreSQL's account can enter it, and one server for those that only look."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from beffroi.ops import postgres


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    folder = postgres.state(f"trial-{secrets.token_hex(4)}")
    yield folder
    postgres.remove(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is not there yet; its server is stopped and its data are gone afterwards."""
    with a_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def standing() -> Iterator[Path]:
    """A folder whose server runs, for tests that change nothing."""
    with a_folder() as folder:
        postgres.ensure(folder)
        yield folder


@pytest.fixture
def machine(committed: None, owner_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands, and processes that they start, find the tests' own database, emptied afterwards."""
    name = conninfo_to_dict(owner_url)["dbname"]
    monkeypatch.setenv("DATABASE_URL", make_conninfo(postgres.database("tests").app_url, dbname=str(name)))
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "beffroi.settings")
