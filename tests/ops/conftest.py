"""A state folder of its own for each test, where PostgreSQL's account can enter it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.ops import postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is not there yet; its server is stopped and its data are gone afterwards."""
    folder = postgres.state(f"trial-{secrets.token_hex(4)}")
    yield folder
    postgres.remove(folder)
