"""`beffroi zones`: zones are data; build a file of them, add it, list what is there (docs/zones.md)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from beffroi.errors import BadInput
from beffroi.ops import django
from beffroi.ops.zone_build import build
from beffroi.standards.topojson import TopologyError


class ZoneSourceBad(BadInput):
    """The TopoJSON file cannot be read, or holds no area that was asked for."""

    code = "zone-source-bad"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands add, build and list."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="add the areas of a GeoJSON file; adding the same again changes nothing")
    add.add_argument("file", type=Path, metavar="FILE.geojson")
    add.add_argument("--type", required=True, help="what feeds call this kind of zone: INE, EMMA_ID, NUTS3 ...")
    add.add_argument("--code-key", default="code", help="property that holds the code (default: code)")
    add.add_argument("--name-key", default="name", help="property that holds the name (default: name)")
    add.add_argument("--version", help="default: the beginning of the file's SHA-256")
    add.add_argument("--places", action="store_true", help="residents can pick them")
    add.add_argument("--aliases", type=Path, metavar="FILE", help=".tsv or .csv with columns type, code, target")
    add.set_defaults(run=django.later("zone_tables:add"))
    make = verbs.add_parser("build", help="make a GeoJSON file from TopoJSON; needs no database")
    make.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE.json")
    make.add_argument("--object", default="municipalities", help="the object to take (default: municipalities)")
    make.add_argument("--prefix", default="", help="beginnings of the ids to take, with commas between; default: all")
    make.add_argument("--out", type=Path, required=True, metavar="FILE.geojson")
    make.set_defaults(run=_build)
    verbs.add_parser("list", help="types, versions and counts").set_defaults(run=django.later("zone_tables:listing"))


def _build(options: argparse.Namespace) -> int:
    try:
        source = json.loads(options.source.read_bytes())
        built = build(source, options.object, options.prefix.replace(",", " ").split() or [""])
    except (OSError, ValueError, AttributeError, TopologyError) as err:
        raise ZoneSourceBad(file=str(options.source), detail=str(err)) from err
    count = len(built.collection["features"])
    if count == 0:
        raise ZoneSourceBad(file=str(options.source), detail="no area with this prefix")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    part = options.out.with_name(options.out.name + ".part")
    part.write_text(json.dumps(built.collection, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    part.replace(options.out)
    print(f"{count} zones in {options.out}")
    if built.rectangles:
        print(f"{len(built.rectangles)} too small for the grid of the source, drawn as rectangles that hold them:")
        print("  " + ", ".join(built.rectangles))
    return 0
