"""Codes to shapes, areas to names of places; an unknown zone is never everyone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import Point, Polygon, box

from beffroi.city.model import Border
from beffroi.places import select
from beffroi.places.actions import add_aliases, add_zones
from beffroi.places.aliases import AliasRow
from beffroi.places.geojson import ZoneBad, read
from tests.city.samples import city
from tests.places.samples import collection, towns

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> None:
    add_zones(towns(), type="NIS", version="1", is_place=True)


def alias(code: str, target: str) -> AliasRow:
    kind, _, zone = target.partition("/")
    return AliasRow(type="NUTS3", code=code, zone_type=kind, zone_code=zone)


@pytest.mark.usefixtures("row")
class TestFind:
    def test_type_is_compared_without_case_and_code_exactly(self) -> None:
        for kind in ("NIS", "nis", " Nis "):
            shape = select.find(kind, " B ")
            assert shape is not None
            assert shape.equals(box(1, 50, 2, 51))
        assert select.find("NIS", "b") is None
        assert select.find("INE", "B") is None

    def test_alias_is_followed_once(self) -> None:
        add_aliases([alias("X1", "nis/B"), alias("X2", "NUTS3/X1"), alias("X3", "NIS/none")])
        shape = select.find("nuts3", "X1")
        assert shape is not None
        assert shape.bounds == (1.0, 50.0, 2.0, 51.0)
        assert select.find("NUTS3", "X2") is None
        assert select.find("NUTS3", "X3") is None
        assert select.dangling() == ["NUTS3/X2", "NUTS3/X3"]
        assert select.alias_count() == 3

    def test_a_zone_goes_before_an_alias_of_the_same_code(self) -> None:
        add_aliases([alias("X1", "NIS/B")])
        add_zones([replace(towns()[2], code="X1")], type="NUTS3", version="1")
        shape = select.find("NUTS3", "X1")
        assert shape is not None
        assert shape.bounds == (2.0, 50.0, 3.0, 51.0)

    def test_the_version_added_last_counts(self) -> None:
        add_zones(towns(side=0.5)[:1], type="NIS", version="0")
        newer, older = select.find("NIS", "A"), select.find("NIS", "B")
        assert newer is not None
        assert older is not None
        assert (newer.area, older.area) == (0.5, 1.0)


@pytest.mark.usefixtures("row")
class TestResolve:
    def test_union_of_what_is_known(self) -> None:
        resolved = select.resolve([("nis", "A"), ("NIS", "B"), ("NIS", "A")])
        assert resolved.geometry.equals(box(0, 50, 2, 51))
        assert resolved.unknown == ()

    def test_unknown_zones_are_told_as_they_were_asked(self) -> None:
        resolved = select.resolve([("emma_id", "ES1"), ("NIS", "A"), ("NIS", "Z"), ("emma_id", "ES1")])
        assert resolved.geometry.equals(box(0, 50, 1, 51))
        assert resolved.unknown == (("emma_id", "ES1"), ("NIS", "Z"))

    @pytest.mark.parametrize(
        "pairs", [[], [("NIS", "Z")], [("", "")], [("NIS", "")], [("%", "%"), ("NIS", "' OR 1=1")]]
    )
    def test_unknown_is_never_everyone(self, pairs: list[tuple[str, str]]) -> None:
        resolved = select.resolve(pairs)
        assert resolved.geometry.is_empty
        assert list(resolved.unknown) == pairs

    def test_more_zones_than_a_query_has_parameters(self) -> None:
        pairs = [("NIS", str(n)) for n in range(70_000)]
        resolved = select.resolve([*pairs, ("NIS", "C")])
        assert resolved.geometry.bounds == (2.0, 50.0, 3.0, 51.0)
        assert len(resolved.unknown) == 70_000


@pytest.mark.usefixtures("row")
class TestPlaces:
    def test_places_are_what_can_be_picked_in_the_order_of_readers(self) -> None:
        names = ["Zele", "Éghezée", "eeklo", "Ath"]
        zones = [replace(towns()[0], code=str(n), name=name) for n, name in enumerate(names)]
        add_zones(zones, type="QUARTER", version="1", is_place=True)
        add_zones([replace(towns()[0], code="x", name="Bosje")], type="EMMA_ID", version="1")
        assert [place.name for place in select.places()] == [
            "Aarle",
            "Ath",
            "Berg",
            "Cours",
            "eeklo",
            "Éghezée",
            "Zele",
        ]

    def test_a_place_is_its_newest_version(self) -> None:
        add_zones(towns(names={"fr": "Ville"})[:1], type="NIS", version="2", is_place=True)
        add_zones(towns()[2:], type="NIS", version="2")
        first, second = select.places()
        assert (first.code, first.name_in("fr"), first.name_in("nl")) == ("A", "Ville", "Aarle")
        assert (second.code, second.lat, second.lon, second.bounds) == ("B", 50.5, 1.5, (1, 50, 2, 51))

    def test_shapes_are_those_of_the_places(self) -> None:
        add_zones(towns(), type="EMMA_ID", version="1")
        add_zones(towns(side=0.5)[1:2], type="NIS", version="2", is_place=True)
        assert [shape.area for shape in select.shapes()] == [1.0, 0.5, 1.0]

    @pytest.mark.parametrize(
        ("area", "names"),
        [
            (box(0.2, 50.2, 0.4, 50.4), ["Aarle"]),
            (box(0.5, 50.2, 1.5, 50.4), ["Aarle", "Berg"]),
            (box(1, 50, 2, 51), ["Berg"]),
            (box(-9, 40, 9, 60), ["Aarle", "Berg", "Cours"]),
            (box(5, 50, 6, 51), []),
            (Point(2.5, 50.5), ["Cours"]),
            (Polygon(), []),
        ],
    )
    def test_touched_places_are_those_that_share_more_than_an_edge(self, area: Polygon, names: list[str]) -> None:
        assert select.place_names(area) == names

    def test_names_of_touched_places_are_in_the_language(self) -> None:
        add_zones(towns(names={"fr": "Ville"})[:1], type="NIS", version="2", is_place=True)
        assert select.place_names(box(0.5, 50.2, 1.5, 50.4), "fr") == ["Berg", "Ville"]

    def test_features_can_be_read_again(self) -> None:
        features = select.place_features()
        again = read(json.dumps(features).encode())
        assert [(one.code, one.name, one.shape.bounds) for one in again] == [
            (one.code, one.name, one.shape.bounds) for one in towns()
        ]

    def test_stock_counts_by_type_and_version(self) -> None:
        add_zones(towns()[:1], type="EMMA_ID", version="7")
        assert select.stock() == [
            select.Stock(type="EMMA_ID", version="7", zones=1, places=0),
            select.Stock(type="NIS", version="1", zones=3, places=3),
        ]


class TestBorder:
    def test_zones_of_a_type_make_the_border_and_a_new_version_is_seen(self, tmp_path: Path) -> None:
        town = city(tmp_path)
        with pytest.raises(select.BorderUnknown) as caught:
            select.border(town)
        assert (caught.value.code, caught.value.facts) == ("border-unknown", {"type": "NIS"})
        add_zones(towns(), type="nis", version="1")
        assert select.border(town).equals(box(0, 50, 3, 51))
        add_zones(towns(side=0.5), type="nis", version="2")
        assert select.border(town).area == pytest.approx(1.5)

    def test_a_file_makes_the_border(self, tmp_path: Path) -> None:
        file = tmp_path / "border.geojson"
        file.write_bytes(collection())
        town = replace(city(tmp_path), border=Border(file=file))
        assert select.border(town).equals(box(0, 50, 3, 51))
        file.write_bytes(collection(code=""))
        with pytest.raises(ZoneBad):
            select.border(town)
