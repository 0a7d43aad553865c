"""Places for the picker and for maps."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import shape

from beffroi.calls.models import Call
from beffroi.delivery.shelves import Sheet
from beffroi.lib import grid
from beffroi.web import outlines
from beffroi.web.publishers import places

pytestmark = pytest.mark.usefixtures("town")


def sheets() -> dict[str, Sheet]:
    return {sheet.path: sheet for sheet in places.PUBLISHER.sheets(None)}


def test_the_list_and_an_outline_for_each() -> None:
    found = sheets()
    listed = json.loads(found["/places.json"].body or b"")["places"]
    assert {place["code"] for place in listed} == {"nw", "ne", "sw", "se"}
    for place in listed:
        outline = json.loads(found[place["outline"]].body or b"")
        assert shape(outline["geometry"]).bounds == pytest.approx(place["bbox"], abs=1e-5)
    assert len(json.loads(found["/places.geojson"].body or b"")["features"]) == 4


def test_rounding_moves_no_cell_that_matters() -> None:
    found = sheets()
    for one in outlines.all_of():
        outline = json.loads(found[f"/places/QUARTER-{one.place.code}.json"].body or b"")
        exact, rounded = set(grid.cover(one.exact)), set(grid.cover(shape(outline["geometry"])))
        assert len(exact ^ rounded) <= len(exact) * 0.03


def test_a_call_changes_no_place() -> None:
    assert list(places.PUBLISHER.sheets(Call())) == []
