"""In which places a subscription's cells lie: whole places by name, single cells by the place around them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from beffroi.lib import grid
from beffroi.web import outlines
from beffroi.web.outlines import Outline

ALMOST: Final = 0.97
"""Of a place's cells: the browser's outline is rounded to a metre, so a cell on the edge may be missing."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place of a subscription."""

    name: str
    is_whole: bool


def places_of(cells: Iterable[int], language: str) -> list[Named]:
    """The places in which the cells lie, whole ones first. Cells outside every place get no name."""
    held = sorted(set(cells))
    if not held:
        return []
    points = {cell: point(cell) for cell in held}
    bounds = shapely.total_bounds(list(points.values()))
    near = outlines.near((bounds[0], bounds[1], bounds[2], bounds[3]))
    spans = grid.ranges(held)
    whole = [one for one in near if share(cover(one), spans) >= ALMOST]
    rest = [points[cell] for cell in held if not any(meets(cover(one), grid.ranges([cell])) for one in whole)]
    parts = [one for one in near if one not in whole and any(one.exact.intersects(place) for place in rest)]
    return [Named(one.place.name_in(language), is_whole=True) for one in whole] + [
        Named(one.place.name_in(language), is_whole=False) for one in parts
    ]


def point(cell: int) -> shapely.Point:
    """The middle of a cell."""
    lat, lon = grid.centre(cell)
    return shapely.Point(lon, lat)


def share(cells: Sequence[int], spans: Sequence[tuple[int, int]]) -> float:
    """How much of a sorted list of cells lies in these ranges, 0 to 1."""
    inside = sum(bisect_left(cells, last + 1) - bisect_left(cells, first) for first, last in spans)
    return inside / len(cells) if cells else 0.0


def meets(cells: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether any of the cells lies in these ranges."""
    return share(cells, spans) > 0


def cover(one: Outline) -> Sequence[int]:
    """The cells of resolution 9 of a place, sorted, as the browser computes them too."""
    return _cover(one.place.type, one.place.code, one.exact)


@lru_cache(maxsize=256)
def _cover(_type: str, _code: str, shape: BaseGeometry) -> tuple[int, ...]:
    return tuple(grid.cover(shape))
