"""Three square towns in a row: Aarle, Berg and Cours, one degree each, from 0 to 3 east at 50 north."""

from __future__ import annotations

import json
from typing import Any

from beffroi.places.geojson import Feature, read

ROW = [("A", "Aarle"), ("B", "Berg"), ("C", "Cours")]


def square(west: float, side: float = 1.0) -> list[list[list[float]]]:
    east = west + side
    return [[[west, 50.0], [east, 50.0], [east, 51.0], [west, 51.0], [west, 50.0]]]


def collection(*, side: float = 1.0, **more: Any) -> bytes:
    """The row of towns as GeoJSON; `side` below 1 leaves gaps between them."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, **more},
            "geometry": {"type": "Polygon", "coordinates": square(float(n), side)},
        }
        for n, (code, name) in enumerate(ROW)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def towns(*, side: float = 1.0, **more: Any) -> list[Feature]:
    return read(collection(side=side, **more))
