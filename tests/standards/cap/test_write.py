"""CAP 1.2 as we write it, judged by lxml, by another CAP library and by the OASIS schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cap_tools.models import Alert as OtherAlert
from hypothesis import given, settings
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser

from beffroi.standards.cap.model import Alert, Area, Circle, Info, Reference
from beffroi.standards.cap.read import check
from beffroi.standards.cap.write import NAMESPACE, Unwritable, write
from tests.standards import samples

NS = {"c": NAMESPACE}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def texts(data: bytes, path: str) -> list[str]:
    root = etree.fromstring(data)
    return [node.text or "" for node in root.iterfind(path, NS)]


def names(node: etree._Element) -> str:
    return " ".join(etree.QName(child).localname for child in node)


def test_every_element_in_the_order_of_the_schema() -> None:
    data = write(samples.alert())
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<alert ")
    root = etree.fromstring(data)
    assert names(root) == (
        "identifier sender sent status msgType source scope restriction addresses code code note references incidents"
        " info info"
    )
    assert names(root[-1]) == (
        "language category category event responseType responseType urgency severity certainty audience eventCode"
        " eventCode effective onset expires senderName headline description instruction web contact parameter"
        " parameter resource resource area"
    )
    assert names(root[-1][-1]) == "areaDesc polygon circle geocode geocode altitude ceiling"


def test_the_values_are_those_of_the_alert() -> None:
    data = write(samples.alert())
    assert texts(data, "c:sent") == ["2026-03-02T10:05:00+01:00"]
    assert texts(data, "c:references") == ["alerte@example.be,BXL-0,2026-03-02T08:00:00-00:00"]
    assert texts(data, "c:addresses") == ['a@example.be "Poste de commandement"']
    assert texts(data, "c:incidents") == ['I1 "incident deux"']
    assert texts(data, "c:info/c:expires") == ["2026-03-02T15:00:00-00:00"] * 2
    assert texts(data, "c:info/c:headline") == ['Fuite de gaz <rue Haute> & "place"'] * 2
    assert texts(data, "c:info/c:eventCode/c:value") == ["A", "B"] * 2
    ring = "50.838,4.344 50.838,4.352 50.833,4.352 50.833,4.344 50.838,4.344"
    assert texts(data, "c:info/c:area/c:polygon") == [ring] * 2
    assert texts(data, "c:info/c:area/c:circle") == ["50.8466,4.3528 1.25"] * 2
    assert texts(data, "c:info/c:area/c:altitude") == ["0"] * 2


def test_numbers_have_at_most_six_decimals_and_no_exponent() -> None:
    circles = (
        Circle(centre=(-0.0000004, 1e-6), radius_km=123456.7890123),
        Circle(centre=(90.0, -180.0), radius_km=10.0),
    )
    data = write(with_area(circle=circles, altitude_ft=1e7, ceiling_ft=-0.0))
    assert texts(data, "c:info/c:area/c:circle") == ["0,0.000001 123456.789012", "90,-180 10"]
    assert texts(data, "c:info/c:area/c:altitude") == ["10000000"]
    assert texts(data, "c:info/c:area/c:ceiling") == ["0"]


def test_no_blanks_between_elements_so_that_stripping_changes_nothing() -> None:
    data = write(samples.alert())
    stripped = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    assert etree.tostring(stripped, method="c14n") == etree.tostring(etree.fromstring(data), method="c14n")


def test_forbidden_characters_are_dropped_not_fatal() -> None:
    data = write(samples.public(note="a\x00b\ud800\r\nc"))
    assert texts(data, "c:note") == ["ab\nc"]


@pytest.mark.parametrize("make", [samples.alert, samples.public])
def test_the_schema_of_oasis_takes_it(make: Callable[[], Alert]) -> None:
    schema = etree.XMLSchema(etree.parse(samples.shared("data/cap/schema/CAP-v1.2.xsd")))
    schema.assertValid(etree.fromstring(write(make())))


@settings(max_examples=60)
@given(samples.ALERTS)
def test_the_schema_of_oasis_takes_any_alert(alert: Alert) -> None:
    schema = etree.XMLSchema(etree.parse(samples.shared("data/cap/schema/CAP-v1.2.xsd")))
    schema.assertValid(etree.fromstring(write(alert)))


@settings(max_examples=60)
@given(samples.ALERTS)
def test_times_have_the_form_of_cap(alert: Alert) -> None:
    data = write(alert)
    times = [
        text
        for name in ("sent", "info/c:effective", "info/c:onset", "info/c:expires")
        for text in texts(data, f"c:{name}")
    ]
    assert times
    assert all(TIME.fullmatch(text) and not text.endswith("+00:00") for text in times)
    assert datetime.fromisoformat(times[0]) == alert.sent


@settings(max_examples=150, deadline=None)
@given(samples.ALERTS)
def test_the_strict_reader_takes_it_and_gives_back_the_same_alert(alert: Alert) -> None:
    verdict = check(write(alert), profile="strict")
    assert verdict.verdict != "reject"
    assert verdict.alert == alert


@pytest.mark.parametrize("make", [samples.alert, samples.public])
def test_a_full_alert_comes_back_the_same(make: Callable[[], Alert]) -> None:
    assert check(write(make()), profile="strict").alert == make()


def test_another_cap_library_reads_it() -> None:
    ours = samples.alert()
    other = XmlParser().from_bytes(write(ours), OtherAlert)
    assert (other.identifier, other.sender, other.sent.to_datetime()) == (ours.identifier, ours.sender, ours.sent)
    assert other.addresses_to_list() == list(ours.addresses)
    assert [r.identifier for r in other.references_to_list()] == ["BXL-0"]
    assert [(i.language, i.headline) for i in other.infos] == [(i.language, i.headline) for i in ours.info]
    assert [a.area_desc for i in other.infos for a in i.areas] == ["Bruxelles - Marolles"] * 2


def with_info(**changes: object) -> Alert:
    return samples.public(info=(replace(samples.info(), **changes),))  # type: ignore[arg-type]


def with_area(**changes: object) -> Alert:
    return with_info(area=(replace(samples.area(), **changes),))  # type: ignore[arg-type]


def with_circle(radius_km: float) -> Alert:
    return with_area(circle=(Circle(centre=(50.0, 4.0), radius_km=radius_km),))


OPEN = samples.RING[:-1]
LATER = Reference(sender="a", identifier="b", sent=samples.SENT + timedelta(seconds=1))
NO_NAMES = ("a b", "a,b", "a<b", "a&b", "", "a\u00a0b", "a\n", "a\x00")
NEED_REFERENCES = ("Update", "Cancel", "Ack", "Error")
REFUSED: list[tuple[str, str, Callable[[], Alert]]] = [
    *[("identifier", "identity", lambda bad=bad: samples.public(identifier=bad)) for bad in NO_NAMES],
    *[("sender", "identity", lambda bad=bad: samples.public(sender=bad)) for bad in NO_NAMES],
    *[("references", "references", lambda kind=kind: samples.public(msgType=kind)) for kind in NEED_REFERENCES],
    ("identifier", "identity", lambda: samples.alert(references=(replace(LATER, identifier="x y"),))),
    ("references", "references", lambda: samples.alert(references=(LATER,))),
    ("references", "references", lambda: samples.alert(references=(samples.alert().key,))),
    ("restriction", "restriction", lambda: samples.alert(restriction=None)),
    ("restriction", "restriction", lambda: samples.public(restriction="x")),
    ("addresses", "addresses", lambda: samples.public(scope="Private")),
    ("addresses", "quote", lambda: samples.public(scope="Private", addresses=('a"b',))),
    ("addresses", "empty", lambda: samples.public(scope="Private", addresses=(" ",))),
    ("status", "choice", lambda: samples.public(status="actual")),
    ("msgType", "choice", lambda: samples.alert(msgType="All Clear")),
    ("scope", "choice", lambda: samples.public(scope="public")),
    ("alert", "version", lambda: samples.public(version="1.1")),
    ("sent", "time", lambda: samples.public(sent=samples.NAIVE)),
    ("sent", "time", lambda: samples.public(sent=datetime(2026, 1, 1, microsecond=1, tzinfo=UTC))),
    ("expires", "time", lambda: with_info(expires=samples.NAIVE)),
    ("onset", "time", lambda: with_info(onset=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=15))))),
    ("effective", "time", lambda: with_info(effective=datetime(2026, 1, 1, tzinfo=timezone(timedelta(seconds=61))))),
    ("note", "empty", lambda: samples.public(note="\x00 ")),
    ("event", "empty", lambda: with_info(event=" ")),
    ("headline", "empty", lambda: with_info(headline="")),
    ("valueName", "empty", lambda: with_info(parameter=(("", "x"),))),
    ("language", "language", lambda: with_info(language="en_US")),
    ("category", "category", lambda: with_info(category=())),
    ("category", "choice", lambda: with_info(category=("Weather",))),
    ("certainty", "choice", lambda: with_info(certainty="Very Likely")),
    ("web", "uri", lambda: with_info(web="/a/1")),
    ("web", "uri", lambda: with_info(web="https://example.org/a b")),
    ("mimeType", "mimeType", lambda: with_info(resource=(replace(samples.info().resource[0], mimeType=None),))),
    ("size", "size", lambda: with_info(resource=(replace(samples.info().resource[0], size=-1),))),
    ("uri", "uri", lambda: with_info(resource=(replace(samples.info().resource[0], uri="p.png"),))),
    ("areaDesc", "empty", lambda: with_area(areaDesc="")),
    ("polygon", "polygon", lambda: with_area(polygon=(OPEN,))),
    ("polygon", "polygon", lambda: with_area(polygon=((OPEN[0], OPEN[1], OPEN[0]),))),
    ("polygon", "polygon", lambda: with_area(polygon=((OPEN[0],) * 4,))),
    ("polygon", "polygon", lambda: with_area(polygon=((),))),
    ("polygon", "coordinates", lambda: with_area(polygon=(((91.0, 4.0), *OPEN, (91.0, 4.0)),))),
    ("polygon", "coordinates", lambda: with_area(polygon=(((float("nan"), 4.0), *OPEN, (float("nan"), 4.0)),))),
    ("circle", "coordinates", lambda: with_area(circle=(Circle(centre=(50.0, 181.0), radius_km=1.0),))),
    *[("circle", "radius", lambda km=km: with_circle(km)) for km in (0.0, -1.0, float("nan"))],
    ("circle", "coordinates", lambda: with_circle(float("inf"))),
    ("ceiling", "ceiling", lambda: with_area(altitude_ft=None)),
]  # fmt: skip


@pytest.mark.parametrize(("element", "reason", "make"), REFUSED)
def test_what_a_strict_reader_refuses_is_not_written(element: str, reason: str, make: Callable[[], Alert]) -> None:
    with pytest.raises(Unwritable) as refusal:
        write(make())
    assert (refusal.value.code, refusal.value.facts) == ("cap-unwritable", {"element": element, "reason": reason})


def test_the_least_alert_is_written() -> None:
    info = Info(
        category=("Other",),
        event="x",
        urgency="Unknown",
        severity="Unknown",
        certainty="Unknown",
        area=(Area(areaDesc="y"),),
    )
    least = Alert(identifier="1", sender="a", sent=samples.SENT, status="Test", msgType="Alert", scope="Public")
    assert names(etree.fromstring(write(least))) == "identifier sender sent status msgType scope"
    assert texts(write(replace(least, info=(info,))), "c:info/c:language") == ["en-US"]
