"""Builds a GeoJSON file of zones from TopoJSON, and loses none of those that its grid has swallowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import MultiPolygon, Polygon, box, mapping

from beffroi.standards.topojson import DIGITS, Position, TopologyError, features

Part = Sequence[Sequence[Position]]
"""Outer ring, then holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A GeoJSON feature collection, and the names of the areas that are drawn as rectangles."""

    collection: Mapping[str, Any]
    rectangles: tuple[str, ...]


def build(topology: Mapping[str, Any], name: str, prefixes: Sequence[str]) -> Built:
    """The areas of the object `name` whose id begins with one of the prefixes, with properties `code` and `name`.

    A file with whole-number steps may shrink a small town to a point or a line. Dropped, its people would never be
    warned; so it is drawn as the rectangle, marked `outline: rectangle`, that surely holds it: half a step beyond
    the points that are left. Raises TopologyError.
    """
    step_x, step_y = topology.get("transform", {}).get("scale", (0.0, 0.0))
    found, rectangles = [], []
    for feature in features(topology, name):
        code = str(feature["id"] or "")
        if not code:
            raise TopologyError(f"an area of {name} has no id")
        if not code.startswith(tuple(prefixes)):
            continue
        properties = {"code": code, "name": feature["properties"].get("name", code)}
        parts = _parts(feature["geometry"])
        area: MultiPolygon | Polygon = _solid(parts)
        if area.area == 0:
            properties["outline"] = "rectangle"
            rectangles.append(f"{code} {properties['name']}")
            area = _rectangle(parts, step_x / 2, step_y / 2)
        found.append({"type": "Feature", "properties": properties, "geometry": mapping(area)})
    return Built(collection={"type": "FeatureCollection", "features": found}, rectangles=tuple(rectangles))


def _parts(geometry: Mapping[str, Any]) -> list[Part]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else list(geometry["coordinates"])


def _solid(parts: Sequence[Part]) -> MultiPolygon:
    """The parts and holes that still have three corners."""
    solid = [[ring for ring in part if len(set(ring)) >= 3] for part in parts if len(set(part[0])) >= 3]
    return MultiPolygon([Polygon(outer, holes) for outer, *holes in solid])


def _rectangle(parts: Sequence[Part], beyond_x: float, beyond_y: float) -> Polygon:
    points = [point for part in parts for ring in part for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    west, east = round(west - beyond_x, DIGITS), round(east + beyond_x, DIGITS)
    south, north = round(south - beyond_y, DIGITS), round(north + beyond_y, DIGITS)
    return box(west, south, east, north)
