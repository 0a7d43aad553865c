"""Invented residents: inside, repeatable, spread by the square root of the area."""

from __future__ import annotations

import shapely
from shapely.geometry import MultiPolygon, box

from beffroi.ops.demo_people import spread

RING = box(0, 50, 4, 54).difference(box(1, 51, 3, 53))
ISLES = MultiPolygon([box(10, 50, 10.1, 50.1), box(11, 51, 11.1, 51.1)])


def test_everyone_lives_inside() -> None:
    points = spread([RING, ISLES], 2_000, seed=1)
    assert len(points) == 2_000
    assert all(shapely.contains_xy(RING, lon, lat) or shapely.contains_xy(ISLES, lon, lat) for lat, lon in points)


def test_the_same_seed_gives_the_same_people() -> None:
    assert spread([RING, ISLES], 50, seed=1) == spread([RING, ISLES], 50, seed=1)
    assert spread([RING, ISLES], 50, seed=1) != spread([RING, ISLES], 50, seed=2)


def test_share_goes_with_the_square_root_of_the_area_on_the_ground() -> None:
    small, large = box(0, 0, 1, 1), box(10, 0, 13, 3)
    points = spread([small, large], 8_000, seed=3)
    assert 0.22 < sum(lon < 5 for _lat, lon in points) / 8_000 < 0.28
    south, north = box(0, -1, 1, 1), box(10, 74.5, 11, 76.5)  # cos 75.5 degrees is a quarter, its root a half
    points = spread([south, north], 8_000, seed=3)
    assert 0.30 < sum(lon > 5 for _lat, lon in points) / 8_000 < 0.37
