"""The composer's fields are read as a whole: a content, or every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from beffroi import city
from beffroi.calls import content
from beffroi.calls.content import CallContentBad, Reading, Rules
from beffroi.kinds.alert import KIND
from beffroi.places import select as places

NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


@pytest.fixture
def rules(town: None) -> Rules:
    return Rules(town=city.current(), kind=KIND, border=places.border(city.current()), now=NOW)


def data(**changes: Any) -> dict[str, Any]:
    """What a careful officer sends: a flood in one quarter until 23:00."""
    filled: dict[str, Any] = {
        "status": "Actual", "hazard": "flood", "severity": "Extreme", "urgency": "Immediate", "certainty": "Likely",
        "responseType": ["Avoid", "Shelter"], "expires": "2026-11-21T23:00", "onset": "", "places": ["QUARTER nw"],
        "zones": "", "polygons": "", "circles": "", "headline.fr": "Montez à l'étage",
        "instruction.fr": "Montez.\r\nLaissez la voiture.", "description.fr": "",
    }  # fmt: skip
    names = {name.replace("__", "."): value for name, value in changes.items()}
    return filled | names


def faults(rules: Rules, **changes: Any) -> dict[str, str]:
    with pytest.raises(CallContentBad) as caught:
        content.read(data(**changes), rules)
    return caught.value.fields


def test_a_careful_form_becomes_a_content(rules: Rules) -> None:
    found = content.read(data(), rules)
    assert found.expires == datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # 23:00 in Paris
    assert found.texts == {
        "fr": {
            "event": "Inondation",
            "headline": "Montez à l'étage",
            "instruction": "Montez.\nLaissez la voiture.",
            "description": "",
        }
    }
    assert (found.kind, found.category, found.responseType) == ("alert", ["Met"], ["Shelter", "Avoid"])
    assert found.area["places"] == ["Nord-Ouest"]
    assert found.ranges


def test_an_empty_form_names_every_missing_field_at_once(rules: Rules) -> None:
    with pytest.raises(CallContentBad) as caught:
        content.read({}, rules)
    assert caught.value.fields == {
        "area": "empty",
        **dict.fromkeys(("hazard", "expires", "headline.fr", "instruction.fr", "status"), "missing"),
        **dict.fromkeys(("severity", "urgency", "certainty", "responseType"), "missing"),
    }


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("expires", "2026-11-21T16:59", "past"),
        ("expires", "2026-11-22T17:01", "too-late"),
        ("expires", "tomorrow", "not-a-time"),
        ("expires", "9999-12-31T23:59", "too-late"),
        ("onset", "2026-11-21T23:30", "after-end"),
        ("hazard", "meteor", "unknown"),
        ("status", "Test", "unknown"),
        ("severity", "Terrible", "unknown"),
        ("responseType", ["Panic"], "unknown"),
        ("headline.fr", "x" * 161, "too-long"),
        ("instruction.fr", "x" * 2001, "too-long"),
        ("description.fr", "x" * 2001, "too-long"),
        ("areaName.fr", "x" * 161, "too-long"),
        ("places", ["nw"], "not-zones"),
        ("polygons", "49, 2\n49.01, north", "not-points"),
        ("polygons", "49, 2, 7", "not-points"),
        ("circles", "49, 2", "not-points"),
    ],
)
def test_a_fault_is_named_by_its_field(rules: Rules, field: str, value: Any, reason: str) -> None:
    assert faults(rules, **{field: value}) == {field: reason}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"places": []}, "empty"),
        ({"places": [], "zones": "EMMA_ID FR999"}, "unknown-zone"),
        ({"places": [], "polygons": "49, 2\n49.01, 2.01"}, "broken"),
        ({"places": [], "polygons": "49, 2\n49.01, 2.01\n49, 2.01\n49.01, 2"}, "broken"),
        ({"places": [], "polygons": "nan, nan\nnan, nan\nnan, nan"}, "broken"),
        ({"places": [], "circles": "40, -3, 5"}, "outside"),
        ({"places": [], "circles": "49, 2, 499"}, "too-large"),
        ({"places": [], "circles": "49, 2, 1e99"}, "broken"),
    ],
)
def test_an_area_that_cannot_be_trusted_is_a_fault_and_never_everyone(
    rules: Rules, change: dict[str, Any], reason: str
) -> None:
    assert faults(rules, **change)["area"] == reason


def test_unknown_zones_are_named(rules: Rules) -> None:
    with pytest.raises(CallContentBad) as caught:
        content.read(data(places=[], zones="EMMA_ID FR999"), rules)
    assert caught.value.facts["zones"] == "EMMA_ID FR999"


def test_shapes_are_read_line_by_line(rules: Rules) -> None:
    square = "49.005, 1.98\n49.015, 1.98\n49.015, 1.99"
    found = content.read(
        data(places=[], polygons=f"{square}\n\n{square}", circles="49.0 2.0 0.5", zones="QUARTER se"), rules
    )
    assert len(found.area["polygons"]) == 2
    assert found.area["circles"] == [[49.0, 2.0, 0.5]]
    assert found.area["zones"] == [["QUARTER", "se"]]


def test_an_area_without_a_known_place_needs_a_name(rules: Rules) -> None:
    edge = "49.0, 1.9\n49.001, 1.9\n49.001, 2.1\n49.0, 2.1"
    anywhere = Rules(town=rules.town, kind=KIND, border=None, now=NOW)
    away = {"places": [], "polygons": edge.replace("49.", "45.")}
    with pytest.raises(CallContentBad) as caught:
        content.read(data(**away), anywhere)
    assert caught.value.fields == {"areaName.fr": "missing"}
    named = content.read(data(**away, areaName__fr="Le lac"), anywhere)
    assert named.area["areaDesc"] == {"fr": "Le lac"}


def test_a_language_is_left_out_whole_or_written_whole(rules: Rules) -> None:
    assert "en" not in content.read(data(), rules).texts
    assert faults(rules, headline__en="Go upstairs") == {"instruction.en": "missing"}
    both = content.read(data(headline__en="Go upstairs", instruction__en="Go up."), rules)
    assert both.texts["en"]["event"] == "Flood"
    assert list(both.texts) == ["fr", "en"]


def test_what_hides_or_turns_letters_is_taken_out(rules: Rules) -> None:
    found = content.read(data(headline__fr="Montez\u202e\x07 à\nl'étage\u200b"), rules)
    assert found.texts["fr"]["headline"] == "Montez à l'étage"


def test_in_the_hour_that_comes_twice_a_call_ends_the_later_time(town: None) -> None:
    reading = Reading({"expires": "2026-10-25T02:30"})
    assert content.moment(reading, "expires", city.current()) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_may_bring_its_own_offset(rules: Rules) -> None:
    assert content.read(data(expires="2026-11-21T23:00+00:00"), rules).expires == NOW + timedelta(hours=7)
