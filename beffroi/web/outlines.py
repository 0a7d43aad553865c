"""Outlines of the places, simplified once a process: what maps draw under an area, and what the picker computes
cells from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import shapely
from django.db.models import Max
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from beffroi.places import select as places
from beffroi.places.models import Zone
from beffroi.places.select import Place

COARSE_DEG: Final = 0.0005
"""About 50 m: finer than a line on any map that we draw."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One place: its exact shape and a simplified one, in longitude and latitude."""

    place: Place
    exact: BaseGeometry
    coarse: BaseGeometry


def all_of() -> tuple[Outline, ...]:
    """Every place that residents can pick, sorted by name."""
    newest: int | None = Zone.objects.aggregate(newest=Max("pk"))["newest"]
    return _made(newest)


@lru_cache(maxsize=1)
def _made(_newest: int | None) -> tuple[Outline, ...]:
    """The newest zone is in the key, so that an added version is seen."""
    shapes = {
        (feature["properties"]["type"], feature["properties"]["code"]): shape(feature["geometry"])
        for feature in places.place_features()["features"]
    }
    found = []
    for place in places.places():
        exact = shapes[place.type, place.code]
        coarse = shapely.simplify(exact, COARSE_DEG)
        found.append(Outline(place, exact, coarse))
    return tuple(found)


def near(bounds: tuple[float, float, float, float]) -> list[Outline]:
    """The places whose box meets this one (west, south, east, north)."""
    west, south, east, north = bounds
    return [
        one
        for one in all_of()
        if one.place.bounds[0] <= east and one.place.bounds[2] >= west
        and one.place.bounds[1] <= north and one.place.bounds[3] >= south
    ]  # fmt: skip
