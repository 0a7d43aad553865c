"""TopoJSON (its specification, version 1.0.0) to GeoJSON features: arcs with deltas and a transform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

Position = tuple[float, float]
"""Longitude and latitude in degrees, in GeoJSON's order."""

DIGITS = 6  # a tenth of a metre; rounding shared arcs keeps neighbours exactly adjacent


class TopologyError(ValueError):
    """The topology breaks its specification."""


def features(topology: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The areas of the object `name` as GeoJSON features: id, properties, Polygon or MultiPolygon geometry.

    Raises TopologyError.
    """
    try:
        arcs = _arcs(topology)
        for area in topology["objects"][name]["geometries"]:
            yield {
                "type": "Feature",
                "id": area.get("id"),
                "properties": dict(area.get("properties") or {}),
                "geometry": {"type": area["type"], "coordinates": _coordinates(area, arcs)},
            }
    except (KeyError, IndexError, TypeError, AttributeError) as err:
        raise TopologyError(f"{type(err).__name__}: {err}") from err


def _arcs(topology: Mapping[str, Any]) -> list[list[Position]]:
    """All arcs in degrees. With a transform (2.1.2) positions are whole-number steps from the one before."""
    if "transform" not in topology:
        return [[(x, y) for x, y, *_ in arc] for arc in topology["arcs"]]
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        [
            (round(x * kx + dx, DIGITS), round(y * ky + dy, DIGITS))
            for x, y in zip(accumulate(step[0] for step in arc), accumulate(step[1] for step in arc), strict=True)
        ]
        for arc in topology["arcs"]
    ]


def _coordinates(area: Mapping[str, Any], arcs: Sequence[list[Position]]) -> list[Any]:
    if area["type"] == "Polygon":
        return [_ring(indexes, arcs) for indexes in area["arcs"]]
    if area["type"] == "MultiPolygon":
        return [[_ring(indexes, arcs) for indexes in polygon] for polygon in area["arcs"]]
    raise TopologyError(f"not an area: {area['type']}")


def _ring(indexes: Sequence[int], arcs: Sequence[list[Position]]) -> list[Position]:
    """Arcs end to end (2.1.4): a negative index is the arc ~index backwards; the shared end is written once."""
    ring: list[Position] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        if ring and ring[-1] != arc[0]:
            raise TopologyError("arcs that do not meet")
        ring.extend(arc[1:] if ring else arc)
    if ring[0] != ring[-1]:
        raise TopologyError("a ring that does not close")
    return ring
