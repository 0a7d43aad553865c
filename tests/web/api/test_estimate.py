"""How many an area reaches: floored, of the mode and severity asked for, and never a guess."""

from __future__ import annotations

import pytest

from tests import make
from tests.web.api.partner import Partner

HERE = {"zones": ["QUARTER nw"]}


@pytest.fixture
def partner(town: None) -> Partner:
    return Partner("partner", "call.draft")


def test_few_are_told_as_the_floor_and_nobody_as_nobody(partner: Partner) -> None:
    assert partner.ask("POST", "/estimate", {"area": HERE, "severity": "Severe"}) == {
        "subscriptions": 0, "floor": 10, "places": ["Nord-Ouest"],
    }  # fmt: skip
    make.mail_subscription("ada")
    assert partner.ask("POST", "/estimate", {"area": HERE, "severity": "Severe"})["subscriptions"] == 10
    make.crowd(12)
    assert partner.ask("POST", "/estimate", {"area": HERE, "severity": "Severe"})["subscriptions"] == 13


def test_severity_mode_and_place_count(partner: Partner) -> None:
    make.mail_subscription("ada", floor=3)
    for body, expected in (
        ({"area": HERE, "severity": "Extreme"}, 10), ({"area": HERE, "severity": "Minor"}, 0),
        ({"area": HERE, "severity": "Extreme", "status": "Exercise"}, 0),
        ({"area": {"zones": ["QUARTER se"]}, "severity": "Extreme"}, 0),
    ):  # fmt: skip
        assert partner.ask("POST", "/estimate", body)["subscriptions"] == expected, body


def test_an_unknown_or_empty_area_is_nobody_and_nothing(partner: Partner) -> None:
    for area, why in (({}, "empty"), ({"zones": ["QUARTER atlantis"]}, "unknown-zone")):
        told = partner.ask("POST", "/estimate", {"area": area, "severity": "Severe"})
        assert (partner.status, told["code"], told["facts"]["fields"]) == (400, "call-content-bad", {"area": why})
