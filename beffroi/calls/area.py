"""Where a call is for: zones, polygons and circles to one shape, its cells and its words. Nothing unknown ever
becomes everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely import Polygon, set_precision, union_all
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from beffroi.errors import BadInput
from beffroi.lib import grid, packed
from beffroi.places import select as places

LARGEST_KM2: Final = 60_000
"""More than the largest region that Beffroi was tried with (23,255 km2), less than a country."""
DIGITS: Final = 5
"""Of a stored coordinate: about a metre."""


class AreaBad(BadInput):
    """The area cannot be used: facts `why` (empty, broken, outside, unknown-zone, too-large) and what it is about."""

    code = "area-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody picked, or a message named. Points are latitude, longitude."""

    zones: Sequence[tuple[str, str]] = ()
    polygons: Sequence[Sequence[tuple[float, float]]] = ()
    circles: Sequence[tuple[float, float, float]] = ()
    """Latitude, longitude, kilometres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The area as a call keeps it."""

    json: dict[str, Any]
    ranges: bytes
    km2: float


def build(choice: Choice, *, border: BaseGeometry | None, words: dict[str, str] | None = None) -> Area:
    """The area of a choice, or AreaBad. `border` is the city's; an area that does not touch it is a mistake."""
    whole = geometry(choice)
    km2 = grid.area_km2(whole)
    if km2 > LARGEST_KM2:
        raise AreaBad(why="too-large", km2=round(km2), limit=LARGEST_KM2)
    if border is not None and not whole.intersects(border):
        raise AreaBad(why="outside")
    inside = places.place_names(whole)
    kept = {
        "areaDesc": words or {"": ", ".join(inside[:12]) + (" …" if len(inside) > 12 else "")},
        "places": inside,
        "zones": [list(zone) for zone in choice.zones],
        "polygons": [[list(point) for point in ring] for ring in choice.polygons],
        "circles": [list(circle) for circle in choice.circles],
        "geometry": drawn(whole),
    }
    return Area(json=kept, ranges=search_ranges(whole), km2=km2)


def search_ranges(whole: BaseGeometry) -> bytes:
    """The shape as Call.ranges keeps it, or AreaBad where the grid cannot hold it."""
    try:
        return packed.numbers(cell for pair in grid.search_ranges(whole) for cell in pair)
    except grid.ShapeBad as err:
        raise AreaBad(why="broken") from err
    except grid.AreaTooLarge as err:
        raise AreaBad(why="too-large") from err


def geometry(choice: Choice) -> BaseGeometry:
    """The union of everything chosen, in longitude and latitude; AreaBad when it is nothing, broken or unknown."""
    parts: list[BaseGeometry] = []
    if choice.zones:
        resolved = places.resolve(choice.zones)
        if resolved.unknown or resolved.geometry is None:
            raise AreaBad(why="unknown-zone", zones=", ".join(f"{kind} {code}" for kind, code in resolved.unknown))
        parts.append(resolved.geometry)
    parts += [ring(points) for points in choice.polygons]
    parts += [disc(*circle) for circle in choice.circles]
    whole = union_all(parts)
    if whole.is_empty:
        raise AreaBad(why="empty")
    return whole


def ring(points: Sequence[tuple[float, float]]) -> Polygon:
    """A polygon from its corners; an open ring is closed, a crossing one refused."""
    if len(points) < 3 or not all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points):
        raise AreaBad(why="broken", points=len(points))
    polygon = Polygon([(lon, lat) for lat, lon in points])
    if not polygon.is_valid or polygon.is_empty:
        raise AreaBad(why="broken", points=len(points))
    return polygon


def disc(lat: float, lon: float, radius_km: float) -> BaseGeometry:
    """A circle on the ground; a radius of 0 (a point) becomes 50 m."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 <= radius_km <= 500):
        raise AreaBad(why="broken", radius_km=radius_km)
    try:
        return grid.circle(lat, lon, max(radius_km, 0.05))
    except grid.ShapeBad as err:
        raise AreaBad(why="broken", radius_km=radius_km) from err


def drawn(whole: BaseGeometry) -> Any:
    """The shape as GeoJSON, snapped to DIGITS decimals so that it stays valid: to round its corners one by one would
    let narrow places cross themselves. A shape of less than a metre is AreaBad."""
    snapped = set_precision(whole, 10**-DIGITS)
    if snapped.is_empty:
        raise AreaBad(why="broken")
    return rounded(mapping(snapped))


def rounded(value: Any) -> Any:
    """GeoJSON with DIGITS decimals, as lists."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def shape_of(area: dict[str, Any]) -> BaseGeometry:
    """The geometry of a stored area."""
    return shape(area["geometry"])


def described(area: dict[str, Any], language: str) -> str:
    """The words for the area in a language, or in any."""
    words: dict[str, str] = area["areaDesc"]
    return words.get(language) or words.get("") or next(iter(words.values()))
