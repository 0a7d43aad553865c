"""The grid: nobody inside an area is missed, whatever its shape; nothing absurd is taken."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from itertools import pairwise

import pytest
import shapely
from h3.api import basic_int as h3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from beffroi.lib import grid

seeded = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
WORLD = [(-180, -90), (180, -90), (180, 90), (-180, 90)]


def holds(ranges: list[tuple[int, int]], index: int) -> bool:
    at = bisect_right(ranges, (index, 1 << 63)) - 1
    return at >= 0 and ranges[at][0] <= index <= ranges[at][1]


def star(chance: random.Random, lat: float, lon: float, size: float, corners: int) -> Polygon:
    """A jagged, mostly concave ring around a place."""
    angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(corners))
    reach = [size * chance.uniform(0.15, 1) for _ in angles]
    return Polygon(
        [
            (lon + r * math.sin(a) / math.cos(math.radians(lat)), lat + r * math.cos(a))
            for a, r in zip(angles, reach, strict=True)
        ]
    )


@st.composite
def areas(draw: st.DrawFn) -> BaseGeometry:
    """Polygons of Europe and its islands overseas: jagged, with holes, in several parts, from 10 cm to 30 km."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    lat, lon = draw(st.floats(-25, 71)), draw(st.floats(-65, 60))
    size = draw(st.sampled_from([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.25]))
    parts = [
        star(chance, lat + chance.uniform(-2, 2) * size, lon + chance.uniform(-2, 2) * size, size, draw(corners))
        for corners in [st.sampled_from([3, 4, 7, 40, 500])] * draw(st.integers(1, 3))
    ]
    whole = shapely.union_all([shapely.make_valid(part) for part in parts])
    if draw(st.booleans()):
        hole = star(chance, lat, lon, size / 2, 12)
        whole = whole.difference(shapely.make_valid(hole))
    return whole


