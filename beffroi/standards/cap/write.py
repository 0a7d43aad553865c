"""An Alert as a CAP 1.2 document; what a strict reader would refuse is refused here, before anyone can publish it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from lxml import etree

from beffroi.errors import BadInput
from beffroi.standards.cap.model import Alert, Area, Circle, Info, Pair, Point, Reference, Resource
from beffroi.standards.characters import clean

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

_NSMAP: dict[str, str] = {None: NAMESPACE}  # type: ignore[dict-item]  # lxml-stubs know no default namespace
_CHOICES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "status": "Actual Exercise System Test Draft",
        "msgType": "Alert Update Cancel Ack Error",
        "scope": "Public Restricted Private",
        "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
        "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
        "urgency": "Immediate Expected Future Past Unknown",
        "severity": "Extreme Severe Moderate Minor Unknown",
        "certainty": "Observed Likely Possible Unlikely Unknown",
    }.items()
}
_IDENTITY = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\[\]]+")
_RELATIVE = re.compile(r"[^\s<>\"{}|\\^`\[\]]+")
_WIDEST_OFFSET = timedelta(hours=14)  # of xs:dateTime


class Unwritable(BadInput):
    """This message would not be valid CAP 1.2. Facts: `element` (CAP's name) and a stable `reason`.

    Reasons: empty, identity, choice, language, uri, time, references, restriction, addresses, quote, category,
    mimeType, size, polygon, coordinates, radius, ceiling, version.
    """

    code = "cap-unwritable"


def write(alert: Alert) -> bytes:
    """CAP 1.2 in UTF-8, without blanks between elements: it then verifies also for receivers that strip them.

    Every datetime must be aware, in whole seconds (`sent` is part of the identity and CAP has no fractions). A text
    that is not there is None, never "". Raises Unwritable.
    """
    _check(alert)
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap=_NSMAP)
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", _time("sent", alert.sent))
    _choose(root, "status", alert.status)
    _choose(root, "msgType", alert.msgType)
    _put(root, "source", alert.source)
    _choose(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "addresses", _listed("addresses", alert.addresses))
    for code in alert.code:
        _put(root, "code", code)
    _put(root, "note", alert.note)
    _put(root, "references", " ".join(map(_triple, alert.references)) or None)
    _put(root, "incidents", _listed("incidents", alert.incidents))
    for info in alert.info:
        _info(root, info)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _refuse_if(fault: bool, element: str, reason: str) -> None:
    if fault:
        raise Unwritable(element=element, reason=reason)


def _check(alert: Alert) -> None:
    """What the elements of `alert` say about each other (CAP 1.2, section 3.2.1)."""
    _refuse_if(alert.version != "1.2", "alert", "version")
    for key in (alert.key, *alert.references):
        for name, text in (("identifier", key.identifier), ("sender", key.sender)):
            _refuse_if(not _IDENTITY.fullmatch(text) or clean(text) != text, name, "identity")
        _time("sent", key.sent)
    _refuse_if(alert.msgType != "Alert" and not alert.references, "references", "references")
    for earlier in alert.references:
        _refuse_if(earlier == alert.key or earlier.sent > alert.sent, "references", "references")
    _refuse_if((alert.scope == "Restricted") != (alert.restriction is not None), "restriction", "restriction")
    _refuse_if(alert.scope == "Private" and not alert.addresses, "addresses", "addresses")


def _info(root: etree._Element, info: Info) -> None:
    node = _child(root, "info")
    _refuse_if(not _LANGUAGE.fullmatch(info.language), "language", "language")
    _put(node, "language", info.language)
    _refuse_if(not info.category, "category", "category")
    for category in info.category:
        _choose(node, "category", category)
    _put(node, "event", info.event)
    for response in info.responseType:
        _choose(node, "responseType", response)
    _choose(node, "urgency", info.urgency)
    _choose(node, "severity", info.severity)
    _choose(node, "certainty", info.certainty)
    _put(node, "audience", info.audience)
    _pairs(node, "eventCode", info.eventCode)
    for name, at in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        _put(node, name, None if at is None else _time(name, at))
    _put(node, "senderName", info.senderName)
    _put(node, "headline", info.headline)
    _put(node, "description", info.description)
    _put(node, "instruction", info.instruction)
    _refuse_if(info.web is not None and not _URI.fullmatch(info.web), "web", "uri")
    _put(node, "web", info.web)
    _put(node, "contact", info.contact)
    _pairs(node, "parameter", info.parameter)
    for resource in info.resource:
        _resource(node, resource)
    for area in info.area:
        _area(node, area)


def _resource(info: etree._Element, resource: Resource) -> None:
    node = _child(info, "resource")
    _put(node, "resourceDesc", resource.resourceDesc)
    _refuse_if(resource.mimeType is None, "mimeType", "mimeType")
    _put(node, "mimeType", resource.mimeType)
    _refuse_if(resource.size is not None and resource.size < 0, "size", "size")
    _put(node, "size", None if resource.size is None else str(resource.size))
    form = _URI if resource.derefUri is None else _RELATIVE
    _refuse_if(resource.uri is not None and not form.fullmatch(resource.uri), "uri", "uri")
    _put(node, "uri", resource.uri)
    _put(node, "derefUri", resource.derefUri)
    _put(node, "digest", resource.digest)


def _area(info: etree._Element, area: Area) -> None:
    node = _child(info, "area")
    _put(node, "areaDesc", area.areaDesc)
    for ring in area.polygon:
        points = [_point("polygon", point) for point in ring]
        _refuse_if(len(set(points)) < 3 or points[0] != points[-1], "polygon", "polygon")
        _put(node, "polygon", " ".join(points))
    for circle in area.circle:
        _put(node, "circle", _circle(circle))
    _pairs(node, "geocode", area.geocode)
    _refuse_if(area.ceiling_ft is not None and area.altitude_ft is None, "ceiling", "ceiling")
    for name, height in (("altitude", area.altitude_ft), ("ceiling", area.ceiling_ft)):
        _put(node, name, None if height is None else _number(name, height))


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _put(parent: etree._Element, name: str, text: str | None) -> None:
    """One element with text; None writes nothing, and a text with nothing in it is refused."""
    if text is None:
        return
    words = clean(text)
    _refuse_if(not words, name, "empty")
    _child(parent, name).text = words


def _choose(parent: etree._Element, name: str, word: str) -> None:
    _refuse_if(word not in _CHOICES[name], name, "choice")
    _put(parent, name, word)


def _pairs(parent: etree._Element, name: str, pairs: Iterable[Pair]) -> None:
    for value_name, value in pairs:
        node = _child(parent, name)
        _put(node, "valueName", value_name)
        _put(node, "value", value)


def _listed(name: str, values: Iterable[str]) -> str | None:
    """CAP's group listing: parted by blanks, a value that has blanks itself in double quotes (section 3.2.1)."""
    words = [clean(value) for value in values]
    for word in words:
        _refuse_if(not word, name, "empty")
        _refuse_if('"' in word, name, "quote")
    return " ".join(f'"{word}"' if re.search(r"\s", word) else word for word in words) or None


def _triple(reference: Reference) -> str:
    return f"{reference.sender},{reference.identifier},{_time('references', reference.sent)}"


def _time(name: str, at: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ss+hh:mm`; CAP forbids Z and writes UTC as -00:00 (section 3.3.2)."""
    offset = at.utcoffset()
    if offset is None or at.microsecond or offset % timedelta(minutes=1) or abs(offset) > _WIDEST_OFFSET:
        raise Unwritable(element=name, reason="time")
    text = at.isoformat()
    return text if offset else text.removesuffix("+00:00") + "-00:00"


def _point(name: str, point: Point) -> str:
    latitude, longitude = point
    _refuse_if(not (abs(latitude) <= 90 and abs(longitude) <= 180), name, "coordinates")
    return f"{_number(name, latitude)},{_number(name, longitude)}"


def _circle(circle: Circle) -> str:
    _refuse_if(not circle.radius_km >= 0.000001, "circle", "radius")
    return f"{_point('circle', circle.centre)} {_number('circle', circle.radius_km)}"


def _number(name: str, value: float) -> str:
    """At most 6 decimals (0.1 m in degrees, 1 mm in kilometres), never an exponent."""
    _refuse_if(not math.isfinite(value), name, "coordinates")
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits
