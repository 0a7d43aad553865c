"""A town whose pages work, and a push service that may be named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.public.phones import HOST


@pytest.fixture(autouse=True)
def ready(settings: Any) -> None:
    """The tests' own push service is allowed."""
    settings.OPEN_HOSTS = [HOST]
