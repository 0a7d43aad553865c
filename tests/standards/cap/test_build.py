"""The fields of a message: texts, times, references, pairs and shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from beffroi.standards.cap import build
from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.model import Circle, Reference, Resource
from beffroi.standards.cap.read import check
from tests.standards.cap import corpus
from tests.standards.cap.corpus import BASE, NS10, NS11, NS12, POLYGON, area, changed, codes, read

SQUARE = ((50.838, 4.344), (50.838, 4.352), (50.833, 4.352), (50.833, 4.344), (50.838, 4.344))


def old(*changes: tuple[str, str]) -> bytes:
    """A CAP 1.1 message."""
    return changed(*changes).replace(NS12.encode(), NS11.encode())


def test_every_text_is_where_it_belongs() -> None:
    alert = read(changed())
    (info,) = alert.info
    assert (alert.identifier, alert.sender, alert.status, alert.msgType, alert.scope, alert.version) == (
        "A-1", "alert@town.example", "Actual", "Alert", "Public", "1.2",
    )  # fmt: skip
    assert alert.sent == datetime(2026, 3, 2, 10, 5, tzinfo=timezone(timedelta(hours=1)))
    assert (info.language, info.category, info.responseType) == ("en-GB", ("Safety",), ("Shelter",))
    assert (info.urgency, info.severity, info.certainty) == ("Immediate", "Severe", "Observed")
    assert (info.event, info.headline, info.contact) == ("Gas leak", "Gas leak in High Street", "112")
    assert (info.effective, info.onset, info.expires) == (None, None, alert.sent.replace(hour=16, minute=0))
    assert (info.area[0].areaDesc, info.area[0].polygon) == ("Old town", (SQUARE,))


def test_three_languages() -> None:
    alert = read(corpus.derived("ok_full_fr_nl_en.xml"))
    assert [(info.language, info.event) for info in alert.info] == [
        ("fr-BE", "Fuite de gaz"), ("nl-BE", "Gaslek"), ("en-GB", "Gas leak"),
    ]  # fmt: skip


def test_texts_keep_their_inside_and_lose_the_blanks_around() -> None:
    alert = read(changed(("A gas leak is reported.", "\n  One <!-- and -->half.\n <![CDATA[Two & three.]]>\n")))
    assert alert.info[0].description == "One half.\n Two & three."


def test_empty_elements_say_nothing() -> None:
    alert = read(changed(("<web>https://town.example/a/1</web>", "<web/>"), ("<info>", "<note/><info>")))
    assert (alert.note, alert.info[0].web) == (None, None)
    assert read(changed(("en-GB", ""))).info[0].language == "en-US"


def test_names_may_repeat_and_keep_their_order() -> None:
    pairs = "".join(
        f"<parameter><valueName>{n}</valueName><value>{v}</value></parameter>" for n, v in ("ab", "ac", "ab")
    )
    assert read(changed(("<area>", pairs + "<area>"))).info[0].parameter == (("a", "b"), ("a", "c"), ("a", "b"))


def test_lists_with_quotes() -> None:
    data = changed(("<info>", '<addresses>a@b.example "Town Hall" c</addresses><incidents>"I 1" I2</incidents><info>'))
    assert read(data).addresses == ("a@b.example", "Town Hall", "c")
    assert read(data).incidents == ("I 1", "I2")


def test_resources() -> None:
    text = (
        "<resource><resourceDesc>Map</resourceDesc><mimeType>image/png</mimeType><size>12</size>"
        "<uri>https://town.example/m.png</uri><derefUri>QQ==</derefUri><digest>" + "a" * 40 + "</digest></resource>"
    )
    assert read(changed(("<area>", text + "<area>"))).info[0].resource == (
        Resource(resourceDesc="Map", mimeType="image/png", size=12, uri="https://town.example/m.png", derefUri="QQ==",
                 digest="a" * 40),
    )  # fmt: skip


def references(text: str) -> tuple[tuple[Reference, ...], list[str]]:
    data = changed(("<info>", f"<references>{text}</references><info>"), ("<msgType>Alert", "<msgType>Update"))
    return read(data).references, codes(data)


FIRST = Reference(sender="a@b", identifier="X-1", sent=datetime(2026, 3, 1, 8, tzinfo=UTC))
SECOND = Reference(sender="c@d", identifier="X-2", sent=datetime(2026, 3, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "read", "noted"),
    [
        ("a@b,X-1,2026-03-01T09:00:00+01:00", (FIRST,), []),
        ("a@b,X-1,2026-03-01T08:00:00-00:00\n  c@d,X-2,2026-03-01T09:00:00+00:00", (FIRST, SECOND), []),
        ("a@b, X-1, 2026-03-01T08:00:00Z c@d ,X-2 ,2026-03-01T09:00:00", (FIRST, SECOND), []),
        ("a@b,X-1,2026-03-01T08:00:00Z broken", (FIRST,), ["warning references-unreadable"]),
        ("X-1 X-2", (), ["error references-missing", "warning references-unreadable", "warning references-unreadable"]),
        ("a@b,X-1,yesterday", (), ["error references-missing", "warning references-unreadable"]),
        ("a@b,X-1,0001-01-01T00:00:00Z", (), ["error references-missing", "warning references-unreadable"]),
    ],
)
def test_references(text: str, read: tuple[Reference, ...], noted: list[str]) -> None:
    assert references(text) == (read, noted)


def test_a_sender_with_spaces_can_be_referred_to() -> None:
    found, noted = references("Civil Defence,X-1,2026-03-01T08:00:00Z Civil Defence,X-2,2026-03-01T09:00:00Z")
    assert [(reference.sender, reference.identifier) for reference in found] == [
        ("Civil Defence", "X-1"), ("Civil Defence", "X-2"),
    ]  # fmt: skip
    assert noted == []


@pytest.mark.parametrize(
    ("shape", "noted", "polygons"),
    [
        (f"<polygon>{POLYGON}</polygon>", [], 1),
        ("<polygon>50.838,4.344\n50.838,4.352\t50.833,4.352   50.833,4.344\n 50.838,4.344 </polygon>", [], 1),
        (f"<polygon>{POLYGON}</polygon><polygon/>", ["note polygon-empty"], 1),
        ("<polygon>50.838,4.344 50.838,4.352 50.833,4.352 50.833,4.344</polygon>", ["error polygon-open"], 1),
        ("<polygon>50.838,4.344 50.838,4.352 50.833,4.352</polygon>", ["error polygon-open", "error polygon-short"], 1),
        ("<polygon>50.838, 4.344 50.838 ,4.352 50.833,4.352 50.838,4.344</polygon>", ["error polygon-spacing"], 1),
        ("<polygon>50.8,4.3 50.8,4.3</polygon>", ["error polygon-short", "warning area-shapeless"], 0),
        ("<polygon>here</polygon>", ["error polygon-unreadable", "warning area-shapeless"], 0),
        ("<polygon>91,4 51,4 51,5 91,4</polygon>", ["error coordinate-range", "warning area-shapeless"], 0),
        ("<polygon>50.0,4.0 51.0,5.0 51.0,4.0 50.0,5.0 50.0,4.0</polygon>", ["warning polygon-crossing"], 1),
        ("<polygon>50,4 51,4 51,5 50,4</polygon><polygon>91,4 51,4 51,5 91,4</polygon>", ["error coordinate-range"], 1),
    ],
)
def test_polygons(shape: str, noted: list[str], polygons: int) -> None:
    assert sorted(codes(area(shape))) == sorted(noted)
    assert len(read(area(shape)).info[0].area[0].polygon) == polygons
    tolerated = check(area(shape), profile="tolerant")
    assert tolerated.verdict == ("accept" if not [code for code in noted if not code.startswith("note")] else "warn")


def test_an_open_polygon_is_read_closed() -> None:
    alert = read(area("<polygon>50.838,4.344 50.838,4.352 50.833,4.352 50.833,4.344</polygon>"), "tolerant")
    assert alert.info[0].area[0].polygon == (SQUARE,)


def test_each_of_equal_polygons_is_named_where_it_stands() -> None:
    data = area("<polygon>1,1 1,2 2,2</polygon>\n<polygon>1,1 1,2 2,2</polygon>")
    found = [finding for finding in check(data).findings if finding.code == "polygon-open"]
    assert [finding.xpath for finding in found] == [
        f"/cap:alert/cap:info[1]/cap:area[1]/cap:polygon[{number}]" for number in (1, 2)
    ]
    assert [finding.line for finding in found] == [26, 27]


def test_too_many_points_in_all_are_refused_without_computing() -> None:
    many = f"<polygon>{'1.5,1.5 ' * (build.MAX_VERTICES - 5)}</polygon>"
    assert "error too-many-vertices" not in codes(area(many))
    data = area(many + "<polygon>1,1 1,2 2,2 1,1 1,3 1,1 1,4</polygon><polygon>1,1 1,2 2,2 1,1</polygon>")
    assert "error too-many-vertices" in codes(data)
    assert check(data).stage == "security"
    assert len(read(data).info[0].area[0].polygon) == 1


@pytest.mark.parametrize(
    ("shape", "noted", "circles"),
    [
        ("<circle>50.84,4.34 2.5</circle>", [], (Circle(centre=(50.84, 4.34), radius_km=2.5),)),
        ("<circle>50.84, 4.34 2.5</circle>", ["error circle-spacing"], (Circle(centre=(50.84, 4.34), radius_km=2.5),)),
        ("<circle>50.84,4.34 0</circle>", ["note circle-zero"], (Circle(centre=(50.84, 4.34), radius_km=0),)),
        ("<circle>50.84,4.34</circle>", ["error circle-no-radius", "warning area-shapeless"], ()),
        (
            "<circle>50.84, 4.34</circle>",
            ["error circle-no-radius", "error circle-spacing", "warning area-shapeless"],
            (),
        ),
        ("<circle>50.84,4.34 -1</circle>", ["error circle-negative", "warning area-shapeless"], ()),
        ("<circle>x</circle>", ["warning area-shapeless", "warning circle-unreadable"], ()),
        ("<circle/>", ["note circle-empty", "warning area-shapeless"], ()),
        (
            "<circle>50.84,4.34 20000</circle>",
            ["warning circle-huge"],
            (Circle(centre=(50.84, 4.34), radius_km=20000),),
        ),
    ],
)
def test_circles(shape: str, noted: list[str], circles: tuple[Circle, ...]) -> None:
    assert sorted(codes(area(shape))) == noted
    assert read(area(shape)).info[0].area[0].circle == circles


def test_heights_are_in_feet() -> None:
    high = changed(("</area>", "<altitude>100.5</altitude><ceiling>-0</ceiling></area>"))
    assert (read(high).info[0].area[0].altitude_ft, read(high).info[0].area[0].ceiling_ft) == (100.5, 0)
    vague = old(("</area>", "<altitude>high up</altitude></area>"))
    assert codes(vague) == ["warning altitude-unreadable"]
    assert read(vague).info[0].area[0].altitude_ft is None


@pytest.mark.parametrize(
    ("sent", "noted", "at"),
    [
        ("2026-03-02T09:05:00Z", ["warning time-z", "note time-utc"], datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
        ("2026-03-02T09:05:00", ["warning time-no-zone", "note time-utc"], datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
        ("2026-03-02T10:05:00.0+01:00", [], datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
    ],
)
def test_1_1_allows_more_forms_of_time(sent: str, noted: list[str], at: datetime) -> None:
    data = old(("2026-03-02T10:05:00+01:00", sent))
    assert (codes(data), read(data).sent) == (noted, at)


@pytest.mark.parametrize("odd", ["2026-03-02T24:00:00+01:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+00:00"])
def test_a_time_that_cannot_be_used(odd: str) -> None:
    data = changed(("2026-03-02T16:00:00+01:00", odd))
    assert codes(data) == ["warning time-unreadable", "warning expires-missing"]
    assert read(data).info[0].expires is None
    unsent = changed(("2026-03-02T10:05:00+01:00", odd))
    assert codes(unsent) == ["error time-unreadable"]
    verdict = check(unsent, profile="tolerant")
    assert verdict.alert is not None
    assert (verdict.verdict, verdict.deliverable, verdict.alert.sent) == ("warn", False, UNKNOWN_SENT)


def test_1_0_has_pairs_in_one_text_and_may_lack_a_scope() -> None:
    data = (
        BASE.replace(NS12, NS10)
        .replace("<responseType>Shelter</responseType>", "")
        .replace("Observed</certainty>", "Very Likely</certainty><eventCode>same=CAE=1</eventCode>")
        .replace("<scope>Public</scope>", "<password>x</password>")
        .encode()
    )
    alert = read(data)
    assert (alert.version, alert.scope, alert.info[0].eventCode) == ("1.0", "", (("same", "CAE=1"),))
    assert alert.info[0].certainty == "Likely"
    assert codes(data) == [
        "warning scope-missing", "note password-deprecated", "note certainty-very-likely", "note recommended-missing",
    ]  # fmt: skip
    assert not check(data).deliverable


def test_what_only_ends_like_a_name_of_cap_is_not_read() -> None:
    foreign = '<q:scope xmlns:q="http://www.w3.org/2000/09/xmldsig#">Private</q:scope>'
    padded = '<q:xxsender xmlns:q="http://www.w3.org/2000/09/xmldsig#">evil</q:xxsender>'
    alert = read(changed(("</alert>", foreign + padded + "</alert>")))
    assert (alert.scope, alert.sender) == ("Public", "alert@town.example")
