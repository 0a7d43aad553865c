"""Waiting for something that another process does: look again and again, give up late and say what was missing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT_S = 120.0  # a browser on a busy two-core machine may take long; a limit is there to end a hang, not to measure
PAUSE_S = 0.05


class NotYetError(Exception):
    """Raised by what `until` calls: it could not look, for this reason; it may later."""


def until(look: Callable[[], T | None], what: str, limit_s: float = LIMIT_S) -> T:
    """The first truthy value of `look()`; after `limit_s` seconds `TimeoutError` with `what` and what was seen last."""
    deadline = time.monotonic() + limit_s
    while True:
        seen: object
        try:
            seen = found = look()
        except NotYetError as reason:
            seen = reason
        else:
            if found:
                return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {limit_s:g} s for {what}; last seen: {seen!r}")
        time.sleep(PAUSE_S)
