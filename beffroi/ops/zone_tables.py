"""The half of `beffroi zones` that needs the database: add and list."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from beffroi.errors import BadInput
from beffroi.places import actions, aliases, geojson, select


class FileUnreadable(BadInput):
    """A file named on the command line cannot be read."""

    code = "file-unreadable"


def add(options: argparse.Namespace) -> int:
    """Add the zones of a file, and the aliases of another."""
    raw = _read(options.file)
    features = geojson.read(raw, code_key=options.code_key, name_key=options.name_key)
    rows = aliases.read(_read(options.aliases), options.aliases.suffix) if options.aliases else []
    version = options.version or hashlib.sha256(raw).hexdigest()[:12]
    done = actions.add_zones(features, type=options.type, version=version, is_place=options.places)
    said = f"{done.added} zones added, {done.same} already there, {done.repaired} repaired"
    print(f"{options.type.upper()} {version}: {said}")
    if options.aliases:
        also = actions.add_aliases(rows)
        print(f"aliases: {also.added} added, {also.changed} changed, {also.same} already there")
        lost = select.dangling()
        if lost:
            print(f"{len(lost)} aliases lead to no zone (unknown until it is added): " + ", ".join(lost[:10]))
    return 0


def listing(_options: argparse.Namespace) -> int:
    """One line for each type and version."""
    stock = select.stock()
    print(f"{'TYPE':<24} {'VERSION':<16} {'ZONES':>6} {'PLACES':>6}")
    for row in stock:
        print(f"{row.type:<24} {row.version:<16} {row.zones:>6} {row.places:>6}")
    print(f"{sum(row.zones for row in stock)} zones, {select.alias_count()} aliases")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise FileUnreadable(file=str(path)) from err
