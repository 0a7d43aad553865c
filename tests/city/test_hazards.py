"""Incoming CAP pairs to a hazard of the city, or to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi.city import recognise
from tests.city.samples import city


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("awareness_type", "12; flooding")], "flood"),
        ([("Awareness_Type", " 5 ; high-temperature")], "heat"),
        ([("phenomenon code", "PR;Rain")], "flood"),
        ([("awareness_level", "4; red; Extreme"), ("awareness_type", "5")], "heat"),
        ([("awareness_type", "5; heat"), ("awareness_type", "12; flooding")], "flood"),
    ],
)
def test_a_mark_names_the_hazard(tmp_path: Path, pairs: list[tuple[str, str]], code: str) -> None:
    hazard = recognise(city(tmp_path), pairs)
    assert hazard is not None
    assert hazard.code == code


@pytest.mark.parametrize(
    "pairs", [[], [("awareness_type", "120; flooding")], [("awareness_type", "")], [("type", "12")], [("", "")]]
)
def test_nothing_is_guessed(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    assert recognise(city(tmp_path), pairs) is None
