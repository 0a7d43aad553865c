"""Checks on the info blocks of a message: words, times, level, links, areas (CAP 1.2, sections 3.2.2 to 3.2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.level import COLOURS, SEVERITY_OF, colour_of, level_values, read_level
from beffroi.standards.cap.model import Alert, Area, Info, Resource
from beffroi.standards.cap.verdict import Report, Where

HEADLINE = 160
"""Characters of a headline (section 3.2.2): the length of one text message."""

FAR = timedelta(days=366)

MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,500}>|&(?:[A-Za-z]{2,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates of Unicode. The plain marks U+200E and U+200F are harmless."""
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
SAFE_SCHEMES = {"http", "https", "mailto", "tel", "ftp", "geo"}
MIME = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?")
DIGEST = re.compile(r"[0-9A-Fa-f]{40}")
BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*")
RECOMMENDED = ("senderName", "headline", "description", "instruction", "responseType", "web", "contact")
PLAIN = ("event", "senderName", "headline", "description", "instruction", "contact", "audience")
"""Texts that people read, beside areaDesc."""

GOOD_NAMES = frozenset({"EMMA_ID", "WARNCELLID", "NUTS1", "NUTS2", "NUTS3", "UGC", "SAME", "FIPS6"})
GOOD_NAME = {name.lower(): name for name in GOOD_NAMES}
"""Acronyms are written in capitals (section 3.2.4, geocode), which not every agency does."""


def review_info(alert: Alert, info: Info, where: Where, report: Report) -> None:
    """Note what is wrong or odd about one info block."""
    if missing := [name for name in RECOMMENDED if not getattr(info, name)]:
        report.add("recommended-missing", where, names=", ".join(missing))
    if not info.headline and not info.description:
        report.add("text-missing", where)
    _texts(info, where, report)
    _times(alert, info, where, report)
    _levels(info, where, report)
    if "Unknown" in (info.urgency, info.severity, info.certainty):
        unknown = [n for n in ("urgency", "severity", "certainty") if getattr(info, n) == "Unknown"]
        report.add("value-discouraged", (*where, unknown[0]), names=", ".join(unknown))
    if info.web:
        _link(info.web, (*where, "web"), report)
    for number, resource in enumerate(info.resource, 1):
        _resource(resource, (*where, "resource", number), report)
    _areas(info, where, report)


def _texts(info: Info, where: Where, report: Report) -> None:
    whole = "\n".join([*(getattr(info, name) or "" for name in PLAIN), *(area.areaDesc for area in info.area)])
    # nearly always one look at all of it is enough
    if ("<" in whole or "&" in whole) and MARKUP.search(whole):
        for place, text in _named_texts(info, where):
            if MARKUP.search(text):
                report.add("html-in-text", place, name=place[-1])
    if not whole.isascii() and _has_turning(whole):
        for place, text in _named_texts(info, where):
            if _has_turning(text):
                report.add("bidi-in-text", place, name=place[-1])
    if len(info.headline or "") > HEADLINE:
        report.add("headline-long", (*where, "headline"), length=len(info.headline or ""))
    told = [(name, text) for name in ("headline", "description", "instruction") if (text := getattr(info, name))]
    for (other, first), (name, second) in combinations(told, 2):
        if first == second:
            report.add("text-repeated", (*where, name), name=name, other=other)


def _has_turning(text: str) -> bool:
    return any(mark in text for mark in TURNING)


def _named_texts(info: Info, where: Where) -> Iterator[tuple[Where, str]]:
    for name in PLAIN:
        yield (*where, name), getattr(info, name) or ""
    for number, area in enumerate(info.area, 1):
        yield (*where, "area", number, "areaDesc"), area.areaDesc


def _times(alert: Alert, info: Info, where: Where, report: Report) -> None:
    expires = info.expires
    if expires is None:
        report.add("expires-missing", where)
        return
    place = (*where, "expires")
    if expires < alert.sent:
        report.add("expires-before-sent", place)
    elif expires - alert.sent > FAR and alert.sent != UNKNOWN_SENT:
        report.add("expires-far", place)
    if info.effective and expires < info.effective:
        report.add("expires-before-effective", place)
    if info.onset and expires < info.onset:
        report.add("expires-before-onset", place)


