"""A schema-valid alert element to an `Alert`: the text of its fields, its times, references and shapes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

from lxml import etree

from beffroi.standards.cap import geometry
from beffroi.standards.cap.model import Alert, Area, Circle, Info, Pair, Point, Reference, Resource
from beffroi.standards.cap.outline import Outline, read_outline
from beffroi.standards.cap.schema import NAMESPACE_OF, Version, shape
from beffroi.standards.cap.verdict import Report, Where

UNKNOWN_SENT = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a `sent` that is missing or cannot be used; such a message is never deliverable."""

MAX_VERTICES = 200_000
"""Points of all polygons of one message. The largest real one seen, 1.7 MB, has room for half as many."""

QUOTED = re.compile(r'"([^"]*)"|(\S+)')

MANY = frozenset(
    {"code", "info", "category", "responseType", "eventCode", "parameter", "resource"}
    | {"area", "polygon", "circle", "geocode"}
)
"""Elements that may repeat in some version."""


class Builder:
    """Reads one alert; what it cannot read it notes in the report and leaves out."""

    def __init__(self, root: etree._Element, version: Version, report: Report) -> None:
        self.root = root
        self.version: Version = version
        self.report = report
        self.names = _names(version)
        self.outlines: dict[str, Outline] = {}
        self.vertices = 0
        self.comparisons = 0

    def alert(self) -> Alert:
        """The whole message."""
        one, many = self._children(self.root)
        infos = self.report.infos = many.get("info", [])
        references = self._references(one.get("references", ""))
        if "password" in one:
            self.report.add("password-deprecated", ("password",))
        return Alert(
            identifier=one.get("identifier", ""),
            sender=one.get("sender", ""),
            sent=self._time(one.get("sent"), ("sent",)) or UNKNOWN_SENT,
            status=one.get("status", ""),
            msgType=one.get("msgType", ""),
            scope=one.get("scope", ""),
            source=one.get("source") or None,
            restriction=one.get("restriction") or None,
            addresses=_quoted(one.get("addresses", "")),
            code=_texts(many.get("code")),
            note=one.get("note") or None,
            references=references,
            incidents=_quoted(one.get("incidents", "")),
            info=tuple([self._info(node, ("info", number)) for number, node in enumerate(infos, 1)]),
            version=self.version,
        )

    def _children(self, node: etree._Element) -> tuple[dict[str, str], dict[str, list[etree._Element]]]:
        """Texts of the elements that stand alone, and the elements of those that may repeat or hold others."""
        one: dict[str, str] = {}
        many: dict[str, list[etree._Element]] = {}
        names = self.names
        for child in node:
            name = names.get(child.tag)
            if name is None:
                continue
            if name in MANY:
                many.setdefault(name, []).append(child)
            else:
                one[name] = (child.text or "").strip()
        return one, many

    def _info(self, node: etree._Element, where: Where) -> Info:
        one, many = self._children(node)
        areas = many.get("area", ())
        if not one.get("language"):
            self.report.add("language-missing", where)
        if one.get("certainty") == "Very Likely":  # CAP 1.0 only; later versions say that it means this
            self.report.add("certainty-very-likely", (*where, "certainty"), severity="note")
            one["certainty"] = "Likely"
        return Info(
            language=one.get("language") or "en-US",
            category=_texts(many.get("category")),
            event=one.get("event", ""),
            responseType=_texts(many.get("responseType")),
            urgency=one.get("urgency") or "Unknown",
            severity=one.get("severity") or "Unknown",
            certainty=one.get("certainty") or "Unknown",
            audience=one.get("audience") or None,
            eventCode=self._pairs(many.get("eventCode")),
            effective=self._time(one.get("effective"), (*where, "effective")),
            onset=self._time(one.get("onset"), (*where, "onset")),
            expires=self._time(one.get("expires"), (*where, "expires")),
            senderName=one.get("senderName") or None,
            headline=one.get("headline") or None,
            description=one.get("description") or None,
            instruction=one.get("instruction") or None,
            web=one.get("web") or None,
            contact=one.get("contact") or None,
            parameter=self._pairs(many.get("parameter")),
            resource=tuple(map(self._resource, many.get("resource", ()))),
            area=tuple(self._area(area, (*where, "area", number)) for number, area in enumerate(areas, 1)),
        )

    def _pairs(self, nodes: list[etree._Element] | None) -> tuple[Pair, ...]:
        if not nodes:
            return ()
        if self.version == "1.0":
            halves = ((node.text or "").partition("=") for node in nodes)
            return tuple((name.strip(), value.strip()) for name, _, value in halves)
        return tuple(_pair(node) for node in nodes)

    def _resource(self, node: etree._Element) -> Resource:
        one, _ = self._children(node)
        size = one.get("size", "")
        return Resource(
            resourceDesc=one.get("resourceDesc", ""),
            mimeType=one.get("mimeType") or None,
            size=int(size) if size and len(size) < 20 else None,
            uri=one.get("uri") or None,
            derefUri=one.get("derefUri") or None,
            digest=one.get("digest") or None,
        )

    def _area(self, node: etree._Element, where: Where) -> Area:
        one, many = self._children(node)
        polygons, circles = many.get("polygon", ()), many.get("circle", ())
        rings = [self._polygon(node.text or "", (*where, "polygon", n)) for n, node in enumerate(polygons, 1)]
        rounds = [self._circle(node.text or "", (*where, "circle", n)) for n, node in enumerate(circles, 1)]
        return Area(
            areaDesc=one.get("areaDesc", ""),
            polygon=tuple([ring for ring in rings if ring]),
            circle=tuple([circle for circle in rounds if circle]),
            geocode=self._pairs(many.get("geocode")),
            altitude_ft=self._feet(one, "altitude", where),
            ceiling_ft=self._feet(one, "ceiling", where),
        )

    def _feet(self, one: dict[str, str], name: str, where: Where) -> float | None:
        text = one.get(name)
        if not text:
            return None
        if not geometry.NUMBER.fullmatch(text) or not abs(feet := float(text)) < 1e9:
            self.report.add("altitude-unreadable", (*where, name), name=name, value=text)
            return None
        return feet

    def _time(self, text: str | None, where: Where) -> datetime | None:
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            at = UNKNOWN_SENT
        if not 1970 < at.year < 9999:  # outside, arithmetic with time zones would overflow
            # 0001 and 9999 are how some programs write "none"; only a message without `sent` cannot do
            self.report.add("time-unreadable", where, severity=None if where == ("sent",) else "warning", value=text)
            return None
        if self.version == "1.2":
            return at
        # the older schemas let through what their texts forbid, so this is no error there
        if at.tzinfo is None:
            self.report.add("time-no-zone", where, severity="warning", value=text)
            return at.replace(tzinfo=UTC)
        if text[-1] == "Z":
            self.report.add("time-z", where, severity="warning", value=text)
        return at

    def _references(self, text: str) -> tuple[Reference, ...]:
        """Triples of sender,identifier,sent; a sender may have spaces in it where the whole can still be read."""
        if not text:
            return ()
        triples = _triples(text)
        found = []
        for sender, identifier, sent in triples:
            at = _instant(sent)
            if at is None or not sender or not identifier:
                self.report.add("references-unreadable", ("references",), value=f"{sender},{identifier},{sent}")
            else:
                found.append(Reference(sender=sender, identifier=identifier, sent=at))
        return tuple(found)

    def _polygon(self, text: str, where: Where) -> tuple[Point, ...] | None:
        outline = self.outlines.get(text)  # the languages of a message most often repeat the same areas
        if outline is None:
            self.vertices += text.count(",")
            if self.vertices > MAX_VERTICES:
                self.report.add("too-many-vertices", where, limit=MAX_VERTICES)
                return None
            outline = self.outlines[text] = read_outline(text, geometry.MAX_COMPARISONS - self.comparisons)
            self.comparisons += outline.compared
        for code, facts in outline.faults:
            self.report.record(code, where, facts)
        return outline.points

    def _circle(self, text: str, where: Where) -> Circle | None:
        circle = geometry.read_circle(text)
        if circle == "circle-unreadable":
            circle = geometry.read_circle(geometry.without_spacing(text))
            if circle != "circle-unreadable":
                self.report.add("circle-spacing", where)
        if isinstance(circle, str):
            self.report.add(circle, where, value=text)
            return None
        faults = list(geometry.circle_faults(circle))
        for code, facts in faults:
            self.report.record(code, where, facts)
        return None if any(code in geometry.UNUSABLE for code, _ in faults) else circle


