"""A feed of CAP messages in Atom (RFC 4287), as OASIS "Example Practices: CAP Feeds" (CN02) advises."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from beffroi.standards.cap.model import Reference
from beffroi.standards.characters import clean

NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"

_NSMAP: dict[str, str] = {None: NAMESPACE}  # type: ignore[dict-item]  # lxml-stubs know no default namespace
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One CAP message; an Update or Cancel is an entry of its own, and the older message keeps its own.

    `key`: the message's identity (`Alert.key`); its bytes never change, so `sent` is also when the entry was updated.
    `href`: absolute address of the bytes. `category`: CAP's words.
    """

    key: Reference
    href: str
    title: str
    summary: str | None = None
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`id`: an IRI that never changes; `self_href`: absolute address of this feed; `author`: who is responsible."""

    id: str
    title: str
    self_href: str
    updated: datetime
    author: str
    entries: Sequence[Entry]
    rights: str
    lang: str


def write(feed: Feed) -> bytes:
    """The feed in UTF-8, entries in the order given (newest first is usual). Every datetime must be aware."""
    root = etree.Element(f"{{{NAMESPACE}}}feed", nsmap=_NSMAP)
    root.set(_LANG, clean(feed.lang))
    _put(root, "id", feed.id)
    _put(root, "title", feed.title)
    _link(root, rel="self", type="application/atom+xml", href=feed.self_href)
    _put(root, "updated", _time(feed.updated))
    _put(_put(root, "author"), "name", feed.author)
    _put(root, "rights", feed.rights)
    for entry in feed.entries:
        _entry(root, entry)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def entry_id(key: Reference) -> str:
    """A permanent IRI for a CAP message, from its identity (sender, identifier, sent as an instant).

    A name-based UUID (RFC 9562, version 5): always a valid IRI, whatever characters the identity has.
    """
    instant = key.sent.astimezone(UTC).isoformat(timespec="seconds")
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{key.sender},{key.identifier},{instant}").urn


def _entry(root: etree._Element, entry: Entry) -> None:
    node = _put(root, "entry")
    _put(node, "id", entry_id(entry.key))
    _put(node, "title", entry.title)
    _put(node, "updated", _time(entry.key.sent))
    _link(node, rel="alternate", type=CAP_TYPE, href=entry.href)
    for category in entry.category:
        _put(node, "category").set("term", clean(category))
    if entry.summary is not None:
        _put(node, "summary", entry.summary)


def _put(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    node.text = None if text is None else clean(text)
    return node


def _link(parent: etree._Element, **attributes: str) -> None:
    link = _put(parent, "link")
    for name, value in attributes.items():
        link.set(name, clean(value))


def _time(at: datetime) -> str:
    """RFC 3339, as RFC 4287 section 3.3 wants it."""
    if at.utcoffset() is None:
        raise ValueError("a time in a feed must be aware")
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
