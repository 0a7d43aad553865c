"""Adding and listing on the tables; real zones and aliases of a weather network where they are at hand."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from beffroi.ops import zones
from beffroi.ops.zone_tables import FileUnreadable, add, listing
from beffroi.places import select
from beffroi.places.models import Zone
from tests.places.samples import collection

SHARED = Path(os.environ.get("BEFFROI_SHARED", Path(__file__).parents[2] / "../shared")) / "data" / "cap" / "zones"

pytestmark = pytest.mark.django_db


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    zones.arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "towns.geojson"
    path.write_bytes(collection())
    return path


def test_the_same_file_twice_is_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(options("add", str(file), "--type", "NIS")) == 0
    assert add(options("add", str(file), "--type", "NIS")) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("3 zones added, 0 already there, 0 repaired")
    assert second.endswith("0 zones added, 3 already there, 0 repaired")
    file.write_bytes(collection(side=0.5))
    add(options("add", str(file), "--type", "NIS"))
    assert Zone.objects.count() == 6
    assert not Zone.objects.filter(is_place=True).exists()


def test_aliases_are_added_and_those_that_lead_nowhere_are_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = file.with_name("aliases.csv")
    table.write_text("type,code,target\nNUTS3,X1,NIS/A\nNUTS3,X2,NIS/Z\n", encoding="utf-8")
    assert add(options("add", str(file), "--type", "NIS", "--aliases", str(table))) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "aliases: 2 added, 0 changed, 0 already there",
        "1 aliases lead to no zone (unknown until it is added): NUTS3/X2",
    ]


def test_listing_has_one_line_for_each_version(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(options("add", str(file), "--type", "NIS", "--version", "1", "--places"))
    add(options("add", str(file), "--type", "EMMA_ID", "--version", "1"))
    capsys.readouterr()
    assert listing(options("list")) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["EMMA_ID", "1", "3", "0"], ["NIS", "1", "3", "3"], ["6", "zones,", "0", "aliases"]]


def test_nothing_is_added_when_a_file_cannot_be_read(file: Path) -> None:
    with pytest.raises(FileUnreadable):
        add(options("add", str(file), "--type", "NIS", "--aliases", str(file.with_name("no.tsv"))))
    assert Zone.objects.count() == 0


@pytest.mark.skipif(not SHARED.exists(), reason=f"no zones of a weather network at {SHARED} (set BEFFROI_SHARED)")
def test_zones_of_a_weather_network_with_their_aliases() -> None:
    file, table = SHARED / "EMMA_ID.geojson", SHARED / "geocode_aliases.tsv"
    assert add(options("add", str(file), "--type", "EMMA_ID", "--aliases", str(table))) == 0
    assert Zone.objects.count() == 2209
    assert select.alias_count() == 851
    assert select.dangling() == []
    direct, by_alias = select.find("emma_id", "AT003"), select.find("NUTS3", "AT331")
    assert direct is not None
    assert by_alias is not None
    assert by_alias.equals(direct)
    assert all(name.isprintable() for name in Zone.objects.values_list("name", flat=True))
