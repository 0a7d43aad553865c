"""Rules between keys: each broken rule is found, with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beffroi.city.model import Authority, Border, City, Feed, Map
from beffroi.city.rules import broken
from tests.city.samples import city

FEED = Feed(name="w", url="https://feeds.example/a", hosts=("feeds.example",), senders=("w@w.example",))


@pytest.fixture
def town(tmp_path: Path) -> City:
    return city(tmp_path)


def test_a_right_city_breaks_nothing(town: City) -> None:
    assert list(broken(replace(town, feed=(FEED,)))) == []


def test_what_must_be_one_is_not_there_twice(town: City) -> None:
    both = Authority(sender="a", may_cancel=("b",))
    twice = replace(
        town,
        languages=("nl", "fr", "nl"),
        body=(*town.body, town.body[0]),
        feed=(FEED, FEED),
        authority=(both, both),
        hazard=(*town.hazard, replace(town.hazard[0], code="water", incoming=("AWARENESS_TYPE=5",))),
    )
    assert list(broken(twice)) == [
        ("languages", "twice-nl"),
        ("body", "twice-mayor"),
        ("hazard.incoming", "twice-awareness_type=5"),
        ("feed", "twice-w"),
        ("authority", "twice-a"),
    ]


def test_border_is_one_of_file_and_zones(town: City, tmp_path: Path) -> None:
    for border in (Border(), Border(zones="NIS", file=tmp_path)):
        assert list(broken(replace(town, border=border))) == [("border", "not-one-of-file-zones")]
    assert list(broken(replace(town, border=Border(file=tmp_path)))) == []


@pytest.mark.parametrize("centre", [(91.0, 4.0), (50.0, 181.0), (float("nan"), 4.0), (50.0, float("inf"))])
def test_centre_is_on_the_earth(town: City, centre: tuple[float, float]) -> None:
    assert list(broken(replace(town, map=Map(centre=centre)))) == [("map.centre", "not-latitude-longitude")]


@pytest.mark.parametrize("name", ["Europe/Klokstad", "../../etc/passwd", "Europe", "", "/etc/localtime"])
def test_time_zone_is_known(town: City, name: str) -> None:
    assert list(broken(replace(town, timezone=name))) == [("timezone", "unknown")]


def test_levels_of_phases_rise(town: City) -> None:
    for levels in ((2, 0), (1, 1)):
        phases = tuple(replace(phase, level=level) for phase, level in zip(town.phase, levels, strict=True))
        assert list(broken(replace(town, phase=phases))) == [("phase", "levels-not-rising")]


def test_competences_speak_of_what_is_there(town: City) -> None:
    row = replace(town.competence[1], hazards=("flood", "plague"), phases=("war",), body="king")
    assert list(broken(replace(town, competence=(town.competence[0], row)))) == [
        ("competence[2].body", "unknown-king"),
        ("competence[2].hazards", "unknown-plague"),
        ("competence[2].phases", "unknown-war"),
    ]


def test_a_feed_may_be_fetched_from_its_own_host(town: City) -> None:
    for url in ("https://other.example/a", "https://feeds.example.evil.example/"):
        feed = replace(FEED, url=url)
        assert list(broken(replace(town, feed=(FEED, replace(feed, name="x"))))) == [
            ("feed[2].hosts", "without-the-host-of-url")
        ]
