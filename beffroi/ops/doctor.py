"""`beffroi doctor`: what this machine has of what Beffroi needs, one line each; 0 all there, 1 something is missing."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from beffroi import env
from beffroi.city import reader
from beffroi.errors import BeffroiError
from beffroi.lib.keys import Keyring
from beffroi.ops import django, postgres

HOUSE = Path(__file__).resolve().parents[1]
VENDOR = HOUSE / "web" / "static" / "vendor"
TEST_PACKAGES = HOUSE.parent / "scripts" / "test-packages"  # in a checkout only
POSTGRESQL = range(15, 19)
CONNECT_S = 5
ALMIGHTY = """SELECT rolsuper OR EXISTS (SELECT FROM pg_class WHERE relowner = role.oid)
    FROM pg_roles AS role WHERE rolname = current_user"""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was seen, and whether that is as it should be."""

    name: str
    seen: str
    is_ok: bool = True


def python() -> Iterator[Finding]:
    """The interpreter."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("python", f"{version}, {sys.executable}", is_ok=(3, 11) <= sys.version_info < (3, 15))


def city() -> Iterator[Finding]:
    """The city that this machine serves: its file can be read and has no unknown key."""
    file = _city_file()
    try:
        yield Finding("city", f"{reader.load(file).slug}, {file}")
    except BeffroiError as err:
        yield _refused("city", str(file), err)


def keys() -> Iterator[Finding]:
    """The city's keys: all there, whole, readable by nobody else."""
    folder = env.path("BEFFROI_KEYS", env.path("BEFFROI_HOME", postgres.state(_purpose())) / "keys")
    try:
        Keyring.load(folder)
        yield Finding("keys", str(folder))
    except BeffroiError as err:
        yield _refused("keys", str(folder), err)


def _city_file() -> Path:
    return env.path("BEFFROI_CITY", django.DEMO_CITY)


def _purpose() -> str:
    """The name of the city's folder is the name of its state (ops/django.py chooses the same)."""
    return _city_file().parent.name


def _refused(name: str, what: str, err: BeffroiError) -> Finding:
    facts = ", ".join(f"{fact}={value}" for fact, value in err.facts.items())
    return Finding(name, f"{what}: {err.code} {facts}", is_ok=False)


def state() -> Iterator[Finding]:
    """The folder for the embedded database, or the place where it will be made; the city's own server needs none."""
    if env.text("DATABASE_URL"):
        return
    folder = postgres.state(_purpose()).parent
    nearest = next(part for part in [folder, *folder.parents] if part.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        yield Finding("state", str(folder))
    else:
        yield Finding("state", f"{folder}: cannot write in {nearest}", is_ok=False)


def database() -> Iterator[Finding]:
    """The city's own server, or the embedded one; reachable, of a version we know, the application not almighty."""
    kind = "DATABASE_URL" if env.text("DATABASE_URL") else "embedded"
    try:
        server = postgres.database(_purpose())
    except BeffroiError as err:
        yield _refused("database", kind, err)
        return
    yield _connect("database", server.app_url, kind)
    if server.owner_url:
        yield _connect("database owner", server.owner_url, kind)


def _connect(name: str, url: str, kind: str) -> Finding:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_S) as connection:
            version = connection.info.server_version
            may_do_all = connection.execute(ALMIGHTY).fetchone()
    except psycopg.Error as err:
        return Finding(name, f"{kind}: {' '.join(str(err).split())}", is_ok=False)
    seen = f"PostgreSQL {version // 10000}.{version % 10000}, {kind}"
    if version // 10000 not in POSTGRESQL:
        return Finding(name, f"{seen}: {POSTGRESQL[0]} to {POSTGRESQL[-1]} is needed", is_ok=False)
    if name == "database" and may_do_all != (False,):
        return Finding(name, f"{seen}: this role owns tables or is a superuser, so nothing holds it back", is_ok=False)
    return Finding(name, seen)


def pages() -> Iterator[Finding]:
    """The scripts and styles from npm, as they were when they were copied."""
    manifest = VENDOR / "manifest.json"
    if not manifest.exists():
        yield Finding("pages", "the files from npm are not there: run scripts/setup", is_ok=False)
        return
    for package, about in json.loads(manifest.read_text(encoding="utf-8")).items():
        bad = [file for file, digest in about["files"].items() if _digest(VENDOR / package / file) != digest]
        yield Finding(
            "pages",
            " ".join([package, about["version"], *(f"({file} is not as copied)" for file in bad)]),
            is_ok=not bad,
        )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def tools() -> Iterator[Finding]:
    """What `make test` needs beside Python packages; asked in a checkout only."""
    if not TEST_PACKAGES.exists():
        return
    for line in TEST_PACKAGES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            package, command = line.split()
            found = shutil.which(command)
            yield Finding("test tools", found or f"{command}: apt-get install {package} (as root)", is_ok=bool(found))


CHECKS: list[Callable[[], Iterator[Finding]]] = [python, city, state, keys, database, pages, tools]


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print each finding; the exit status says whether all is well."""
    findings = []
    for check in CHECKS:
        for finding in check():
            findings.append(finding)
            print(f"{'ok     ' if finding.is_ok else 'MISSING'}  {finding.name:<14}  {finding.seen}", flush=True)
    return 0 if all(finding.is_ok for finding in findings) else 1
