"""One polygon of a message: its text to points, with what was noticed about it.

Agencies send the same outlines again and again, in each language, each update and each day's warning of a zone, and we
read a message more than once; so the last ones are remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from beffroi.standards.cap import geometry
from beffroi.standards.cap.model import Point

REMEMBERED = 64
REMEMBERED_CHARS = 16_384
"""Outlines that are remembered, and how long one may be: 30 MB at the very worst."""

MAX_COMPARISONS = 300_000
"""Pairs of edges compared for one outline that is remembered; the real ones take some thousands."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon; `points` is None where it cannot be used. `compared` is the work of looking for crossings."""

    points: tuple[Point, ...] | None
    faults: tuple[geometry.Fault, ...]
    compared: int = 0


def read_outline(text: str, allowance: int) -> Outline:
    """The polygon that the text means; at most about `allowance` pairs of edges are compared."""
    if len(text) <= REMEMBERED_CHARS and allowance >= MAX_COMPARISONS:
        return _remembered(text)
    return _read(text, allowance)


@lru_cache(maxsize=REMEMBERED)
def _remembered(text: str) -> Outline:
    return _read(text, MAX_COMPARISONS)


def forget() -> None:
    """Forget all outlines, for a measurement that starts afresh."""
    _remembered.cache_clear()


def _read(text: str, allowance: int) -> Outline:
    if not text.strip():
        return Outline(None, (("polygon-empty", {}),))
    faults: list[geometry.Fault] = []
    ring = geometry.read_ring(text)
    if ring is None and (ring := geometry.read_ring(geometry.without_spacing(text))):
        faults.append(("polygon-spacing", {}))
    if ring is None:
        return Outline(None, (("polygon-unreadable", {"value": text}),))
    if len(ring) < 4:
        faults.append(("polygon-short", {"count": len(ring)}))
    if not ring.is_closed:
        faults.append(("polygon-open", {}))
        ring = ring.close()
    if len(ring) < 4:
        return Outline(None, tuple(faults))
    faults += geometry.ring_faults(ring)
    if any(code in geometry.UNUSABLE for code, _ in faults):
        return Outline(None, tuple(faults))
    crosses, compared = geometry.find_crossing(ring, allowance)
    if crosses or compared > allowance:
        faults.append(("polygon-crossing" if crosses else "polygon-unchecked", {}))
    return Outline(ring.points, tuple(faults), compared)