def places_inside(area: BaseGeometry, chance: random.Random, count: int = 40) -> list[tuple[float, float]]:
    """Places (lat, lon) inside: anywhere, and at the rim just within the corners, where a cover fails first."""
    west, south, east, north = area.bounds
    anywhere = [Point(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(count * 3)]
    middle = area.representative_point()
    corners = shapely.get_coordinates(area).tolist()
    rim = [
        Point(x + (middle.x - x) * 1e-3, y + (middle.y - y) * 1e-3)
        for x, y in chance.sample(corners, min(count, len(corners)))
    ]
    return [(place.y, place.x) for place in [middle, *anywhere, *rim] if area.contains(place)]


@seeded
@given(areas(), st.integers(0, 2**32))
def test_nobody_inside_is_missed(area: BaseGeometry, seed: int) -> None:
    if area.is_empty:
        return
    cells = grid.cover(area)
    ranges, search = grid.ranges(cells), grid.search_ranges(area)
    for lat, lon in places_inside(area, random.Random(seed)):
        here = grid.cell(lat, lon)
        assert here in set(cells)
        assert holds(ranges, here)
        assert holds(search, here)


@seeded
@given(areas())
def test_a_cover_holds_no_cell_that_is_far(area: BaseGeometry) -> None:
    if area.is_empty:
        return
    edge_deg = 0.0042 / math.cos(math.radians(area.centroid.y))  # a cell is at most 450 m across
    near = area.buffer(edge_deg * 1.2)
    assert all(near.contains(Point(*reversed(grid.centre(index)))) for index in grid.cover(area))


def test_the_centre_of_a_cell_is_in_it_and_near() -> None:
    lat, lon = grid.centre(grid.cell(39.4699, -0.3763))
    assert grid.cell(lat, lon) == grid.cell(39.4699, -0.3763)
    assert vincenty_km((lat, lon), (39.4699, -0.3763)) < 0.25


@seeded
@given(areas(), areas())
def test_a_search_finds_every_compacted_subscription_that_it_touches_and_no_other(
    alert: BaseGeometry, town: BaseGeometry
) -> None:
    if alert.is_empty or town.is_empty:
        return
    # Bring the two near each other, else they would hardly ever touch.
    (ax, ay), (tx, ty) = alert.centroid.coords[0], town.centroid.coords[0]
    town = shapely.affinity.translate(town, ax - tx, ay - ty)
    touched = grid.cover(alert)
    families = {h3.cell_to_parent(one, level) for one in touched for level in range(4, 10)}
    search = grid.search_ranges(alert)
    for stored in grid.compact(grid.cover(town)):
        assert holds(search, stored) == (stored in families)


def test_a_parent_far_larger_than_the_area_is_found() -> None:
    square = shapely.box(-0.3801, 39.4699, -0.38, 39.47)
    here = grid.cell(39.46995, -0.38005)
    search = grid.search_ranges(square)
    for level in range(4, 10):
        assert holds(search, h3.cell_to_parent(here, level))
        assert not holds(search, h3.cell_to_parent(grid.cell(40.9, 1.2), level))


@seeded
@given(areas())
def test_ranges_hold_exactly_the_cover(area: BaseGeometry) -> None:
    if area.is_empty:
        return
    cells = grid.cover(area)
    ranges = grid.ranges(cells)
    assert all(low <= high for low, high in ranges)
    assert all(high < low for (_, high), (low, _) in pairwise(ranges))
    inside = set(cells)
    assert all(holds(ranges, index) for index in inside)
    around = {ring for index in cells[:200] for ring in h3.grid_disk(index, 2)}
    assert not any(holds(ranges, index) for index in around - inside)


@seeded
@given(areas())
def test_compacting_loses_and_adds_nothing(area: BaseGeometry) -> None:
    if area.is_empty:
        return
    cells = grid.cover(area)
    compacted = grid.compact(cells)
    assert len(compacted) <= len(cells)
    assert all(map(grid.valid, compacted))
    assert sorted(h3.uncompact_cells(compacted, 9)) == cells
    mixed = [*compacted, *cells[::3], *compacted]
    assert grid.compact(mixed) == compacted, "a mixture of cells and their ancestors is the same area"


def test_compacting_stops_at_the_coarsest_cell_that_may_be_kept() -> None:
    country = h3.cell_to_parent(grid.cell(48.5, 3.0), 3)
    compacted = grid.compact(h3.cell_to_children(country, 4))
    assert {h3.get_resolution(index) for index in compacted} == {4}
    assert grid.ranges(compacted) == grid.ranges([country])
    assert len(grid.ranges(compacted)) == 1
    assert grid.compact([]) == []
    assert grid.ranges([]) == []


def test_cutting_into_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(2)
    area = shapely.make_valid(star(chance, 39.5, -0.5, 0.2, 3000)).difference(star(chance, 39.5, -0.5, 0.05, 900))
    cut = grid.cover(area)
    monkeypatch.setattr(grid, "MAX_VERTICES", 10**6)
    assert grid.cover(area) == cut


def test_very_many_corners_in_one_spot() -> None:
    chance = random.Random(3)
    spot = shapely.make_valid(star(chance, 39.5, -0.5, 1e-5, 5000))
    assert grid.cell(39.5, -0.5) in grid.cover(spot)


def test_an_open_bow_tie_is_both_its_halves() -> None:
    bow = Polygon([(-0.4, 39.4), (-0.2, 39.5), (-0.2, 39.4), (-0.4, 39.5)])
    cells = grid.cover(bow)
    assert grid.cell(39.45, -0.39) in cells
    assert grid.cell(39.45, -0.21) in cells
    assert grid.cell(39.49, -0.3) not in cells


def test_lines_and_points_beside_a_polygon_are_left_out() -> None:
    square = shapely.box(-0.4, 39.4, -0.39, 39.41)
    mixed = GeometryCollection([square, Point(3, 45), LineString([(1, 41), (2, 42)])])
    assert grid.cover(mixed) == grid.cover(square)


@pytest.mark.parametrize(
    "shape",
    [
        Polygon(),
        MultiPolygon(),
        Point(0, 45),
        LineString([(0, 45), (1, 45)]),
        Polygon([(0, 45), (1, 45), (2, 45)]),
        Polygon([(0, 45), (1, 91), (2, 45)]),
        Polygon([(179, 45), (181, 45), (181, 46)]),
        Polygon([(-179, 45), (179, 45), (179, 45.001)]),
        Polygon([(0, 45), (math.inf, 45), (1, 46)]),
    ],
    ids=["empty", "no parts", "point", "line", "flat", "beyond the pole", "beyond 180", "round the world", "infinite"],
)
def test_a_shape_that_is_no_area_is_refused(shape: BaseGeometry) -> None:
    with pytest.raises(grid.ShapeBad):
        grid.cover(shape)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # shapely's own, when the test makes the shape
def test_not_a_number_is_refused() -> None:
    with pytest.raises(grid.ShapeBad):
        grid.cover(Polygon([(0, 45), (2, 45), (math.nan, 46), (1, 46)]))


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-9, 36, 3, 44),
        Polygon([(-90, -89), (80, 89), (80, -89), (-90, 89)]),
        Polygon([(i / 100, 40 + 5 * (i % 2)) for i in range(2000)] + [(20, 46), (0, 46)]),
        shapely.box(-179, -89, 0, 89),
    ],
    ids=["a large country", "a bow tie of the planet", "a comb", "half the planet"],
)
def test_an_area_of_too_many_cells_is_refused(shape: BaseGeometry) -> None:
    with pytest.raises(grid.AreaTooLarge) as caught:
        grid.cover(shape)
    assert caught.value.code == "area-too-large"


def test_cell_refuses_places_that_are_not_on_the_earth() -> None:
    assert grid.valid(grid.cell(90, 180))
    for lat, lon in ((91, 0), (0, 181), (math.nan, 0), (0, math.inf), (-90.1, 0)):
        with pytest.raises(grid.PlaceBad):
            grid.cell(lat, lon)


def test_valid() -> None:
    here = grid.cell(49.9, 2.3)
    assert all(grid.valid(h3.cell_to_parent(here, level)) for level in range(4, 10))
    for bad in (0, -1, 1, here + 1, here | 1 << 63, 1 << 64, -here, h3.cell_to_parent(here, 3)):
        assert not grid.valid(bad)
    assert not grid.valid(h3.cell_to_children(here, 10)[0])


