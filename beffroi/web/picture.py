"""A map as an inline SVG: made at publication, so that it needs no script, no tiles and no other server, and can be
printed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from beffroi.places.select import Place
from beffroi.web import outlines

WIDTH: Final = 800
HEIGHT: Final = 560
MARGIN: Final = 0.18
"""Of the area's size, on each side: one sees where it lies."""
LEAST_DEG: Final = 0.06
"""A street is shown with its town around it (about 6 km)."""
LABELS: Final = 14
FEW: Final = 5
"""How many labels stay on a narrow screen."""


@dataclass(frozen=True, slots=True)
class Label:
    """A place's name on the map."""

    x: int
    y: int
    name: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its path, how bad it is, and where its sign stands."""

    path: str
    sev: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template `public/map.html` draws."""

    width: int
    height: int
    land: str
    areas: list[Area]
    labels: list[Label]

    @property
    def severities(self) -> list[str]:
        """Each kind of hatching that is needed, once."""
        return sorted({area.sev for area in self.areas})


@dataclass(frozen=True, slots=True)
class View:
    """A window on the Earth: degrees to pixels, east-west shrunk by the cosine of the middle latitude."""

    west: float
    north: float
    scale: float
    """Pixels a degree of latitude."""
    shrink: float

    def x(self, lon: float) -> float:
        """Pixels from the left."""
        return (lon - self.west) * self.shrink * self.scale

    def y(self, lat: float) -> float:
        """Pixels from the top."""
        return (self.north - lat) * self.scale

    @property
    def corner(self) -> NDArray[np.float64]:
        """The top left corner, longitude and latitude."""
        return np.array([self.west, self.north])

    @property
    def factor(self) -> NDArray[np.float64]:
        """Pixels a degree, to the right and downwards."""
        return np.array([self.shrink * self.scale, -self.scale])

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return (self.west, self.north - HEIGHT / self.scale, self.west + WIDTH / self.scale / self.shrink, self.north)

    def path(self, geometry: BaseGeometry) -> str:
        """SVG path data in whole pixels."""
        return "".join(
            self.ring(ring) for polygon in polygons(geometry) for ring in (polygon.exterior, *polygon.interiors)
        )

    def ring(self, ring: BaseGeometry) -> str:
        """One ring of the path; points on the same pixel fall together."""
        corners = shapely.get_coordinates(ring)
        pixels = ((corners - self.corner) * self.factor).round().astype(int)
        is_new = np.ones(len(pixels), dtype=bool)
        is_new[1:] = (pixels[1:] != pixels[:-1]).any(axis=1)
        points = [f"{x} {y}" for x, y in pixels[is_new][:-1].tolist()]
        return f"M{'L'.join(points)}Z" if len(points) > 2 else ""


def polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    """The polygons of a geometry, whatever it is made of."""
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
    elif isinstance(geometry, MultiPolygon) or hasattr(geometry, "geoms"):
        for part in geometry.geoms:
            yield from polygons(part)


def window(bounds: tuple[float, float, float, float]) -> View:
    """The view that shows these bounds with a margin."""
    west, south, east, north = bounds
    shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
    tall = max(north - south, LEAST_DEG) * (1 + 2 * MARGIN)
    wide = max((east - west) * shrink, LEAST_DEG) * (1 + 2 * MARGIN)
    scale = min(WIDTH / wide, HEIGHT / tall)
    return View(
        west=(west + east) / 2 - WIDTH / scale / shrink / 2, north=(south + north) / 2 + HEIGHT / scale / 2,
        scale=scale, shrink=shrink,
    )  # fmt: skip


def draw(shapes: Sequence[tuple[BaseGeometry, str]], language: str) -> Picture | None:
    """A picture of areas, each with its severity; None where there is nothing to show. Without areas, of all the
    places."""
    real = [(geometry, sev) for geometry, sev in shapes if not geometry.is_empty]
    every = outlines.all_of()
    if real:
        bounds = tuple(shapely.total_bounds([geometry for geometry, _ in real]))
    elif every:
        bounds = tuple(shapely.total_bounds([one.coarse for one in every]))
    else:
        return None
    view = window((bounds[0], bounds[1], bounds[2], bounds[3]))
    frame = box(*view.bounds()).buffer(10 / view.scale, join_style="mitre")
    near = outlines.near(frame.bounds)
    thin = [shapely.simplify(one.coarse, 1 / view.scale) for one in near]
    land = "".join(view.path(shapely.clip_by_rect(shape, *frame.bounds)) for shape in thin)
    areas = [area(view, geometry, frame, sev) for geometry, sev in real]
    return Picture(WIDTH, HEIGHT, land, areas, labels(view, [one.place for one in near], real, language))


def area(view: View, geometry: BaseGeometry, frame: BaseGeometry, sev: str) -> Area:
    """One area, drawn no finer than a pixel."""
    shown = shapely.clip_by_rect(shapely.simplify(geometry, 0.5 / view.scale), *frame.bounds)
    middle = geometry.representative_point()
    return Area(view.path(shown), sev, round(view.x(middle.x)), round(view.y(middle.y)))


def labels(view: View, near: Sequence[Place], shapes: Sequence[tuple[BaseGeometry, str]], language: str) -> list[Label]:
    """Names that do not touch each other; places inside an area go first, then large ones."""
    inside = shapely.union_all([geometry for geometry, _ in shapes]) if shapes else Polygon()
    shapely.prepare(inside)

    def rank(place: Place) -> tuple[bool, float]:
        west, south, east, north = place.bounds
        return not inside.intersects(shapely.Point(place.lon, place.lat)), -(east - west) * (north - south)

    signs = [(view.x(p.x), view.y(p.y)) for p in (geometry.representative_point() for geometry, _ in shapes)]
    taken = [(x - 22, y - 22, x + 22, y + 22) for x, y in signs]
    found: list[Label] = []
    for place in sorted(near, key=rank):
        x, y, name = view.x(place.lon), view.y(place.lat), place.name_in(language)
        size = 1.45 if len(found) < FEW else 1.0  # on a narrow screen these are drawn larger (base.css, .m-label)
        half = len(name) * 4.2 * size + 6
        own = (x - half, y - 16 * size, x + half, y + 8 * size)
        if own[0] < 0 or own[2] > WIDTH or own[1] < 0 or own[3] > HEIGHT or any(meets(own, other) for other in taken):
            continue
        taken.append(own)
        found.append(Label(round(x), round(y), name, is_minor=len(found) >= FEW))
        if len(found) == LABELS:
            break
    return found


def meets(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
