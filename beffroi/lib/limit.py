"""A limiter of requests for the front door: so many at once, so many a second, for each key, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Limiter:
    """A token bucket for each key, kept as one number (the generic cell rate algorithm).

    At most `keys` buckets are kept; the one longest unused goes first: it is the fullest, so forgetting it gives away
    least. Lives in one process; not for threads.
    """

    def __init__(
        self, *, per_s: float, burst: int, keys: int = 100_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if per_s <= 0 or burst < 1 or keys < 1:
            raise ValueError("a limiter needs a rate, a burst and room for a key")
        self._gap_s = 1 / per_s
        self._burst_s = burst / per_s
        self._keys = keys
        self._clock = clock
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable, *, cost: int = 1) -> float:
        """Take `cost` from the key's bucket: 0.0 if it was there, else the seconds to wait (and nothing is taken)."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now) + cost * self._gap_s
        wait_s = full_at - now - self._burst_s
        if wait_s > 1e-9:  # sums of floats: a bucket that is just full enough is full enough
            return wait_s
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)
        return 0.0