# Geodesy. The oracle is Vincenty's inverse formula, itself checked against a published line.


def vincenty_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on WGS 84 between two places (lat, lon): T. Vincenty, Survey Review 23, 176 (1975)."""
    a, f = 6378.137, 1 / 298.257223563
    b = a * (1 - f)
    u1, u2 = (math.atan((1 - f) * math.tan(math.radians(lat))) for lat, _ in (one, other))
    apart = turn = math.radians(other[1] - one[1])
    for _ in range(100):
        sin_s = math.hypot(
            math.cos(u2) * math.sin(turn),
            math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(turn),
        )
        cos_s = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(turn)
        s = math.atan2(sin_s, cos_s)
        sin_a = math.cos(u1) * math.cos(u2) * math.sin(turn) / sin_s
        cos2 = 1 - sin_a**2
        mid = cos_s - 2 * math.sin(u1) * math.sin(u2) / cos2
        c = f / 16 * cos2 * (4 + f * (4 - 3 * cos2))
        turn = apart + (1 - c) * f * sin_a * (s + c * sin_s * (mid + c * cos_s * (2 * mid**2 - 1)))
    k = cos2 * (a**2 - b**2) / b**2
    big_a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
    big_b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
    bend = cos_s * (2 * mid**2 - 1) - big_b / 6 * mid * (4 * sin_s**2 - 3) * (4 * mid**2 - 3)
    return b * big_a * (s - big_b * sin_s * (mid + big_b / 4 * bend))


def test_the_oracle() -> None:
    # Flinders Peak to Buninyong, from the technical manual of the Geocentric Datum of Australia (GRS 80).
    flinders, buninyong = (-37.95103341667, 144.42486788889), (-37.65282113889, 143.92649552778)
    assert vincenty_km(flinders, buninyong) == pytest.approx(54.972271, abs=1e-5)


@pytest.mark.parametrize("lat", [-21, 0.5, 36, 52, 69])
@pytest.mark.parametrize("radius_km", [0.05, 1, 25, 100])
def test_a_circle_reaches_its_radius_in_every_direction(lat: float, radius_km: float) -> None:
    ring = list(grid.circle(lat, 2.3, radius_km).exterior.coords)
    corners = [vincenty_km((lat, 2.3), (y, x)) for x, y in ring]
    sides = [vincenty_km((lat, 2.3), ((b + d) / 2, (a + c) / 2)) for (a, b), (c, d) in pairwise(ring)]
    assert max(corners) <= radius_km * 1.0015
    assert min(sides) >= radius_km * 0.9995


def test_a_circle_without_radius_is_a_spot() -> None:
    assert grid.cover(grid.circle(39.5, -0.5, 0)) == [grid.cell(39.5, -0.5)]


@pytest.mark.parametrize("radius_km", [-1, math.nan])
def test_a_circle_with_a_bad_radius_is_refused(radius_km: float) -> None:
    with pytest.raises(grid.ShapeBad):
        grid.circle(39.5, -0.5, radius_km)


def test_a_circle_of_the_planet_is_refused() -> None:
    for radius_km in (1e9, math.inf, 1001):
        with pytest.raises(grid.AreaTooLarge):
            grid.circle(39.5, -0.5, radius_km)
    with pytest.raises(grid.AreaTooLarge):
        grid.cover(grid.circle(39.5, -0.5, 400))


def test_a_circle_over_a_pole_or_the_180th_meridian_is_refused() -> None:
    for lat, lon in ((89.9, 0), (40, 179.9), (40, -179.9)):
        with pytest.raises(grid.ShapeBad):
            grid.circle(lat, lon, 50)
    with pytest.raises(grid.PlaceBad):
        grid.circle(95, 0, 1)


@pytest.mark.parametrize("lat", [0, 30, 45, 60, 75])
@pytest.mark.parametrize("radius_km", [1, 50])
def test_the_area_of_a_circle(lat: float, radius_km: float) -> None:
    assert grid.area_km2(grid.circle(lat, 5, radius_km)) == pytest.approx(math.pi * radius_km**2, rel=0.003)


def test_the_area_of_a_degree_and_of_the_planet() -> None:
    # The ellipsoid's whole surface, from its textbook formula: 510,065,621.7 km2.
    assert grid.area_km2(Polygon(WORLD)) == pytest.approx(510_065_621.7, rel=1e-9)
    # One degree square at the equator: 12,308.8 km2.
    assert grid.area_km2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308.8, rel=1e-4)


def test_the_area_of_holes_and_parts() -> None:
    square, hole, other = shapely.box(0, 40, 1, 41), shapely.box(0.2, 40.2, 0.4, 40.4), shapely.box(3, 40, 4, 41)
    assert grid.area_km2(square.difference(hole)) == pytest.approx(grid.area_km2(square) - grid.area_km2(hole))
    assert grid.area_km2(MultiPolygon([square, other])) == pytest.approx(2 * grid.area_km2(square))
    assert grid.area_km2(Point(0, 0)) == 0
