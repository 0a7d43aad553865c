"""A CAP message as frozen values, with CAP's own names (OASIS CAP 1.2, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84, in CAP's order."""

Pair = tuple[str, str]
"""valueName and value; names may repeat, so pairs are kept in order and never made a dict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One earlier message (CAP 1.2 `references`). Equal when sender, identifier and the instant of `sent` are."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Centre and radius in kilometres."""

    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where: the union of all its polygons, circles and geocodes."""

    areaDesc: str
    polygon: tuple[tuple[Point, ...], ...] = ()
    circle: tuple[Circle, ...] = ()
    geocode: tuple[Pair, ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file beside the message. `uri` is shown as a link at most and never fetched."""

    resourceDesc: str
    mimeType: str | None = None
    size: int | None = None
    uri: str | None = None
    derefUri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """One language, or one hazard zone, of a message."""

    category: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    responseType: tuple[str, ...] = ()
    audience: str | None = None
    eventCode: tuple[Pair, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    senderName: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameter: tuple[Pair, ...] = ()
    resource: tuple[Resource, ...] = ()
    area: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One CAP message. Its identity is (sender, identifier, sent as an instant)."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msgType: str
    scope: str
    source: str | None = None
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    info: tuple[Info, ...] = ()
    version: Literal["1.0", "1.1", "1.2"] = "1.2"

    @property
    def key(self) -> Reference:
        """What an Update or Cancel of this message puts into `references`."""
        return Reference(sender=self.sender, identifier=self.identifier, sent=self.sent)
