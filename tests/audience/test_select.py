"""Whom a call concerns: everybody inside, and nobody else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest
from shapely.geometry.base import BaseGeometry

from beffroi.audience import actions, select
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.audience.select import Question
from beffroi.calls.state import Severity
from beffroi.lib import grid, packed
from tests import make

HERE, THERE = make.NORTH_WEST, make.SOUTH_EAST


def person(name: str, cells: Iterable[int], **changes: Any) -> int:
    values: dict[str, Any] = {
        "channel": "email", "address": {"email": name}, "same": name, "language": "fr", "floor": 0,
        "is_exercise": False, "cells": list(cells),
    }  # fmt: skip
    is_confirmed = changes.pop("is_confirmed", True)
    return actions.subscribe(Wish(**(values | changes)), link=name, is_confirmed=is_confirmed).pk


def at(name: str, place: tuple[float, float] = HERE, **changes: Any) -> int:
    return person(name, [grid.cell(*place)], **changes)


def question(area: BaseGeometry | None = None, **changes: Any) -> Question:
    ranges = grid.search_ranges(grid.circle(*HERE, 0.5) if area is None else area)
    values: dict[str, Any] = {
        "ranges": packed.numbers(cell for pair in ranges for cell in pair), "rank": Severity.SEVERE.rank,
        "is_exercise": False, "languages": ["fr", "en"], "channels": ["email", "webpush"],
    }  # fmt: skip
    return Question(**(values | changes))


def reached(asked: Question) -> set[int]:
    return {row_id for ids in select.concerned(asked).values() for row_id in ids}


def away(place: tuple[float, float], km: float, degrees: float) -> tuple[float, float]:
    lat, lon = place
    north, east = km * math.cos(math.radians(degrees)), km * math.sin(math.radians(degrees))
    return lat + north / 111.2, lon + east / (111.2 * math.cos(math.radians(lat)))


def test_people_inside_and_nobody_outside(db: None) -> None:
    inside = {at(f"in {way}", away(HERE, 0.98, way)) for way in range(0, 360, 30)}
    for way in range(0, 360, 30):
        at(f"out {way}", away(HERE, 1.5, way))  # a cell is 0.2 km from its centre to a corner
    at("far", THERE)
    assert reached(question(grid.circle(*HERE, 1))) == inside


def test_who_asked_for_a_whole_town_hears_of_any_part_of_it(db: None) -> None:
    town = grid.compact(grid.cover(grid.circle(*HERE, 8)))
    assert min(cell >> 52 & 15 for cell in town) < 8
    everywhere = person("everywhere", town)
    person("elsewhere", grid.compact(grid.cover(grid.circle(49.4, 2.4, 8))))
    for way in (0, 90, 225):
        assert reached(question(grid.circle(*away(HERE, 6, way), 0.05))) == {everywhere}


def test_a_person_with_many_places_is_one_person(db: None) -> None:
    ada = person("ada", grid.cover(grid.circle(*HERE, 0.5)))
    person("bob", [grid.cell(*THERE)])
    assert select.concerned(question()) == {("email", "fr"): [ada]}


def test_no_area_is_nobody(db: None) -> None:
    at("ada")
    assert select.concerned(question(ranges=b"")) == {}
    assert select.count(question(ranges=b"")) == 0


@pytest.mark.parametrize("severity", Severity)
def test_a_floor_holds_back_what_is_less(db: None, severity: Severity) -> None:
    floors = {at(f"floor {floor}", floor=floor): floor for floor in range(5)}
    expected = {row_id for row_id, floor in floors.items() if floor <= severity.rank}
    assert reached(question(rank=severity.rank)) == expected
    assert len(expected) == severity.rank + 1


def test_an_exercise_reaches_those_who_asked_and_an_alert_everyone(db: None) -> None:
    ada, bob = at("ada", is_exercise=True), at("bob")
    assert reached(question(is_exercise=True)) == {ada}
    assert reached(question(is_exercise=False)) == {ada, bob}


def test_a_language_that_the_call_lacks_falls_back_to_its_first(db: None) -> None:
    french, english, spanish = at("f"), at("e", language="en"), at("s", language="es")
    assert select.concerned(question()) == {("email", "fr"): [french, spanish], ("email", "en"): [english]}


def test_who_has_not_confirmed_is_never_reached(db: None) -> None:
    waiting = at("ada", is_confirmed=False)
    assert reached(question()) == set()
    assert select.still_here([waiting], ["fr"], ["email"]) == {}


def test_a_channel_that_is_switched_off_reaches_nobody(db: None) -> None:
    at("ada")
    assert select.concerned(question(channels=["webpush"])) == {}


def test_a_small_count_is_not_told(db: None) -> None:
    assert select.count(question()) == 0
    at("ada")
    assert select.count(question()) == 10
    for number in range(10):
        at(f"more {number}")
    assert select.count(question()) == 11


def test_who_is_still_here_is_grouped_by_what_they_are_now(db: None) -> None:
    ada, bob, eve = at("ada"), at("bob", floor=4), at("eve")
    actions.leave("eve")
    actions.change("ada", language="en", floor=4, is_exercise=False, cells=[grid.cell(*THERE)])
    assert select.still_here([ada, bob, eve], ["fr", "en"], ["email"]) == {
        ("email", "en"): [ada],
        ("email", "fr"): [bob],
    }
    assert select.still_here([], ["fr"], ["email"]) == {}
    sealed = select.addresses([ada, eve])
    assert sealed == {ada: bytes(Subscription.objects.get(pk=ada).address)}
