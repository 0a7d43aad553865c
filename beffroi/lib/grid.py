"""The map's grid: places and areas as H3 cells and as ranges of integers that a database index can search."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import shapely
from h3.api import basic_int as h3
from shapely import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from beffroi.errors import BadInput, TooLarge

RESOLUTION = 9  # about 0.1 km2: fine enough for a street block, coarse enough not to be a front door
COARSEST = 4  # about 1,770 km2: the largest cell that a subscription may keep
MAX_CELLS = 3_000_000  # about 315,000 km2: larger than any region that one city or one prefect warns
CELL_KM2 = 0.1053  # mean area of a cell of resolution 9
RIM_CELLS_PER_KM = 8  # a line of 1 km touches 5 to 7 cells of resolution 9
MAX_RADIUS_KM = 1_000.0
MAX_VERTICES = 200  # H3 looks at every edge for every cell, so larger rings are cut into pieces first
SMALLEST_PIECE_DEG = 0.001
CIRCLE_CORNERS = 72
EQUATOR_KM, FLATTENING = 6378.137, 1 / 298.257223563  # WGS 84
E2 = FLATTENING * (2 - FLATTENING)
LEVEL_BITS = 0xF << 52  # where an H3 index keeps its resolution


class PlaceBad(BadInput):
    """A latitude or longitude that is not on the Earth."""

    code = "place-bad"


class ShapeBad(BadInput):
    """A shape that encloses no area on the Earth, or that crosses the 180th meridian."""

    code = "shape-bad"


class AreaTooLarge(TooLarge):
    """A shape of more than `MAX_CELLS` cells."""

    code = "area-too-large"


def cell(lat: float, lon: float) -> int:
    """The cell of resolution 9 (WGS 84 degrees) that holds this place; `PlaceBad` if there is no such place."""
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # NaN fails here too
        raise PlaceBad
    return int(h3.latlng_to_cell(lat, lon, RESOLUTION))


def centre(index: int) -> tuple[float, float]:
    """The middle of a cell: latitude and longitude in degrees."""
    lat, lon = h3.cell_to_latlng(index)
    return lat, lon


def valid(index: int) -> bool:
    """Whether a number that somebody sent is an H3 cell of resolution 4 to 9."""
    return 0 < index < 1 << 63 and h3.is_valid_cell(index) and COARSEST <= h3.get_resolution(index) <= RESOLUTION


def cover(geometry: BaseGeometry) -> list[int]:
    """All cells of resolution 9 that a polygon (lon/lat degrees) overlaps at all, so that nobody inside is missed.

    Exact to about a millimetre (H3 draws the edges of a cell straight on the map). Raises `ShapeBad`, `AreaTooLarge`.
    """
    surface = _surface(geometry)
    if area_km2(surface) / CELL_KM2 + surface.length * 111.4 * RIM_CELLS_PER_KM > MAX_CELLS:
        raise AreaTooLarge
    found: set[int] = set()
    for piece in _pieces(surface):
        rings = [[(y, x) for x, y, *_ in ring.coords] for ring in (piece.exterior, *piece.interiors)]
        found.update(h3.polygon_to_cells_experimental(h3.LatLngPoly(*rings), RESOLUTION, contain="overlap"))
    return sorted(found)


def compact(cells: Iterable[int]) -> list[int]:
    """The fewest cells of resolution 4 to 9 that stand for the same cells of resolution 9; any mixture goes in."""
    levels: dict[int, set[int]] = {level: set() for level in range(RESOLUTION + 1)}
    for one in cells:
        levels[h3.get_resolution(one)].add(one)
    for level in range(RESOLUTION, COARSEST, -1):
        kept = h3.compact_cells(levels[level])
        levels[level] = set()
        for one in kept:
            levels[h3.get_resolution(one)].add(one)
    for level in range(COARSEST):
        for one in levels[level]:
            levels[COARSEST].update(h3.cell_to_children(one, COARSEST))
    return sorted(
        one
        for level in range(COARSEST, RESOLUTION + 1)
        for one in levels[level]
        if not any(_parent(one, above) in levels[above] for above in range(COARSEST, level))
    )


def ranges(cells: Iterable[int]) -> list[tuple[int, int]]:
    """Inclusive ranges of integers that hold these cells' descendants of resolution 9 and no other valid cell."""
    return _spread(compact(cells), RESOLUTION)


def search_ranges(geometry: BaseGeometry) -> list[tuple[int, int]]:
    """Ranges that hold every *compacted* cell (resolution 4 to 9) of a subscription that this area touches.

    A person who asked for a whole town keeps a few coarse cells, so besides the touched cells of resolution 9 their
    ancestors count too; integers of different resolutions never mix. Raises like `cover`.
    """
    touched = compact(cover(geometry))
    return [span for level in range(COARSEST, RESOLUTION + 1) for span in _spread(touched, level)]


