"""Numbers on a map: what is read from a text, and what is odd about it. shapely is the judge of crossings."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.standards.cap.geometry import (
    MAX_COMPARISONS,
    Ring,
    circle_faults,
    find_crossing,
    read_circle,
    read_ring,
    ring_faults,
    without_spacing,
)
from beffroi.standards.cap.model import Circle, Point

SQUARE = ((1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (1.0, 1.0))
NUMBERS = st.floats(-180, 180).map(lambda number: round(number, 6))

WHOLE = st.integers(-180, 180).map(float)
"""Exact in every computation, so that both judges see the same touching and crossing."""


def faults(*points: Point) -> list[str]:
    return [code for code, _ in ring_faults(Ring.of((*points, points[0])))]


@pytest.mark.parametrize(
    "text",
    [
        "1,1 1,2 2,2 2,1 1,1",
        "  1.0,1.0\n1,2\t2,2\r\n2,1   1,1 ",
        "+1,1 1,+2 2.,2 02,1 1,1",
        "1e0,10e-1 1,2 2,2 2,1 1,1",
    ],
)
def test_pairs_between_any_blanks(text: str) -> None:
    ring = read_ring(text)
    assert ring is not None
    assert ring.points == SQUARE
    assert all(isinstance(number, float) for point in ring.points for number in point)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1", "1,", ",1", "1,1 2", "1,2,3 4", "1 2 3 4", "1, 2", "1,1;2,2", "nan,1", "1,inf", "1,Infinity",
        "1_0,2", "١,٢", "0x1,1", "1,1)", "--1,1", "1e,1", "e,e", "1,2 3 4,5 6,", "1,1 1.2.3,1", "-,+", "true,null",
    ],
)  # fmt: skip
def test_what_is_no_list_of_pairs(text: str) -> None:
    assert read_ring(text) is None


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_every_pair_that_is_written_is_read(points: list[Point]) -> None:
    ring = read_ring("\n".join(f"{lat},{lon}" for lat, lon in points))
    assert ring is not None
    assert ring.points == tuple(points)


def test_numbers_too_large_to_be_numbers_are_out_of_range() -> None:
    ring = read_ring("1e999,1 1,2 2,2 1e999,1")
    assert ring is not None
    assert [code for code, _ in ring_faults(ring)] == ["coordinate-range"]
    assert read_ring("9" * 5_000 + ",1") is not None


def test_space_around_commas_can_be_taken_out() -> None:
    assert without_spacing("1, 2 3 ,4 5\n,\n6") == "1,2 3,4 5,6"


def test_a_ring_can_be_closed() -> None:
    ring = Ring.of(SQUARE[:-1])
    assert not ring.is_closed
    assert ring.close().is_closed
    assert ring.close().points == SQUARE


def test_nothing_is_odd_about_a_square() -> None:
    assert faults(*SQUARE[:-1]) == []


@pytest.mark.parametrize(
    ("points", "codes"),
    [
        (((91, 4), (50, 5), (51, 4)), ["coordinate-range"]),
        (((50, 181), (50, 5), (51, 4)), ["coordinate-range"]),
        (((-99, 31), (-98, 31), (-98, 32)), ["coordinate-swapped"]),
        (((0, 0), (50, 5), (51, 4)), ["coordinate-zero"]),
        (((0, 5), (5, 0), (5, 5)), []),
        (((50, 4), (50, 4), (50, 4)), ["polygon-degenerate"]),
        (((50.1, 4.1), (50.2, 4.2), (50.3, 4.3)), ["polygon-degenerate"]),
        (((50.0, 4.0), (50.0, 4.0001), (50.0001, 4.0)), []),  # seven metres
        (((50, 4), (51, 5), (51, 4), (50, 5)), []),  # two equal halves, one turning left and one right
        (((50, 4), (50.000001, 4.5), (50, 5)), ["polygon-degenerate"]),  # ten centimetres wide
        (((-90, -180), (90, -180), (90, 180), (-90, 180)), ["polygon-huge"]),
        (((40, -10), (40, 40), (70, 40), (70, -10)), ["polygon-huge"]),
        (((44, -5), (44, 8), (51, 8), (51, -5)), []),  # France
        (((60, 179), (60, -179), (61, -179), (61, 179)), ["polygon-antimeridian"]),
        (((-17, 177), (-17, 180), (-16, 180), (-16, 177)), []),
    ],
)
def test_what_is_odd(points: tuple[Point, ...], codes: list[str]) -> None:
    assert faults(*points) == codes


def test_many_points_are_noted_with_their_number() -> None:
    points = [(50 + step / 1000, 4 + step % 2 / 1000) for step in range(100)]
    assert list(ring_faults(Ring.of([*points, (50, 5), points[0]])))[-1] == ("polygon-vertices", {"count": 102})


@pytest.mark.parametrize(
    ("points", "crosses"),
    [
        (((0, 0), (1, 1), (1, 0), (0, 1)), True),
        (((0, 0), (2, 2), (2, 0), (1, 2), (0, 2)), True),
        (((0, 0), (2, 0), (1, 0), (1, 1)), False),  # there and back again
        (((0, 0), (1, 1), (2, 0), (2, 2), (1, 1), (0, 2)), False),  # touches itself in a corner
        (((0, 0), (0, 1), (1, 1), (1, 0)), False),
        (((0, 0), (0, 2), (1, 1), (-1, 1)), True),  # a level edge through an upright one
    ],
)
def test_crossings(points: tuple[Point, ...], crosses: bool) -> None:
    turned = tuple((lon, lat) for lat, lon in points)
    for ring in (points, turned, tuple(reversed(points))):
        assert find_crossing(Ring.of((*ring, ring[0])))[0] == crosses


@settings(max_examples=300)
@given(st.lists(st.tuples(WHOLE, WHOLE), min_size=3, max_size=14, unique=True))
def test_shapely_finds_the_same_crossings(points: list[Point]) -> None:
    ring = (*points, points[0])
    edges = [shapely.LineString(pair) for pair in pairwise(ring)]
    crosses, compared = find_crossing(Ring.of(ring))
    assert crosses == any(one.crosses(other) for one, other in combinations(edges, 2))
    assert compared <= len(points) ** 2


def test_a_jagged_strip_is_looked_at_from_its_narrow_side() -> None:
    there = [(50 + step % 2, step / 100) for step in range(3_000)]
    back = [(48 + step % 2, step / 100) for step in reversed(range(3_000))]
    crosses, compared = find_crossing(Ring.of([*there, *back, there[0]]))
    assert not crosses
    assert compared < MAX_COMPARISONS


def test_what_is_too_intricate_is_given_up_in_bounded_work() -> None:
    fan = [point for step in range(4_000) for point in ((0.0 + step / 1e6, step / 1e6), (80.0, 80.0 + step / 1e6))]
    crosses, compared = find_crossing(Ring.of([*fan, fan[0]]), 100_000)
    assert crosses or 100_000 < compared < 130_000
    assert find_crossing(Ring.of(SQUARE), -1)[1] > -1


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("50.84,4.34 2.5", Circle(centre=(50.84, 4.34), radius_km=2.5)),
        (" 50.84,4.34\n0 ", Circle(centre=(50.84, 4.34), radius_km=0)),
        ("50.84,4.34 -1", Circle(centre=(50.84, 4.34), radius_km=-1)),
        ("", "circle-empty"),
        ("50.84,4.34", "circle-no-radius"),
        ("50.84 4.34 2", "circle-unreadable"),
        ("50.84,4.34 2km", "circle-unreadable"),
        ("50.84,4.34 nan", "circle-unreadable"),
        ("50.84,4.34 1e999", "circle-unreadable"),
        ("50.84,4.34 50.84,4.34", "circle-unreadable"),
        ("somewhere", "circle-unreadable"),
    ],
)
def test_circles(text: str, read: Circle | str) -> None:
    assert read_circle(text) == read


@pytest.mark.parametrize(
    ("circle", "codes"),
    [
        (Circle(centre=(50, 4), radius_km=2), []),
        (Circle(centre=(50, 4), radius_km=0), ["circle-zero"]),
        (Circle(centre=(50, 4), radius_km=-2), ["circle-negative"]),
        (Circle(centre=(50, 4), radius_km=2_500), ["circle-huge"]),
        (Circle(centre=(95, 4), radius_km=2), ["coordinate-swapped"]),
        (Circle(centre=(95, 95), radius_km=2), ["coordinate-range"]),
        (Circle(centre=(0, 0), radius_km=2), ["coordinate-zero"]),
    ],
)
def test_odd_circles(circle: Circle, codes: list[str]) -> None:
    assert [code for code, _ in circle_faults(circle)] == codes
