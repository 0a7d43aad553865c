"""In which places cells lie."""

from __future__ import annotations

import pytest

from beffroi.lib import grid
from beffroi.web import outlines
from beffroi.web.public import naming
from beffroi.web.public.naming import Named
from tests.make import NORTH_WEST, SOUTH_EAST

pytestmark = pytest.mark.usefixtures("town")


def cells_of(code: str) -> list[int]:
    one = next(one for one in outlines.all_of() if one.place.code == code)
    return grid.compact(grid.cover(one.exact))


def test_a_whole_place_is_named_alone_although_its_edge_cells_reach_over() -> None:
    assert naming.places_of(cells_of("nw"), "fr") == [Named("Nord-Ouest", is_whole=True)]


def test_a_spot_is_a_part_of_the_place_around_it() -> None:
    assert naming.places_of([grid.cell(*SOUTH_EAST)], "fr") == [Named("Sud-Est", is_whole=False)]


def test_both_together() -> None:
    cells = [*cells_of("nw"), grid.cell(*SOUTH_EAST)]
    assert naming.places_of(cells, "fr") == [Named("Nord-Ouest", is_whole=True), Named("Sud-Est", is_whole=False)]


def test_nearly_whole_is_whole_and_half_is_a_part() -> None:
    fine = grid.cover(next(one.exact for one in outlines.all_of() if one.place.code == "nw"))
    assert naming.places_of(fine[1:], "fr") == [Named("Nord-Ouest", is_whole=True)]
    half = naming.places_of(fine[: len(fine) // 2], "fr")
    assert Named("Nord-Ouest", is_whole=False) in half
    assert not any(one.is_whole for one in half)


def test_cells_far_away_have_no_name() -> None:
    assert naming.places_of([grid.cell(10.0, 10.0)], "fr") == []
    assert naming.places_of([], "fr") == []
    assert naming.places_of([grid.cell(*NORTH_WEST)], "fr") == [Named("Nord-Ouest", is_whole=False)]
