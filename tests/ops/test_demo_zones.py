"""The zones of a demo city come from its recipe, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi.ops import demo_zones
from beffroi.places.models import Zone

DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture
def amiens(monkeypatch: pytest.MonkeyPatch, committed: None) -> None:
    monkeypatch.setenv("BEFFROI_CITY", str(DEMO / "amiens" / "city.toml"))


def test_loaded_once(amiens: None) -> None:
    said: list[str] = []
    demo_zones.load(said.append)
    before = set(Zone.objects.values_list("type", "code", "id"))
    assert said
    assert before
    demo_zones.load(said.append)
    assert set(Zone.objects.values_list("type", "code", "id")) == before
    assert len(said) == len({source["type"] for source in demo_zones.recipe()["zones"]})


def test_every_recipe_can_be_cooked(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in sorted(DEMO.glob("*/demo.toml")):
        monkeypatch.setenv("BEFFROI_CITY", str(folder.parent / "city.toml"))
        for source in demo_zones.recipe()["zones"]:
            assert demo_zones.collection(source).startswith(b"{")


def test_what_make_run_gets_is_named_when_it_is_not_there() -> None:
    with pytest.raises(demo_zones.DemoDataMissing) as missing:
        demo_zones.collection({"type": "X", "topojson": "frontend/node_modules/no-atlas/a.json"})
    assert missing.value.facts == {"file": "frontend/node_modules/no-atlas/a.json"}
