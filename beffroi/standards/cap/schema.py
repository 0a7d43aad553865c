"""Our schemas of CAP 1.0, 1.1 and 1.2: is a message valid, what is wrong, and what shape should it have."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Literal, cast

from lxml import etree

from beffroi.standards.cap.verdict import Where

Version = Literal["1.0", "1.1", "1.2"]

NAMESPACES: dict[str, Version] = {
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
NAMESPACE_OF: dict[Version, str] = {version: namespace for namespace, version in NAMESPACES.items()}
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"

FOLDER = Path(__file__).parent / "schema"
XS = "{http://www.w3.org/2001/XMLSchema}"

MAX_FAULTS = 100
"""Faults that are explained; each costs a search for its place."""

_lock = threading.Lock()
"""A schema object keeps the errors of its last validation, so validating and reading them is one step."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the schema does not allow, in libxml2's words without the namespaces."""

    code: str
    where: Where
    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Slot:
    """An element that may stand in another: at which place, how often, and holding what."""

    name: str
    place: int
    is_required: bool
    is_many: bool
    kind: str
    """Name of the type in the schema, without prefix: string, Time, Status, Info, ..."""
    values: tuple[str, ...] = ()
    """The words that are allowed, where they are listed."""


@cache
def _document(version: Version) -> etree._ElementTree:
    return etree.parse(FOLDER / f"cap-{version}.xsd", etree.XMLParser(no_network=True, resolve_entities=False))


@cache
def _schema(version: Version) -> etree.XMLSchema:
    return etree.XMLSchema(_document(version))


@cache
def _explaining_schema(version: Version) -> etree.XMLSchema:
    """A second object, so that the first needs no lock."""
    return etree.XMLSchema(_document(version))


def is_valid(root: etree._Element, version: Version) -> bool:
    """True when the alert keeps to the schema of its version."""
    return _schema(version).validate(root)


def faults(root: etree._Element, version: Version) -> list[Fault]:
    """What the schema says against the alert; `root` is the root of its tree. Empty when it is valid."""
    schema = _explaining_schema(version)
    with _lock:
        if schema.validate(root):
            return []
        log = list(islice(cast("Iterable[etree._LogEntry]", schema.error_log), MAX_FAULTS))
    return [_fault(root, entry) for entry in log]


def _fault(root: etree._Element, entry: etree._LogEntry) -> Fault:
    kind = entry.type_name
    if kind.startswith(("SCHEMAV_CVC_COMPLEX_TYPE_3", "SCHEMAV_CVC_TYPE_3_1_1")):
        code = "schema-attribute"
    elif kind in {"SCHEMAV_ELEMENT_CONTENT", "SCHEMAV_CVC_COMPLEX_TYPE_2_3"}:
        code = "schema-content"
    elif "DATATYPE" in kind or kind.endswith("_VALID"):
        code = "schema-value"
    else:
        code = "schema-other"
    words = entry.message
    for namespace in NAMESPACES:
        words = words.replace(f"{{{namespace}}}", "")
    return Fault(code, _where(root, entry.path), entry.line, words)


def _where(root: etree._Element, path: str | None) -> Where:
    """The place that libxml2 names by XPath; the alert itself where the path has prefixes declared further down."""
    prefixes = {prefix: namespace for prefix, namespace in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes) if path else []
    except etree.XPathError:
        return ()
    return place_of(found[0]) if isinstance(found, list) and found and isinstance(found[0], etree._Element) else ()


def place_of(node: etree._Element) -> Where:
    """Where an element stands below its alert."""
    steps: list[str | int] = []
    while (above := node.getparent()) is not None:
        name = etree.QName(node).localname
        number = sum(1 for _ in node.itersiblings(node.tag, preceding=True)) + 1
        steps[:0] = [name, number] if name in _repeatable() or number > 1 else [name]
        node = above
    return tuple(steps)


@cache
def _repeatable() -> frozenset[str]:
    return frozenset(slot.name for slots in shape("1.2").values() for slot in slots.values() if slot.is_many)


@cache
def shape(version: Version) -> dict[str, dict[str, Slot]]:
    """The schema as tables: for each type that holds elements (Alert, Info, ...) its slots by name, in order."""
    top = _document(version).getroot()
    words = {
        str(simple.get("name")): tuple(str(value.get("value")) for value in simple.iter(f"{XS}enumeration"))
        for simple in top.iterchildren(f"{XS}simpleType")
    }
    return {str(kind.get("name")): dict(_slots(kind, words)) for kind in top.iterchildren(f"{XS}complexType")}


def _slots(kind: etree._Element, words: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Slot]]:
    for place, element in enumerate(kind.iter(f"{XS}element")):
        name, holds = str(element.get("name")), str(element.get("type")).partition(":")[2]
        yield (
            name,
            Slot(
                name,
                place,
                is_required=element.get("minOccurs") != "0",
                is_many=element.get("maxOccurs") == "unbounded",
                kind=holds,
                values=words.get(holds, ()),
            ),
        )
