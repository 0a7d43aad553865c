"""From TopoJSON to zones: what is asked for, no town lost, and the whole of a real region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box, shape

from beffroi.ops.zone_build import build
from beffroi.places.geojson import read
from beffroi.standards.topojson import TopologyError

ATLAS = Path(__file__).parents[2] / "frontend/node_modules/es-atlas/es/municipalities.json"


def topology() -> dict[str, Any]:
    """In steps of 0.1 degrees: a square town of 1 degree, and three that the grid has swallowed."""
    towns = [
        ("0101", "Square", "Polygon", [[0], [1]]),
        ("0102", "Point", "Polygon", [[1]]),
        ("0103", "Line", "MultiPolygon", [[[1]], [[2]]]),
        ("0201", "Half", "MultiPolygon", [[[1]], [[0]]]),
    ]
    return {
        "transform": {"scale": [0.1, 0.1], "translate": [0, 50]},
        "arcs": [
            [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]],
            [[3, 3], [0, 0]],
            [[3, 3], [4, 0], [-4, 0]],
        ],
        "objects": {
            "towns": {
                "geometries": [
                    {"type": kind, "id": code, "properties": {"name": name}, "arcs": arcs}
                    for code, name, kind, arcs in towns
                ]
            }
        },
    }


def shapes(prefixes: list[str]) -> dict[str, Any]:
    built = build(topology(), "towns", prefixes)
    return {one["properties"]["code"]: shape(one["geometry"]) for one in built.collection["features"]}


def test_only_what_was_asked_for() -> None:
    assert list(shapes(["02", "0102"])) == ["0102", "0201"]
    assert len(shapes([""])) == 4


def test_swallowed_parts_are_dropped_and_the_rest_is_kept() -> None:
    found = shapes(["0101", "0201"])
    assert found["0101"].equals(box(0, 50, 1, 51))
    assert found["0201"].equals(box(0, 50, 1, 51))


def test_a_swallowed_town_becomes_the_rectangle_that_holds_it() -> None:
    found = shapes(["01"])
    assert found["0102"].bounds == pytest.approx((0.25, 50.25, 0.35, 50.35))
    assert found["0103"].bounds == pytest.approx((0.25, 50.25, 0.75, 50.35))
    built = build(topology(), "towns", ["01"])
    assert built.rectangles == ("0102 Point", "0103 Line")
    outlines = [one["properties"].get("outline") for one in built.collection["features"]]
    assert outlines == [None, "rectangle", "rectangle"]


def test_an_area_without_an_id_is_refused() -> None:
    nameless = topology()
    nameless["objects"]["towns"]["geometries"][1]["id"] = None
    with pytest.raises(TopologyError):
        build(nameless, "towns", [""])


@pytest.mark.skipif(not ATLAS.exists(), reason="es-atlas is not in frontend/node_modules: npm ci brings it")
def test_three_provinces_have_their_542_municipalities() -> None:
    built = build(json.loads(ATLAS.read_bytes()), "municipalities", ["03", "12", "46"])
    features = read(json.dumps(built.collection).encode())
    assert len({feature.code for feature in features}) == 542
    assert {feature.code[:2] for feature in features} == {"03", "12", "46"}
    assert [text[:5] for text in built.rectangles] == ["46066", "03017", "03109", "12067", "46117", "46152"]
    assert sum(feature.is_repaired for feature in features) == 10
