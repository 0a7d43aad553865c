"""GeoJSON in: what is right, what is mended, what is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.errors import BadInput
from beffroi.places.geojson import ZoneBad, ZoneFileBad, read

SQUARE = [[[4.0, 50.0], [5.0, 50.0], [5.0, 51.0], [4.0, 51.0], [4.0, 50.0]]]


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = geometry or {"type": "Polygon", "coordinates": SQUARE}
    return {"type": "Feature", "properties": {"code": "A1", "name": "Klokstad"} | properties, "geometry": shape}


def polygon(*ring: tuple[float, ...]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


def test_a_right_feature_is_taken_as_it_is() -> None:
    (one,) = read(collection(feature(names={"fr": "Clocheville"})))
    assert (one.code, one.name, one.names) == ("A1", "Klokstad", {"fr": "Clocheville"})
    assert one.shape.bounds == (4.0, 50.0, 5.0, 51.0)
    assert not one.is_repaired


def test_keys_can_be_chosen_and_a_code_may_be_a_number() -> None:
    (one,) = read(collection(feature(WARNCELLID=201068000, NAME="Seen")), code_key="WARNCELLID", name_key="NAME")
    assert (one.code, one.name) == ("201068000", "Seen")


def test_a_name_may_lack_and_loses_control_characters() -> None:
    first, second = read(collection(feature(code="A1", name=None), feature(code="A2", name="Alme\x85r\u202eia\n")))
    assert (first.name, second.name) == ("A1", "Almeria")


def test_the_digest_tells_contents_apart() -> None:
    def digest(*args: Any, **properties: Any) -> str:
        return read(collection(feature(*args, **properties)))[0].digest

    assert digest() == digest()
    different = {digest(), digest(name="x"), digest(code="x"), digest(polygon((4, 50), (5, 50), (5, 51), (4, 50)))}
    assert len(different) == 4


def test_crossing_rings_are_repaired_and_told() -> None:
    bow = polygon((0, 0), (2, 2), (2, 0), (0, 2), (0, 0))
    (one,) = read(collection(feature(bow)))
    assert one.is_repaired
    assert one.shape.is_valid
    assert one.shape.area == pytest.approx(2.0)


def test_an_open_ring_is_closed_and_height_is_dropped() -> None:
    (one,) = read(collection(feature(polygon((4, 50, 7), (5, 50, 7), (5, 51, 7)))))
    assert not one.shape.has_z
    assert one.shape.area == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (polygon((472000, 4370000), (473000, 4370000), (473000, 4371000), (472000, 4370000)), "not-in-degrees"),
        (polygon((50, 4), (50, 91), (51, 4), (50, 4)), "not-in-degrees"),
        (polygon((4, 50), (4, 50), (4, 50), (4, 50)), "no-area"),
        (polygon((4, 50), (5, 50), (6, 50), (4, 50)), "no-area"),
        (polygon((4, 50), (5, 50)), "no-geometry"),
        ({"type": "Point", "coordinates": [4, 50]}, "not-an-area"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        ({"type": "GeometryCollection", "geometries": []}, "not-an-area"),
        ({"type": "Polygon"}, "no-geometry"),
        ({"type": "Blob", "coordinates": SQUARE}, "no-geometry"),
        ("POLYGON", "no-geometry"),
    ],
)
def test_what_is_no_area_is_refused_by_name(geometry: Any, reason: str) -> None:
    with pytest.raises(ZoneBad) as caught:
        read(collection(feature(code="A0"), feature(geometry)))
    assert caught.value.facts == {"feature": "feature 2 (A1)", "reason": reason}
    assert caught.value.code == "zone-bad"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"type": "Feature", "geometry": None}, "no-properties"),
        ("text", "no-properties"),
        (feature(code=""), "no-code"),
        (feature(code="A\n1"), "no-code"),
    ],
)
def test_what_has_no_code_is_refused_by_number(bad: Any, reason: str) -> None:
    with pytest.raises(ZoneBad) as caught:
        read(collection(bad))
    assert caught.value.facts == {"feature": "feature 1", "reason": reason}


def test_names_are_by_language() -> None:
    for names in ("Klokstad", {"fr": 3}):
        with pytest.raises(ZoneBad) as caught:
            read(collection(feature(names=names)))
        assert caught.value.facts["reason"] == "names-not-by-language"


NAN = collection(feature(polygon((4, 50), (float("nan"), 50), (5, 51), (4, 50))))


def test_a_number_too_large_for_the_earth_is_refused() -> None:
    with pytest.raises(ZoneBad) as caught:
        read(NAN.replace(b"NaN", b"1e999"))
    assert caught.value.facts["reason"] == "not-in-degrees"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"features": 3}',
        b"\xff",
        b"[" * 100_000,
        b"null",
        NAN,
        NAN.replace(b"NaN", b"Infinity"),
    ],
)
def test_a_file_that_is_no_collection_is_refused(raw: bytes) -> None:
    with pytest.raises(ZoneFileBad):
        read(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
POSITIONS = st.lists(st.floats(-200, 200) | st.none(), min_size=1, max_size=3)
GEOMETRIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection"]),
        "coordinates": st.lists(st.lists(POSITIONS, max_size=6), max_size=3) | JSON,
    }
)


@given(GEOMETRIES | JSON)
def test_whatever_comes_is_a_valid_area_or_a_named_refusal(geometry: Any) -> None:
    try:
        (one,) = read(collection({"properties": {"code": "x"}, "geometry": geometry}))
    except BadInput as refusal:
        assert refusal.code in {"zone-bad", "zone-file-bad"}
    else:
        assert one.shape.is_valid
        assert one.shape.area > 0