def circle(lat: float, lon: float, radius_km: float) -> Polygon:
    """A geodesic circle as a polygon (lon/lat) around it: it may reach 0.1 % too far, never too short.

    Good to a few metres up to 100 km. A radius of 0, which CAP allows for a point, is taken as one metre.
    """
    cell(lat, lon)
    if not radius_km >= 0:
        raise ShapeBad
    if radius_km > MAX_RADIUS_KM:
        raise AreaTooLarge
    reach = max(radius_km, 0.001) / math.cos(math.pi / CIRCLE_CORNERS)
    if abs(lat) + reach / 110 >= 90:
        raise ShapeBad
    corners = [_away(lat, lon, reach, 2 * math.pi * i / CIRCLE_CORNERS) for i in range(CIRCLE_CORNERS)]
    if any(abs(x) > 180 for x, _ in corners):
        raise ShapeBad
    return Polygon(corners)


def area_km2(geometry: BaseGeometry) -> float:
    """The area of a lon/lat polygon on the WGS 84 ellipsoid (Lambert's equal-area cylinder), in square kilometres."""
    return sum(_flat(part.exterior) - sum(map(_flat, part.interiors)) for part in _polygons(geometry))


def _flat(ring: LinearRing) -> float:
    eccentricity = math.sqrt(E2)
    corners = []
    for lon, lat, *_ in ring.coords:
        sine = math.sin(math.radians(lat))
        height = (1 - E2) * (sine / (1 - E2 * sine * sine) + math.atanh(eccentricity * sine) / eccentricity) / 2
        corners.append((EQUATOR_KM * math.radians(lon), EQUATOR_KM * height))
    return Polygon(corners).area


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, made valid so that areas add up; anything else in it is left out."""
    if geometry.is_empty:
        raise ShapeBad
    corners = shapely.get_coordinates(geometry)
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # a NaN anywhere fails here too
        raise ShapeBad
    parts = list(_polygons(geometry if geometry.is_valid else shapely.make_valid(geometry)))
    if not parts or any(part.bounds[2] - part.bounds[0] > 180 for part in parts):
        raise ShapeBad
    return MultiPolygon(parts)


def _polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
    else:
        for part in getattr(geometry, "geoms", ()):
            yield from _polygons(part)


def _pieces(geometry: BaseGeometry) -> Iterator[Polygon]:
    """The same area as polygons of few vertices, cut along the middle of their boxes again and again."""
    waiting = list(_polygons(geometry))
    while waiting:
        piece = waiting.pop()
        west, south, east, north = piece.bounds
        width, height = east - west, north - south
        if shapely.get_num_coordinates(piece) <= MAX_VERTICES or max(width, height) < SMALLEST_PIECE_DEG:
            yield piece
            continue
        if width > height:
            middle = west + width / 2
            boxes = (west, south, middle, north), (middle, south, east, north)
        else:
            middle = south + height / 2
            boxes = (west, south, east, middle), (west, middle, east, north)
        for box in boxes:
            waiting.extend(_polygons(shapely.clip_by_rect(piece, *box)))


def _parent(index: int, level: int) -> int:
    """The ancestor at a coarser `level`: the finer digits of an H3 index are all ones where they are not used."""
    return index & ~LEVEL_BITS | level << 52 | (1 << 3 * (15 - level)) - 1


def _spread(cells: Sequence[int], level: int) -> list[tuple[int, int]]:
    """Merged ranges of the descendants at `level`, or where a cell is finer than that, of its ancestor there."""
    step = 1 << 3 * (15 - level)
    spans: set[tuple[int, int]] = set()
    for one in cells:
        own = min(one >> 52 & 0xF, level)
        last = _parent(one, own) & ~LEVEL_BITS | level << 52
        first = last & ~((1 << 3 * (15 - own)) - 1) | step - 1
        spans.add((first, last))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + step:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _away(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    """The place (lon, lat) at a distance and bearing, on a sphere with the ellipsoid's own curvature that way."""
    sine = math.sin(math.radians(lat))
    across = EQUATOR_KM / math.sqrt(1 - E2 * sine * sine)
    along = across * (1 - E2) / (1 - E2 * sine * sine)
    angle = km * (math.cos(bearing) ** 2 / along + math.sin(bearing) ** 2 / across)  # Euler's curvature
    up = math.radians(lat)
    there = math.asin(math.sin(up) * math.cos(angle) + math.cos(up) * math.sin(angle) * math.cos(bearing))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(up), math.cos(angle) - math.sin(up) * math.sin(there)
    )
    return lon + math.degrees(turn), math.degrees(there)
