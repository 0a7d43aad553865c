"""The zones of a demo city, as its `demo.toml` lists them: built from TopoJSON at first start, or read from GeoJSON
beside it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from beffroi.errors import Unavailable
from beffroi.ops import django, zone_build
from beffroi.places import actions as places
from beffroi.places import geojson, select

CHECKOUT = Path(__file__).parents[2]


class DemoDataMissing(Unavailable):
    """A file that the demo is made from is not there: `make run` gets it."""

    code = "demo-data-missing"


def folder() -> Path:
    """The demo city's folder."""
    return django.city_file().parent


def recipe() -> dict[str, Any]:
    """What demo.toml says."""
    return tomllib.loads((folder() / "demo.toml").read_text(encoding="utf-8"))


def load(say: Callable[[str], None]) -> None:
    """Add the zones of each source whose type is not there yet."""
    known = {row.type for row in select.stock()}
    for source in recipe()["zones"]:
        if source["type"].upper() in known:
            continue
        say(f"Loading the places of {folder().name} ...")
        found = geojson.read(collection(source), code_key="code", name_key="name")
        places.add_zones(found, type=source["type"], version=source["version"], is_place=True)


def collection(source: dict[str, Any]) -> bytes:
    """The source as GeoJSON."""
    if "geojson" in source:
        return Path(folder() / source["geojson"]).read_bytes()
    file = CHECKOUT / source["topojson"]
    if not file.exists():
        raise DemoDataMissing(file=source["topojson"])
    built = zone_build.build(json.loads(file.read_bytes()), source["object"], source["prefixes"])
    return json.dumps(built.collection).encode()
