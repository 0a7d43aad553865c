"""Where a call is for: what is unknown, broken, far away or as large as the Earth is refused, never guessed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from shapely.geometry import Polygon, box

from beffroi.calls import area
from beffroi.calls.area import AreaBad, Choice
from beffroi.lib import grid, packed

SQUARE = ((49.0, 2.0), (49.0, 2.01), (49.01, 2.01), (49.01, 2.0))
BORDER = box(1.9, 48.9, 2.1, 49.1)


def why(choice: Choice) -> str:
    with pytest.raises(AreaBad) as caught:
        area.build(choice, border=BORDER)
    return str(caught.value.facts["why"])


def test_zones_and_shapes_are_one_area(town: None) -> None:
    choice = Choice(zones=[("QUARTER", "nw")], polygons=[SQUARE], circles=[(48.99, 2.015, 0.5)])
    found = area.build(choice, border=BORDER)
    assert found.json["places"] == ["Nord-Est", "Nord-Ouest", "Sud-Est"]
    assert found.json["areaDesc"] == {"": "Nord-Est, Nord-Ouest, Sud-Est"}
    assert found.json["zones"] == [["QUARTER", "nw"]]
    assert found.km2 == pytest.approx(2.19 * 2.22 + 0.73 * 1.11 + 0.785, rel=0.02)
    whole = area.shape_of(found.json)
    assert whole.covers(box(1.98, 49.001, 1.99, 49.019))
    assert packed.read(found.ranges) == [cell for pair in grid.search_ranges(whole) for cell in pair]


def test_an_unknown_zone_is_an_error_even_beside_a_known_one(town: None) -> None:
    with pytest.raises(AreaBad) as caught:
        area.build(Choice(zones=[("QUARTER", "nw"), ("EMMA_ID", "FR999")]), border=BORDER)
    assert caught.value.facts == {"why": "unknown-zone", "zones": "EMMA_ID FR999"}


@pytest.mark.parametrize(("choice", "reason"), [
    (Choice(), "empty"),
    (Choice(polygons=[SQUARE[:2]]), "broken"),
    (Choice(polygons=[(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])]), "broken"),
    (Choice(polygons=[((49.0, 2.0), (49.0, 2.0), (49.0, 2.0))]), "broken"),
    (Choice(polygons=[((91.0, 2.0), *SQUARE[1:])]), "broken"),
    (Choice(polygons=[((math.nan, 2.0), *SQUARE[1:])]), "broken"),
    (Choice(polygons=[[(lon, lat) for lat, lon in SQUARE]]), "outside"),
    (Choice(circles=[(49.0, 2.0, 501.0)]), "broken"),
    (Choice(circles=[(49.0, 2.0, -1.0)]), "broken"),
    (Choice(circles=[(49.0, 2.0, math.nan)]), "broken"),
    (Choice(circles=[(89.9, 2.0, 50.0)]), "broken"),
    (Choice(circles=[(0.0, 179.9, 50.0)]), "broken"),
    (Choice(circles=[(49.0, 2.0, 200.0)]), "too-large"),
    (Choice(polygons=[((-90, -180), (-90, 180), (90, 180), (90, -180))]), "too-large"),
    (Choice(polygons=[((48.999, -179), (49.001, -179), (49.001, 179), (48.999, 179))]), "broken"),
])  # fmt: skip
def test_what_cannot_be_trusted_is_refused(db: None, choice: Choice, reason: str) -> None:
    assert why(choice) == reason


def test_a_point_is_fifty_metres_wide(db: None) -> None:
    found = area.build(Choice(circles=[(49.0, 2.0, 0.0)]), border=None)
    assert found.km2 == pytest.approx(math.pi * 0.05**2, rel=0.02)
    assert packed.read(found.ranges)


def test_an_open_ring_is_closed(db: None) -> None:
    opened, closed = (area.build(Choice(polygons=[ring]), border=None) for ring in (SQUARE, (*SQUARE, SQUARE[0])))
    assert opened.json["geometry"] == closed.json["geometry"]
    assert opened.ranges == closed.ranges


def test_stored_coordinates_have_five_decimals() -> None:
    given: Any = {"type": "Polygon", "coordinates": (((1.23456789, 48.000001234),),)}
    assert area.rounded(given) == {"type": "Polygon", "coordinates": [[[1.23457, 48.0]]]}


def test_words_are_in_the_language_asked_or_any() -> None:
    assert area.described({"areaDesc": {"fr": "Nord", "en": "North"}}, "en") == "North"
    assert area.described({"areaDesc": {"fr": "Nord", "en": "North"}}, "es") == "Nord"
    assert area.described({"areaDesc": {"": "Nord"}}, "es") == "Nord"


def test_a_shape_with_two_parts_is_stored_whole(db: None) -> None:
    found = area.build(Choice(circles=[(49.0, 2.0, 0.2), (49.05, 2.05, 0.2)]), border=None)
    whole = area.shape_of(found.json)
    assert whole.geom_type == "MultiPolygon"
    assert not isinstance(whole, Polygon)
