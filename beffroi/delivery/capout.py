"""A call as a signed CAP 1.2 message: what stands in the feed, byte for byte, for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.delivery.editions import address
from beffroi.lib import keys
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.write import write

VERTICES: Final = 100
"""WMO's advice for a CAP polygon. A finer outline is drawn a little wider instead, so that nobody inside is left
out."""

THIN: Final = 2e-5
"""Degrees: a sliver of two metres has no inside for a strict reader."""


def compose(call: Call, sent: datetime) -> tuple[str, bytes]:
    """Identifier and signed bytes; any failure stops the issue, for an alert that cannot be signed is not published."""
    town = city.current()
    identifier = f"{town.slug}.{call.public_id}"
    message = alert(call, identifier, sent)
    ring = keys.current()
    return identifier, signature.sign(write(message), key=ring.signing, certificate=ring.certificate)


def local(moment: datetime) -> datetime:
    """The moment in the city's time zone, as CAP recommends (section 3.3.2)."""
    return moment.astimezone(ZoneInfo(city.current().timezone))


def alert(call: Call, identifier: str, sent: datetime) -> cap.Alert:
    """The call as a CAP message: one info a language."""
    town = city.current()
    chain = [call.follows] if call.follows is not None else []
    return cap.Alert(
        identifier=identifier,
        sender=town.cap.sender,
        sent=local(sent),
        status=call.status,
        msgType=call.msgType,
        scope="Public",
        note="Exercise. Only for people who asked to take part." if call.is_exercise else None,
        references=tuple(reference(prior) for prior in chain),
        incidents=(call.first.public_id,),
        info=tuple(info(call, language, sent) for language in call.languages),
    )


def reference(prior: Call) -> cap.Reference:
    """How a later message names this one."""
    if prior.identifier is None or prior.sent is None:
        raise ValueError("a call that was never sent cannot be followed")
    return cap.Reference(sender=city.current().cap.sender, identifier=prior.identifier, sent=local(prior.sent))


def info(call: Call, language: str, sent: datetime) -> cap.Info:
    """One language of the message."""
    town, text = city.current(), call.texts[language]
    return cap.Info(
        language=language,
        category=tuple(call.category),
        event=text["event"],
        responseType=tuple(call.responseType),
        urgency=call.urgency,
        severity=call.severity,
        certainty=call.certainty,
        effective=local(sent),
        onset=call.onset and local(call.onset),
        expires=local(call.expires),
        senderName=town.cap.sender_name.get(language) or next(iter(town.cap.sender_name.values())),
        headline=text["headline"],
        description=text.get("description") or None,
        instruction=text.get("instruction") or None,
        web=address(call, language),
        contact=town.cap.contact,
        area=(cap.Area(
            areaDesc=area.described(call.area, language),
            polygon=tuple(outline(part) for part in parts(area.shape_of(call.area))),
            geocode=tuple((kind, code) for kind, code in call.area["zones"]),
        ),),
    )  # fmt: skip


def parts(whole: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry; CAP knows no holes, so these are filled."""
    pieces = whole.geoms if isinstance(whole, MultiPolygon) else [whole]
    return [Polygon(piece.exterior) for piece in pieces if isinstance(piece, Polygon)]


def outline(polygon: Polygon) -> tuple[cap.Point, ...]:
    """A closed ring of at most VERTICES corners, with an inside and crossing itself nowhere, that holds the polygon."""
    width = 0.0005
    while True:
        ring = tuple((round(lat, 6), round(lon, 6)) for lon, lat in polygon.exterior.coords)
        inside = Polygon(ring)
        if len(ring) <= VERTICES and inside.is_valid and not inside.buffer(-THIN).is_empty:
            return ring
        wider = polygon.buffer(width, quad_segs=2).simplify(width / 2)
        polygon, width = Polygon(parts(wider)[0].exterior), width * 2