def _levels(info: Info, where: Where, report: Report) -> None:
    values = level_values(info)
    if not values:
        return
    for value in values:
        found = read_level(value)
        if not found:
            report.add("level-unreadable", where, value=value)
        elif len(found) > 1:
            report.add("level-contradictory", where, value=value)
    colour = colour_of(info)
    if colour == COLOURS[0]:
        report.add("level-green", where, level=values[0])
    if colour and info.severity not in {SEVERITY_OF[colour], "Unknown"}:
        report.add("level-differs", (*where, "severity"), level=values[0], stated=info.severity)


def _link(value: str, where: Where, report: Report) -> None:
    scheme = SCHEME.match(value)
    if scheme is None:
        report.add("link-relative", where, value=value)
    elif scheme[1].lower() not in SAFE_SCHEMES:
        report.add("link-unsafe", where, value=value)


def _resource(resource: Resource, where: Where, report: Report) -> None:
    if resource.uri:
        scheme = SCHEME.match(resource.uri)
        if scheme is None and not resource.derefUri:
            report.add("resource-relative", (*where, "uri"), value=resource.uri)
        elif scheme is not None:
            _link(resource.uri, (*where, "uri"), report)
    if resource.mimeType is not None and not MIME.fullmatch(resource.mimeType):
        report.add("resource-form", (*where, "mimeType"), name="mimeType", value=resource.mimeType)
    if resource.size is not None and resource.size < 0:
        report.add("resource-form", (*where, "size"), name="size", value=resource.size)
    if resource.digest and not DIGEST.fullmatch(resource.digest):
        report.add("resource-form", (*where, "digest"), name="digest", value=resource.digest)
    if resource.derefUri and not BASE64.fullmatch(resource.derefUri):
        report.add("resource-form", (*where, "derefUri"), name="derefUri", value=resource.derefUri[:40])


def _areas(info: Info, where: Where, report: Report) -> None:
    if not info.area:
        report.add("area-missing", where)
    zoned = [number for number, area in enumerate(info.area, 1) if _is_zoned(area)]
    if zoned:
        report.add("geocode-only", (*where, "area", zoned[0]), count=len(zoned))
    for number, area in enumerate(info.area, 1):
        place = (*where, "area", number)
        if not (area.polygon or area.circle or area.geocode):
            report.add("area-shapeless", place)
        _geocodes(area, place, report)
        if area.ceiling_ft is not None:
            if area.altitude_ft is None:
                report.add("ceiling-alone", (*place, "ceiling"))
            elif area.ceiling_ft < area.altitude_ft:
                report.add("ceiling-low", (*place, "ceiling"))


def _is_zoned(area: Area) -> bool:
    return bool(area.geocode) and not area.polygon and not area.circle


def _geocodes(area: Area, where: Where, report: Report) -> None:
    """At most one finding of a kind for one area: what writes one name wrongly writes them all so."""
    noted: set[str] = set()
    for number, (name, value) in enumerate(area.geocode, 1):
        place = (*where, "geocode", number)
        if not name or not value:
            if "geocode-empty" not in noted:
                report.add("geocode-empty", place, name="value" if name else "valueName")
            noted.add("geocode-empty")
        elif name not in GOOD_NAMES and name not in noted and (right := GOOD_NAME.get(name.lower())):
            report.add("geocode-case", (*place, "valueName"), value=name, right=right)
            noted.add(name)


def compare_infos(alert: Alert, report: Report) -> None:
    """Note where info blocks that should say the same do not, or where translations are not translated."""
    first = alert.info[0]
    if any((i.category, i.eventCode) != (first.category, first.eventCode) for i in alert.info):
        report.add("category-differs", ("info", 1))
    events: dict[str, str] = {}
    texts: dict[tuple[str, str], str] = {}
    severities: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for number, info in enumerate(alert.info, 1):
        where = ("info", number)
        language = info.language.lower()
        if events.setdefault(language, info.event) != info.event:
            report.add("event-differs", (*where, "event"), language=info.language)
        for name in ("description", "instruction"):
            text = getattr(info, name)
            if text and texts.setdefault((name, text), language) != language:
                other = texts[name, text]
                report.add("same-text-in-languages", (*where, name), name=name, first=other, second=info.language)
        places = tuple(area.areaDesc for area in info.area)
        grave = (info.urgency, info.severity, info.certainty)
        if severities.setdefault(places, grave) != grave:
            report.add("severity-differs", (*where, "severity"))
