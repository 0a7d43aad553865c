"""What a feed holds: the alerts inside it and the links to alerts elsewhere.

Atom and RSS with the alert embedded or linked, EDXL-DE with embedded content, `<alerts>` and other wrappers, and, so
that a caller needs no second way, a single message.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from beffroi.standards.cap import guard
from beffroi.standards.cap.guard import Refused
from beffroi.standards.cap.schema import NAMESPACES
from beffroi.standards.cap.verdict import line_of

Kind = Literal["message", "atom", "rss", "edxl", "wrapper"]

KINDS: dict[str, Kind] = {"feed": "atom", "rss": "rss", "rdf": "rss", "edxldistribution": "edxl", "alerts": "wrapper"}
CAP_TYPES = ("application/cap+xml", "application/common-alerting-protocol+xml")
XML_TYPES = (*CAP_TYPES, "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a feed whose alert is elsewhere. `updated` is the feed's own text: it has every form there is."""

    href: str
    id: str | None
    updated: str | None


@dataclass(frozen=True, slots=True)
class Container:
    """A document taken apart. Each of `alerts` is the root of its own tree, with the lines of the document."""

    kind: Kind
    alerts: tuple[etree._Element, ...]
    links: tuple[Link, ...] = ()
    ids: tuple[str, ...] = ()
    """The ids of all entries, in order, embedded or linked."""


def unpack(data: bytes) -> Container:
    """Take a document apart. Raises `Refused` where it cannot be parsed or is nothing that holds alerts."""
    root = guard.parse(data)
    name = etree.QName(root).localname.lower()
    if name == "alert":
        return Container("message", (root,))
    if KINDS.get(name) in {"atom", "rss"}:
        return _feed(root, KINDS[name])
    alerts = tuple(_alerts(root))
    if not alerts and name not in KINDS:
        raise Refused("not-cap", line=line_of(root), name=etree.QName(root).localname)
    return Container(KINDS.get(name, "wrapper"), alerts)


def to_bytes(alert: etree._Element) -> bytes:
    """An embedded alert as a document of its own."""
    return etree.tostring(alert, encoding="UTF-8", xml_declaration=True, with_tail=False)


def _feed(root: etree._Element, kind: Kind) -> Container:
    links: list[Link] = []
    ids: list[str] = []
    for entry in root.iter("{*}entry", "{*}item"):
        entry_id = _text(entry, "id", "guid")
        if entry_id:
            ids.append(entry_id)
        href = None if any(map(_is_alert, entry.iter("{*}alert"))) else _href(entry)
        if href:
            links.append(Link(href, entry_id, _text(entry, "updated", "pubDate", "date", "published")))
    return Container(kind, tuple(_alerts(root)), tuple(links), tuple(ids))


def _alerts(node: etree._Element) -> Iterator[etree._Element]:
    """The alerts below, not those inside another alert; something else that is called alert is passed over."""
    rest = list(reversed(node))
    while rest:
        below = rest.pop()
        if _is_alert(below):
            yield _alone(below)
        else:
            rest.extend(reversed(below))


def _is_alert(node: etree._Element) -> bool:
    if etree.QName(node).localname.lower() != "alert":
        return False
    if etree.QName(node).namespace in NAMESPACES:
        return True
    return any(etree.QName(child).localname == "identifier" for child in node)


def _alone(alert: etree._Element) -> etree._Element:
    """A copy without what follows it, so that its tree is the message and nothing else.

    One alert beyond the limit refuses the whole feed: no real one has such a thing in it.
    """
    if 2 * sum(1 for _ in alert.iter()) > guard.MAX_MESSAGE_TAGS:
        raise Refused("too-many-tags", line=line_of(alert), limit=guard.MAX_MESSAGE_TAGS)
    alone = copy.deepcopy(alert)
    alone.tail = None
    return alone


def _text(entry: etree._Element, *names: str) -> str | None:
    for name in names:
        for child in entry.iterchildren("{*}" + name):
            if child.text and child.text.strip():
                return str(child.text).strip()
    return None


def _href(entry: etree._Element) -> str | None:
    """The best link of an entry: of CAP's own type, else the entry itself as XML, else the entry itself."""
    found: list[tuple[int, str]] = []
    for link in entry.iterchildren("{*}link", "{*}enclosure"):
        href = (link.get("href") or link.get("url") or link.text or "").strip()
        kind, rel = (link.get("type") or "").lower().partition(";")[0].strip(), link.get("rel") or "alternate"
        if not href or rel not in {"alternate", "enclosure"}:
            continue
        if kind in CAP_TYPES:
            rank = 0
        elif kind in XML_TYPES:
            rank = 1
        elif not kind.startswith(("text/html", "image/", "audio/", "video/")):
            rank = 2
        else:
            continue
        found.append((rank, href))
    return min(found, key=lambda pair: pair[0])[1] if found else None
