"""Drafts made of messages: the city's languages, the worst of it, inert texts, and never a wider area than was
meant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely.geometry import box

from beffroi.calls.actions import Content
from beffroi.calls.area import AreaBad
from beffroi.crisis import prefill
from beffroi.lib import clock
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.container import unpack
from beffroi.standards.cap.guard import Refused
from beffroi.standards.cap.read import check_element
from beffroi.standards.cap.write import write
from tests.crisis.messages import NORTH_WEST, STRICT, TOLERANT, alert, area, at, green, info, take

BORDER = box(1.97, 48.98, 2.03, 49.02)
A = alert("a")
FLOOD = (("awareness_type", "12; flooding"),)


def content(*infos: cap.Info, **changes: Any) -> Content:
    return prefill.content(replace(A, info=infos or (info(**changes),)), border=BORDER, now=clock.now())


@pytest.mark.usefixtures("town")
class TestWords:
    """What the draft says."""

    def test_each_language_of_the_city_that_the_message_has(self) -> None:
        found = content(
            info(language="en-GB", headline="Flood"), info(language="fr"), info(language="de", headline="Flut")
        )
        assert list(found.texts) == ["fr", "en"]
        assert found.texts["en"]["headline"] == "Flood"

    def test_a_message_in_no_language_of_the_city_stands_under_its_first(self) -> None:
        assert content(language="de", headline="Flut").texts == {
            "fr": {"event": "Inondation", "headline": "Flut", "instruction": "Montez.", "description": ""}
        }

    def test_what_could_do_harm_is_plain_text(self) -> None:
        text = content(
            event="Eau\r\nBcc: x@y.example", headline="<script>alert(1)</script> \u202e321\u202c",
            instruction="Un\r\n\r\n\r\n\r\ndeux\u0007", description="&lt;b&gt;",
        ).texts["fr"]  # fmt: skip
        assert text == {
            "event": "Eau Bcc: x@y.example", "headline": "<script>alert(1)</script> 321", "instruction": "Un\n\ndeux",
            "description": "&lt;b&gt;",
        }  # fmt: skip

    def test_too_long_is_cut_and_nothing_is_replaced_by_the_event(self) -> None:
        text = content(headline="x" * 500, instruction="y " * 5000).texts["fr"]
        assert (len(text["headline"]), text["headline"][-1]) == (160, "…")
        assert len(text["instruction"]) <= 2000
        assert content(headline="\u202e").texts["fr"]["headline"] == "Inondation"

    def test_the_worst_severity_and_the_hazard_of_the_city(self) -> None:
        found = content(info(language="fr", severity="Minor"), info(language="en", severity="Extreme", parameter=FLOOD))
        assert (found.severity, found.hazard, found.status) == ("Extreme", "flood", "Actual")
        assert content().hazard == "other"  # the last one of city.toml is for what none of the others names

    def test_when_it_ends(self) -> None:
        now = clock.now()
        with clock.at(now):
            assert content(expires=at(6 * 60)).expires == at(6 * 60)
            assert content(expires=None).expires == now + timedelta(hours=6)
            assert content(expires=at(9 * 24 * 60)).expires == now + timedelta(hours=24)

    def test_green_infos_are_no_part_of_it(self) -> None:
        calm = green(
            alert("x", info=(info(headline="Rien", area=(area(areaDesc="Sud", polygon=(SOUTH_EAST,)),)),))
        ).info[0]
        found = content(calm, info())
        assert found.texts["fr"]["headline"] == "Crue de la rivière"
        assert found.area["places"] == ["Nord-Ouest"]
        assert prefill.is_green(replace(A, info=(calm,)))
        assert not prefill.is_green(replace(A, info=(calm, info())))
        assert not prefill.is_green(replace(A, info=()))


PLANET = ((-80.0, -179.0), (-80.0, 179.0), (80.0, 179.0), (80.0, -179.0), (-80.0, -179.0))
SOUTH_EAST = ((48.981, 2.005), (48.981, 2.025), (48.999, 2.025), (48.999, 2.005), (48.981, 2.005))


@pytest.mark.usefixtures("town")
class TestArea:
    """Where the draft is for."""

    def test_shapes_are_the_area_and_geocodes_beside_them_are_not(self) -> None:
        found = content(area=(area(geocode=(("QUARTER", "se"), ("EMMA_ID", "nobody knows"))),))
        assert (found.area["places"], found.area["zones"]) == (["Nord-Ouest"], [])
        assert found.area["areaDesc"] == {"fr": "Nord-Ouest"}

    def test_geocodes_alone_are_the_area(self) -> None:
        found = content(area=(area(polygon=(), geocode=(("quarter", "se"),)),))
        assert found.area["places"] == ["Sud-Est"]

    def test_all_areas_of_all_infos_together(self) -> None:
        found = content(
            info(area=(area(), area(polygon=(), circle=(cap.Circle(centre=(48.99, 2.015), radius_km=0.3),))))
        )
        assert found.area["places"] == ["Nord-Ouest", "Sud-Est"]

    @pytest.mark.parametrize(("part", "why"), [
        (area(polygon=()), "empty"),
        (area(polygon=(), geocode=(("QUARTER", "moon"),)), "unknown-zone"),
        (area(polygon=(), geocode=(("QUARTER", "nw"), ("QUARTER", "moon"))), "unknown-zone"),
        (area(polygon=(tuple((lon, lat) for lat, lon in NORTH_WEST),)), "outside"),
        (area(polygon=(PLANET,)), "too-large"),
        (area(polygon=(((49.0, 1.98), (49.01, 1.99), (49.0, 1.99), (49.01, 1.98), (49.0, 1.98)),)), "broken"),
        (area(polygon=(), circle=(cap.Circle(centre=(49.0, 2.0), radius_km=1e9),)), "broken"),
        (area(polygon=(), circle=(cap.Circle(centre=(49.0, 2.0), radius_km=400.0),)), "too-large"),
    ], ids=["none", "unknown", "one-unknown", "swapped", "planet", "crossing", "huge", "large"])  # fmt: skip
    def test_an_area_in_doubt_is_no_area(self, part: cap.Area, why: str) -> None:
        with pytest.raises(AreaBad) as caught:
            content(area=(part,))
        assert caught.value.facts["why"] == why


RING = "49.001,1.975 49.001,1.995 49.019,1.995 49.019,1.975 49.001,1.975"


@pytest.mark.parametrize("shape", [
    "<polygon>49.001,1.975 49.001,1.995 49.019,1.995 49.019,1.975</polygon>",
    "<polygon>49.001,1.975 49.019,1.995 49.001,1.995 49.019,1.975 49.001,1.975</polygon>",
    "<polygon>1.975,49.001 1.995,49.001 1.995,49.019 1.975,49.019 1.975,49.001</polygon>",
    "<polygon>97.5,49 98,49 98,50 97.5,50 97.5,49</polygon>",
    "<polygon>-89,-179 -89,179 89,179 89,-179 -89,-179</polygon>",
    "<polygon>49.001,179.9 49.001,-179.9 49.002,-179.9 49.002,179.9 49.001,179.9</polygon>",
    "<polygon>0,0 49.001,1.995 49.019,1.995 49.019,1.975 0,0</polygon>",
    "<polygon>49.001,1.975 49.001,1.975 49.001,1.975 49.001,1.975</polygon>",
    "<polygon>NaN,1.975 49.001,1.995 49.019,1.995 49.019,1.975 NaN,1.975</polygon>",
    "<circle>49.01,1.985 1000000000</circle>",
    "<circle>49.01,1.985 -3</circle>",
    "<circle>49.01,1.985</circle>",
    "<circle>49.01,1.985 Inf</circle>",
    "<geocode><valueName>QUARTER</valueName><value>moon</value></geocode>",
    "<geocode><valueName>QUARTER</valueName><value/></geocode>",
    "",
    f"<polygon>{RING}</polygon><polygon>49.001,1.975 49.019,1.995 49.001,1.995 49.019,1.975 49.001,1.975</polygon>",
], ids=["open", "crossing", "swapped", "off-the-map", "planet", "antimeridian", "zero", "degenerate", "nan", "metres",
        "negative", "no-radius", "infinite", "unknown-zone", "no-zone", "nothing", "good-and-bad"])  # fmt: skip
@pytest.mark.parametrize("way", [STRICT, TOLERANT], ids=["strict", "tolerant"])
def test_a_shape_in_doubt_goes_to_a_person(town: None, shape: str, way: Any) -> None:
    raw = write(A).replace(f"<polygon>{RING}</polygon>".encode(), shape.encode())
    assert raw != write(A)
    message = take(raw, way)
    assert message.call is None
    assert message.held == "rejected" or message.held.startswith("area-")


def test_real_messages_can_all_be_prefilled(town: None, shared: Any) -> None:
    """Whatever agencies send, the answer is a content or AreaBad."""
    seen = 0
    for file in sorted((shared / "data" / "cap").rglob("*.xml")):
        try:
            found = unpack(file.read_bytes())
        except Refused:
            continue
        for element in found.alerts[:1]:
            verdict = check_element(element, profile="tolerant")
            if verdict.alert is None or not verdict.deliverable or not verdict.alert.info:
                continue
            seen += 1
            try:
                made = prefill.content(verdict.alert, border=None, now=clock.now())
            except AreaBad:
                continue
            assert json.loads(json.dumps(made.area)) == made.area
            assert all(text["headline"] and "\n" not in text["headline"] for text in made.texts.values())
    assert seen > 80
