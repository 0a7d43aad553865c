"""Outlines of places, made once."""

from __future__ import annotations

import pytest
import shapely

from beffroi.places import actions
from beffroi.places.geojson import Feature
from beffroi.web import outlines


@pytest.mark.usefixtures("town")
def test_every_place_with_its_shape() -> None:
    every = outlines.all_of()
    assert {one.place.code for one in every} == {"nw", "ne", "sw", "se"}
    for one in every:
        assert one.exact.contains(shapely.Point(one.place.lon, one.place.lat))
        assert one.coarse.symmetric_difference(one.exact).area < one.exact.area / 20
    assert outlines.all_of() is every


@pytest.mark.usefixtures("town")
def test_a_place_that_is_added_is_seen() -> None:
    before = len(outlines.all_of())
    shape = shapely.box(3.0, 49.0, 3.1, 49.1)
    feature = Feature(code="far", name="Far", names={}, shape=shape, digest="x", is_repaired=False)
    actions.add_zones([feature], type="QUARTER", version="2", is_place=True)
    assert len(outlines.all_of()) == before + 1
    assert [one.place.code for one in outlines.near((3.05, 49.05, 3.06, 49.06))] == ["far"]


@pytest.mark.usefixtures("committed")
def test_without_places_there_are_none() -> None:
    assert outlines.all_of() == ()
    assert outlines.near((0, 0, 90, 90)) == []
