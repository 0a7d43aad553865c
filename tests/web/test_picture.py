"""Maps drawn at publication."""

from __future__ import annotations

import re

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from beffroi.web import outlines, picture

NUMBERS = re.compile(r"-?\d+")
SQUARE = shapely.box(1.98, 49.005, 1.99, 49.015)


def points(path: str) -> list[tuple[int, int]]:
    flat = [int(number) for number in NUMBERS.findall(path)]
    return list(zip(flat[::2], flat[1::2], strict=True))


@pytest.mark.usefixtures("town")
def test_an_area_lies_in_the_middle_with_its_town_around() -> None:
    drawn = picture.draw([(SQUARE, "extreme")], "fr")
    assert drawn is not None
    xs, ys = zip(*points(drawn.areas[0].path), strict=True)
    assert (min(xs) + max(xs)) // 2 == pytest.approx(drawn.width / 2, abs=1)
    assert (min(ys) + max(ys)) // 2 == pytest.approx(drawn.height / 2, abs=1)
    assert max(xs) - min(xs) < drawn.width / 2
    assert drawn.land.startswith("M")
    assert drawn.severities == ["extreme"]
    assert min(xs) < drawn.areas[0].x < max(xs)


@pytest.mark.usefixtures("town")
def test_north_is_up_and_a_square_stays_a_square_on_the_ground() -> None:
    lat, lon = 49.01, 1.985
    wide = 0.01 / 0.6560  # as many kilometres as 0.01 degrees of latitude, here
    drawn = picture.draw([(shapely.box(lon - wide / 2, lat - 0.005, lon + wide / 2, lat + 0.005), "minor")], "fr")
    assert drawn is not None
    xs, ys = zip(*points(drawn.areas[0].path), strict=True)
    assert max(xs) - min(xs) == pytest.approx(max(ys) - min(ys), abs=2)
    view = picture.window((1.0, 49.0, 2.0, 50.0))
    assert view.y(49.9) < view.y(49.1)
    assert view.x(1.9) > view.x(1.1)


@pytest.mark.usefixtures("town")
def test_labels_do_not_touch_each_other_or_a_sign() -> None:
    drawn = picture.draw([(SQUARE, "extreme")], "fr")
    assert drawn is not None
    boxes = [
        (label.x - len(label.name) * 4, label.y - 14, label.x + len(label.name) * 4, label.y + 8)
        for label in drawn.labels
    ]
    assert not any(picture.meets(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    sign = (drawn.areas[0].x - 20, drawn.areas[0].y - 20, drawn.areas[0].x + 20, drawn.areas[0].y + 20)
    assert not any(picture.meets(sign, box) for box in boxes)


@pytest.mark.usefixtures("town")
def test_without_an_area_the_whole_town_is_drawn() -> None:
    drawn = picture.draw([], "fr")
    assert drawn is not None
    assert drawn.areas == []
    assert len(drawn.labels) == len(outlines.all_of())


@pytest.mark.usefixtures("committed")
def test_nothing_at_all_is_no_picture() -> None:
    assert picture.draw([], "fr") is None
    assert picture.draw([(Polygon(), "minor")], "fr") is None


@pytest.mark.usefixtures("town")
def test_holes_and_islands_are_drawn() -> None:
    ring = Polygon(shapely.box(1.97, 49.0, 2.0, 49.02).exterior, [shapely.box(1.98, 49.005, 1.99, 49.015).exterior])
    drawn = picture.draw([(MultiPolygon([ring, shapely.box(2.01, 49.0, 2.02, 49.01)]), "severe")], "fr")
    assert drawn is not None
    assert drawn.areas[0].path.count("M") == 3


@pytest.mark.usefixtures("town")
def test_a_very_fine_outline_becomes_a_short_path() -> None:
    fine = shapely.Point(1.985, 49.01).buffer(0.05, quad_segs=20_000)
    drawn = picture.draw([(fine, "severe")], "fr")
    assert drawn is not None
    assert len(drawn.areas[0].path) < 5_000
