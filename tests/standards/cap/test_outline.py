"""Polygons from their text, remembered or not."""

from __future__ import annotations

import pytest

from beffroi.standards.cap import outline
from beffroi.standards.cap.geometry import MAX_COMPARISONS
from beffroi.standards.cap.outline import forget, read_outline
from tests.standards.cap.corpus import POLYGON


def comb(teeth: int) -> str:
    """A polygon of long slanted teeth: every edge is beside every other, from whichever side one looks."""
    points = ["-1,-1"]
    for tooth in range(teeth):
        at = 0.5 + 2 * tooth / 1000
        points += [
            f"{at},{-at}",
            f"{50 + at},{50 - at}",
            f"{50 + at + 0.001},{50 - at - 0.001}",
            f"{at + 0.001},{-at - 0.001}",
        ]
    return " ".join([*points, "-1,-1"])


@pytest.mark.parametrize(
    ("text", "codes", "points"),
    [
        (POLYGON, [], 5),
        ("1,1 1,2 2,2", ["polygon-short", "polygon-open"], 4),
        ("1,1 1,1", ["polygon-short"], None),
        ("1, 1 1,2 2,2 1,1", ["polygon-spacing"], 4),
        ("1,1 1,2 2,2 1,x", ["polygon-unreadable"], None),
        ("1,1 1,2 91,2 1,1", ["coordinate-range"], None),
        ("1,1 2,2 2,1 1,2 1,1", ["polygon-crossing"], 5),
        (" \n", ["polygon-empty"], None),
    ],
)
def test_a_polygon(text: str, codes: list[str], points: int | None) -> None:
    forget()
    for _ in range(2):  # the second time it is remembered
        found = read_outline(text, MAX_COMPARISONS)
        assert [code for code, _ in found.faults] == codes
        assert (found.points and len(found.points)) == points


def test_outlines_that_come_again_are_the_same_value() -> None:
    forget()
    first = read_outline(POLYGON, MAX_COMPARISONS)
    assert read_outline(POLYGON, MAX_COMPARISONS) is first
    forget()
    assert read_outline(POLYGON, MAX_COMPARISONS) is not first
    assert read_outline(POLYGON, MAX_COMPARISONS) == first


def test_long_ones_are_not_remembered() -> None:
    long = POLYGON + " " * outline.REMEMBERED_CHARS
    assert read_outline(long, MAX_COMPARISONS) is not read_outline(long, MAX_COMPARISONS)


def test_too_much_work_is_not_done_and_said() -> None:
    spent = read_outline(comb(200), 1_000)
    assert [code for code, _ in spent.faults] == ["polygon-vertices", "polygon-unchecked"]
    assert spent.points is not None
    assert 1_000 < spent.compared < 3_000
    assert [code for code, _ in read_outline(comb(200), MAX_COMPARISONS).faults] == ["polygon-vertices"]


def test_what_was_not_checked_for_one_message_is_checked_for_the_next() -> None:
    forget()
    assert read_outline(POLYGON, 0).faults == (("polygon-unchecked", {}),)
    assert read_outline(POLYGON, MAX_COMPARISONS).faults == ()
