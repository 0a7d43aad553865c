"""Places for the picker and for maps: names and points in one list, outlines one by one. Only when everything is
published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from beffroi.calls.models import Call
from beffroi.delivery.shelves import Sheet
from beffroi.web import outlines, paths
from beffroi.web.outlines import Outline

DIGITS: Final = 5
"""Of a coordinate: about a metre."""
THIN_DEG: Final = 0.002
"""For the map of all places: about 200 m."""


class Places:
    """What the pages need to offer places."""

    def sheets(self, call: Call | None) -> Iterator[Sheet]:
        """Everything, or nothing: a call changes no place."""
        if call is not None:
            return
        every = outlines.all_of()
        yield Sheet("/places.json", "application/json", dump({"places": [described(one) for one in every]}))
        features = [feature(one, shapely.simplify(one.exact, THIN_DEG)) for one in every]
        yield Sheet(paths.OUTLINES, "application/geo+json", dump({"type": "FeatureCollection", "features": features}))
        for one in every:
            yield Sheet(
                paths.place(one.place.type, one.place.code), "application/geo+json", dump(feature(one, one.exact))
            )


def dump(value: dict[str, Any]) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def described(one: Outline) -> dict[str, Any]:
    """One line of the list."""
    place = one.place
    return {
        "type": place.type, "code": place.code, "name": place.name, "names": dict(place.names),
        "lat": round(place.lat, DIGITS), "lon": round(place.lon, DIGITS),
        "bbox": [round(edge, DIGITS) for edge in place.bounds], "outline": paths.place(place.type, place.code),
    }  # fmt: skip


def feature(one: Outline, shape: BaseGeometry) -> dict[str, Any]:
    """An outline as GeoJSON."""
    place = one.place
    return {
        "type": "Feature", "properties": {"type": place.type, "code": place.code, "name": place.name},
        "geometry": mapping(shapely.set_precision(shape, 10**-DIGITS)),
    }  # fmt: skip


PUBLISHER: Final = Places()
