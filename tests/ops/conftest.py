"""A state folder for a test, where PostgreSQL's account can enter it, and one server for those that only look."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

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
