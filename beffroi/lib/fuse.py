"""Fuses: an origin that fails many times in a row rests, and then one request tries it before others follow."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

FAILURES: Final = 20
"""So many in a row, and the origin rests."""
REST_S: Final = (10, 30, 60, 120)
"""The first rest, the second ..., the last one again and again."""
ASKED_MOST_S: Final = 900
"""An origin that asks for more is tried all the same: what we bring may save somebody."""


@dataclass(slots=True)
class _Fuse:
    """What is known of one origin that fails."""

    failures: int = 0
    rests: int = 0
    rests_until: float = 0.0


class Fuses:
    """The origins that fail, of one process. Keeps nothing of those that work."""

    def __init__(self) -> None:
        self._failing: dict[Hashable, _Fuse] = {}

    def rest_s(self, origin: Hashable) -> float:
        """Seconds for which it is left alone; 0 when it may be asked."""
        fuse = self._failing.get(origin)
        return max(0.0, fuse.rests_until - time.monotonic()) if fuse else 0.0

    def is_on_trial(self, origin: Hashable) -> bool:
        """Whether it has rested and nobody knows yet if it works again: ask once, and wait for the answer."""
        fuse = self._failing.get(origin)
        return fuse is not None and fuse.failures >= FAILURES

    def answered(self, origin: Hashable, *, has_failed: bool, asked_s: float | None = None) -> None:
        """It answered; or it did not, or asked to come later (after `asked_s`)."""
        if not has_failed:
            self._failing.pop(origin, None)
            return
        fuse = self._failing.setdefault(origin, _Fuse())
        fuse.failures += 1
        if fuse.failures >= FAILURES and not self.rest_s(origin):  # those under way when it blew tell nothing new
            rest = REST_S[min(fuse.rests, len(REST_S) - 1)]
            fuse.rests += 1
            fuse.rests_until = time.monotonic() + max(rest, min(asked_s or 0, ASKED_MOST_S))
