"""Who decides: the first row that fits; what no row grants is denied."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi.city import City, competent_body
from beffroi.city.competence import NoCompetentBody
from tests.city.samples import city


@pytest.fixture
def town(tmp_path: Path) -> City:
    return city(tmp_path)


@pytest.mark.parametrize(
    ("hazard", "severity", "phase", "body"),
    [
        ("flood", "Extreme", "normal", "mayor"),
        ("flood", "Severe", "normal", "mayor"),
        ("flood", "Extreme", "provincial", "governor"),
        ("heat", "Minor", "provincial", "governor"),
    ],
)
def test_the_row_that_fits_names_the_body(town: City, hazard: str, severity: str, phase: str, body: str) -> None:
    assert competent_body(town, "alert", hazard, severity, phase).code == body


@pytest.mark.parametrize(
    ("kind", "hazard", "severity", "phase"),
    [
        ("alert", "flood", "Moderate", "normal"),
        ("alert", "heat", "Extreme", "normal"),
        ("appeal", "flood", "Extreme", "normal"),
        ("alert", "flood", "Extreme", "war"),
        ("*", "*", "*", "*"),
    ],
)
def test_what_no_row_grants_is_denied(town: City, kind: str, hazard: str, severity: str, phase: str) -> None:
    with pytest.raises(NoCompetentBody) as caught:
        competent_body(town, kind, hazard, severity, phase)
    assert (caught.value.code, caught.value.status) == ("no-competent-body", 403)
    assert caught.value.facts == {"kind": kind, "hazard": hazard, "severity": severity, "phase": phase}


def test_the_first_row_that_fits_counts(tmp_path: Path) -> None:
    more = """
[[competence]]
kind = "alert"
hazards = ["*"]
severities = ["*"]
phases = ["*"]
body = "governor"
"""
    town = city(tmp_path, more=more)
    assert competent_body(town, "alert", "flood", "Severe", "normal").code == "mayor"
    assert competent_body(town, "alert", "flood", "Minor", "normal").code == "governor"
