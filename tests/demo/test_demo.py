"""The demo cities are right: they load, their law is whole, their drawings fit, the warning is CAP with true codes."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
import shapely
from lxml import etree

from beffroi import library
from beffroi.city import City, competent_body, load, recognise
from beffroi.city.competence import NoCompetentBody
from beffroi.ops.demo_warning import warning
from beffroi.ops.zone_build import build
from beffroi.places.geojson import read
from tests.ops.test_zone_build import ATLAS

DEMO = Path(__file__).parents[2] / "demo"
SHARED = Path(os.environ.get("BEFFROI_SHARED", Path(__file__).parents[2] / "../shared"))
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor")


@pytest.fixture(params=["valencia", "amiens"])
def town(request: pytest.FixtureRequest) -> City:
    return load(DEMO / request.param / "city.toml")


def message(name: str) -> bytes:
    template = (DEMO / name / "warning.xml.tmpl").read_text(encoding="utf-8")
    return warning(template, identifier="demo.1", sent_at=datetime(2026, 11, 1, 7, tzinfo=UTC))


def test_each_hazard_and_phase_has_a_body_and_nothing_else_has(town: City) -> None:
    for hazard in town.hazard:
        for phase in town.phase:
            bodies = {competent_body(town, "alert", hazard.code, severity, phase.code).code for severity in SEVERITIES}
            assert bodies <= {body.code for body in town.body}
    with pytest.raises(NoCompetentBody):
        competent_body(town, "appeal", "flood", "Extreme", "normal")


def test_in_the_highest_phase_one_body_decides_on_everything(town: City) -> None:
    last = town.phase[-1].code
    assert len({competent_body(town, "alert", each.code, "Extreme", last).code for each in town.hazard}) == 1


def test_everyone_is_informed_and_nobody_real_is_reached(town: City) -> None:
    assert {contact.role for contact in town.contact} == {"centre-112", "switchboard", "mayor", "neighbour-town"}
    addresses = [town.cap.sender, *(contact.email for contact in town.contact)]
    assert all(address.endswith(".example") for address in addresses)
    assert town.feed == ()


def test_each_danger_has_its_texts_in_each_language_of_the_city(town: City) -> None:
    for hazard in town.hazard:
        assert set(town.languages) <= set(library.load().languages(hazard.code))


def test_the_types_of_meteoalarm_are_those_of_the_message_library(town: City) -> None:
    for hazard in town.hazard:
        marks = {mark for mark in hazard.incoming if mark.startswith("awareness_type=")}
        types = library.load().by_code[hazard.code].meteoalarm_awareness_type
        assert marks == {f"awareness_type={number}" for number in types}


def test_hand_drawn_quarters_tile_the_hand_drawn_outline() -> None:
    (outline,) = read((DEMO / "amiens" / "border.geojson").read_bytes())
    quarters = read((DEMO / "amiens" / "quarters.geojson").read_bytes())
    assert not any(one.is_repaired for one in [outline, *quarters])
    shapes = [quarter.shape for quarter in quarters]
    assert shapely.union_all(shapes).symmetric_difference(outline.shape).area < outline.shape.area * 0.001
    assert all(a.intersection(b).area < 1e-9 for a, b in combinations(shapes, 2))
    assert {language for quarter in quarters for language in quarter.names} == {"fr", "en"}
    for name in ("border", "quarters"):
        for feature in json.loads((DEMO / "amiens" / f"{name}.geojson").read_bytes())["features"]:
            assert feature["properties"]["status"].startswith("ILLUSTRATIVE")


@pytest.mark.parametrize("name", ["valencia", "amiens"])
def test_the_warning_is_recognised_and_speaks_the_citys_first_language(name: str) -> None:
    root = etree.fromstring(message(name))
    town = load(DEMO / name / "city.toml")
    pairs = [
        (each.findtext(f"{CAP}valueName") or "", each.findtext(f"{CAP}value") or "")
        for each in root.iter(f"{CAP}eventCode", f"{CAP}parameter")
    ]
    hazard = recognise(town, pairs)
    assert hazard is not None
    assert hazard.code == "flood"
    assert {("AEMET-Meteoalerta nivel", "rojo"), ("awareness_level", "4; red; Extreme")} & set(pairs)
    languages = [town.language(info.findtext(f"{CAP}language") or "") for info in root.iter(f"{CAP}info")]
    assert languages == [town.languages[0], "en"]
    assert [info.findtext(f"{CAP}severity") for info in root.iter(f"{CAP}info")] == ["Extreme", "Extreme"]


@pytest.mark.skipif(not SHARED.exists(), reason=f"no official CAP schema at {SHARED} (set BEFFROI_SHARED)")
@pytest.mark.parametrize("name", ["valencia", "amiens"])
def test_the_warning_is_valid_cap(name: str) -> None:
    schema = etree.XMLSchema(etree.parse(str(SHARED / "data" / "cap" / "schema" / "CAP-v1.2.xsd")))
    schema.assertValid(etree.fromstring(message(name)))


def test_the_warning_of_the_drawn_city_names_its_quarters() -> None:
    quarters = {quarter.code for quarter in read((DEMO / "amiens" / "quarters.geojson").read_bytes())}
    codes = {code.findtext(f"{CAP}value") for code in etree.fromstring(message("amiens")).iter(f"{CAP}geocode")}
    assert codes < quarters
    assert codes


@pytest.mark.skipif(not ATLAS.exists(), reason="es-atlas is not in frontend/node_modules: npm ci brings it")
def test_the_warning_names_towns_by_their_codes() -> None:
    built = build(json.loads(ATLAS.read_bytes()), "municipalities", ["46"])
    names = {one["properties"]["code"]: one["properties"]["name"] for one in built.collection["features"]}
    for area in etree.fromstring(message("valencia")).iter(f"{CAP}area"):
        codes = [code.findtext(f"{CAP}value") or "" for code in area.iter(f"{CAP}geocode")]
        told = re.split(r": |, ", area.findtext(f"{CAP}areaDesc") or "")[1:]
        assert [names[code] for code in codes] == told
        assert len(codes) == 13
