"""`beffroi zones` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from beffroi.__main__ import main
from beffroi.places.models import Zone
from tests.ops.test_zone_build import topology
from tests.places.samples import collection


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.json"
    path.write_text(json.dumps(topology()), encoding="utf-8")
    return path


def test_build_writes_a_file_and_says_what_it_did(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "zones.geojson"
    words = ["zones", "build", "--from", str(source), "--object", "towns", "--prefix", "01,", "--out", str(out)]
    assert main(words) == 0
    assert len(json.loads(out.read_bytes())["features"]) == 3
    assert [path.name for path in out.parent.iterdir()] == ["zones.geojson"]
    assert capsys.readouterr().out.splitlines() == [
        f"3 zones in {out}",
        "2 too small for the grid of the source, drawn as rectangles that hold them:",
        "  0102 Point, 0103 Line",
    ]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("", []),
        ("[]", []),
        ("{}", []),
        (json.dumps(topology()), ["--object", "rivers"]),
        (json.dumps(topology()), ["--object", "towns", "--prefix", "99"]),
    ],
)
def test_build_refuses_a_bad_source_and_writes_nothing(
    source: Path, capsys: pytest.CaptureFixture[str], text: str, more: list[str]
) -> None:
    source.write_text(text, encoding="utf-8")
    out = source.with_name("zones.geojson")
    assert main(["zones", "build", "--from", str(source), "--out", str(out), *more]) == 2
    assert capsys.readouterr().err.startswith(f"beffroi: zone-source-bad: file={source}")
    assert not out.exists()


def test_build_refuses_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zones", "build", "--from", str(tmp_path / "no"), "--out", str(tmp_path / "out")]) == 2
    assert "zone-source-bad" in capsys.readouterr().err


def test_add_and_list_work_on_the_tables(machine: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "towns.geojson"
    file.write_bytes(collection())
    assert main(["zones", "add", str(file), "--type", "nis", "--version", "7", "--places"]) == 0
    assert main(["zones", "list"]) == 0
    assert Zone.objects.filter(type="NIS", version="7", is_place=True).count() == 3
    assert "NIS 7: 3 zones added, 0 already there, 0 repaired" in capsys.readouterr().out


def test_a_verb_is_needed() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["zones"])
    assert caught.value.code == 2
