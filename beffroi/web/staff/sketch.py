"""A small map of an area as plain lines: no script, no tiles, it prints. The list of places beside it says the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from beffroi.calls import area
from beffroi.city.model import City
from beffroi.places import select as places
from beffroi.places.select import Place

WIDTH, HEIGHT: Final = 640, 380
MARGIN: Final = 0.25
"""Of the area's own size, on each side, so that one sees where it lies."""
LEAST: Final = 0.02
"""Degrees of latitude that a map shows at least."""
LABELS: Final = 9
LABEL_APART: Final = 60, 18
"""Pixels between two labels: more would lie on each other."""

Project = Callable[[float, float], tuple[int, int]]
"""Longitude and latitude to pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name on the map."""

    x: int
    y: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Paths and labels in pixels."""

    width: int
    height: int
    land: str
    area: str
    labels: list[Label]


def draw(kept: dict[str, Any], town: City) -> Sketch:
    """The map of a call's area within its city."""
    whole = area.shape_of(kept)
    view, project = window(whole)
    step = (view.bounds[2] - view.bounds[0]) / WIDTH
    land = places.border(town).intersection(view).simplify(step)
    return Sketch(
        width=WIDTH, height=HEIGHT, land=outline(land, project), area=outline(whole.simplify(step), project),
        labels=labels(view, project, set(kept["places"])),
    )  # fmt: skip


def window(whole: BaseGeometry) -> tuple[BaseGeometry, Project]:
    """The part of the world that is shown, and how it lies on the picture. Degrees of longitude are narrower than of latitude."""
    west, south, east, north = whole.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    high = max((north - south) * (1 + 2 * MARGIN), LEAST, (east - west) * squeeze * (1 + 2 * MARGIN) * HEIGHT / WIDTH)
    wide = high * WIDTH / HEIGHT / squeeze
    left, top = (west + east - wide) / 2, (south + north + high) / 2

    def project(lon: float, lat: float) -> tuple[int, int]:
        return round((lon - left) / wide * WIDTH), round((top - lat) / high * HEIGHT)

    return box(left, top - high, left + wide, top), project


def outline(shape: BaseGeometry, project: Project) -> str:
    """SVG path data of all rings."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    rings = [ring for part in parts if isinstance(part, Polygon) for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + "L".join(f"{x} {y}" for x, y in (project(lon, lat) for lon, lat, *_ in ring.coords)) + "Z" for ring in rings
    )


def labels(view: BaseGeometry, project: Project, inside: set[str]) -> list[Label]:
    """Names of places: those inside the area first, then the largest; none on top of another."""
    west, south, east, north = view.bounds
    near = [place for place in places.places() if west < place.lon < east and south < place.lat < north]
    near.sort(key=lambda place: (place.name not in inside, -extent(place)))
    found: list[Label] = []
    for place in near:
        x, y = project(place.lon, place.lat)
        is_free = all(abs(x - other.x) > LABEL_APART[0] or abs(y - other.y) > LABEL_APART[1] for other in found)
        if is_free and 50 < x < WIDTH - 50 and 15 < y < HEIGHT - 5 and len(found) < LABELS:
            found.append(Label(x=x, y=y, name=place.name_in(get_language() or "")))
    return found


def extent(place: Place) -> float:
    """How large a place is, roughly."""
    west, south, east, north = place.bounds
    return (east - west) * (north - south)
