"""TopoJSON against the example of its specification and against what can be wrong in a file."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.standards.topojson import TopologyError, features


def square() -> dict[str, Any]:
    """Two unit squares side by side, in steps of half a degree from (10, 50); arc 1 is their shared edge."""
    return {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [10, 50]},
        "arcs": [
            [[2, 0], [-2, 0], [0, 2], [2, 0]],
            [[2, 2], [0, -2]],
            [[2, 2], [2, 0], [0, -2], [-2, 0]],
        ],
        "objects": {
            "towns": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "id": "w", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "id": "e", "arcs": [[[2, -2]]]},
                ],
            }
        },
    }


def test_arcs_are_decoded_joined_and_turned_round() -> None:
    west, east = features(square(), "towns")
    assert west == {
        "type": "Feature",
        "id": "w",
        "properties": {"name": "West"},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[(11.0, 50.0), (10.0, 50.0), (10.0, 51.0), (11.0, 51.0), (11.0, 50.0)]],
        },
    }
    assert east["properties"] == {}
    assert east["geometry"]["coordinates"] == [[[(11.0, 51.0), (12.0, 51.0), (12.0, 50.0), (11.0, 50.0), (11.0, 51.0)]]]


def test_without_a_transform_positions_are_degrees() -> None:
    topology = square()
    del topology["transform"]
    topology["arcs"] = [[[1.25, 0], [0, 0], [0, 1, 99], [1.25, 1]], [[1.25, 1], [1.25, 0]], []]
    west = next(features(topology, "towns"))
    assert west["geometry"]["coordinates"] == [[(1.25, 0), (0, 0), (0, 1), (1.25, 1), (1.25, 0)]]


def test_shared_edges_stay_exactly_equal() -> None:
    topology = square()
    topology["transform"] = {"scale": [0.002249121470147015, 0.001615627204520452], "translate": [-18.16118085, 27.6]}
    west, east = features(topology, "towns")
    shared = set(west["geometry"]["coordinates"][0]) & set(east["geometry"]["coordinates"][0][0])
    assert len(shared) == 2


def broken(**changes: Any) -> dict[str, Any]:
    return square() | changes


def area(**changes: Any) -> dict[str, Any]:
    topology = square()
    topology["objects"]["towns"]["geometries"][0].update(changes)
    return topology


@pytest.mark.parametrize(
    "topology",
    [
        {},
        broken(arcs=None),
        broken(arcs=[[[0]]]),
        broken(objects={}),
        broken(transform={"scale": [1]}),
        broken(objects={"towns": {"geometries": ["text"]}}),
        area(arcs=[[7]]),
        area(arcs=[["0"]]),
        area(arcs=[[0, 0]]),
        area(arcs=[[0]]),
        area(arcs=[[]]),
        area(type="LineString"),
        area(type=None),
    ],
)
def test_a_broken_topology_is_refused(topology: dict[str, Any]) -> None:
    with pytest.raises(TopologyError):
        list(features(topology, "towns"))