@cache
def _names(version: Version) -> dict[str, str]:
    """CAP's names by whole tag: what merely ends like one (inside a signature, say) is nothing to us."""
    cap = f"{{{NAMESPACE_OF[version]}}}"
    return {cap + name: name for slots in shape(version).values() for name in slots}


def _pair(node: etree._Element) -> Pair:
    """The valueName and value of an element that the schema found to hold these two, or one after a repair."""
    if len(node) == 2:
        return (node[0].text or "").strip(), (node[1].text or "").strip()
    return (node.findtext("{*}valueName") or "").strip(), (node.findtext("{*}value") or "").strip()


def _texts(nodes: list[etree._Element] | None) -> tuple[str, ...]:
    return tuple((node.text or "").strip() for node in nodes) if nodes else ()


def _quoted(text: str) -> tuple[str, ...]:
    """Words parted by spaces; one with spaces inside is in double quotes (section 3.2.1, addresses and incidents)."""
    return tuple(found[1] or found[2] or "" for found in QUOTED.finditer(text)) if text else ()


def _triples(text: str) -> list[tuple[str, str, str]]:
    pieces = text.split(",")
    if len(pieces) % 2 == 1 and len(pieces) > 2:
        # a,b,sent c d,e,sent: between two commas stand one reference's time and the next one's sender
        seams = [piece.split(maxsplit=1) for piece in pieces[2:-1:2]]
        if all(len(seam) == 2 for seam in seams) and len(pieces[-1].split()) == 1:
            senders = [pieces[0], *(seam[1] for seam in seams)]
            times = [*(seam[0] for seam in seams), pieces[-1]]
            return [(s.strip(), i.strip(), t.strip()) for s, i, t in zip(senders, pieces[1::2], times, strict=True)]
    return [(*word.split(",", 2), "", "")[:3] for word in text.split()]  # type: ignore[misc]


def _instant(text: str) -> datetime | None:
    """The time of a reference; without a zone it is taken as UTC, as `sent` is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1970 < at.year < 9999:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
