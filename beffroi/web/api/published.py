"""What is served without ninja, in OpenAPI's words: the published bytes, the door for subscriptions, webhooks out."""

from __future__ import annotations

import re
from typing import Any, Final

from beffroi.audience.actions import CellsBad, LinkUnknown
from beffroi.channels.email import EmailBad
from beffroi.errors import BeffroiError, NotFound
from beffroi.lib.guard import HttpRefused, HttpUnreachable
from beffroi.lib.webpush import PushSubscriptionBad
from beffroi.web.api.answers import by_status, problem
from beffroi.web.public.intake import SubscriptionBad

Value = dict[str, Any]

TEXT: Final[Value] = {"type": "string"}
TIME: Final[Value] = {"type": "string", "format": "date-time"}
URL: Final[Value] = {"type": "string", "format": "uri"}
COLLECTION: Final[Value] = {
    "type": "object", "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {"type": "object"}}},
}  # fmt: skip


def record(**properties: Any) -> Value:
    """An object with these properties, all of them there."""
    return {"type": "object", "required": sorted(properties), "properties": properties}


def many(item: Value) -> Value:
    """An array."""
    return {"type": "array", "items": item}


ALERT_WORDS: Final = record(
    language=TEXT, event=TEXT, headline=TEXT, instruction=TEXT, description=TEXT, areaDesc=TEXT, web=URL
)
ALERT: Final = record(
    id=TEXT, event_id=TEXT, identifier=TEXT, msgType=TEXT, sent=TIME, expires=TIME, severity=TEXT, urgency=TEXT,
    certainty=TEXT, category=many(TEXT), responseType=many(TEXT), languages=many(ALERT_WORDS), cap=URL, geojson=URL,
)  # fmt: skip
PLACE: Final = record(
    type=TEXT, code=TEXT, name=TEXT, names={"type": "object"}, lat={"type": "number"}, lon={"type": "number"},
    bbox=many({"type": "number"}), outline=TEXT,
)  # fmt: skip
PUSH: Final = record(
    channel={"const": "webpush"}, subscription=record(endpoint=URL, keys=record(p256dh=TEXT, auth=TEXT))
)
MAIL: Final = record(channel={"const": "email"}, email=TEXT)
WISH: Final = record(
    channels={"type": "array", "items": {"oneOf": [PUSH, MAIL]}, "minItems": 1, "maxItems": 4},
    cells={"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{15,16}$"}, "maxItems": 2000},
    language=TEXT, floor={"type": "integer", "minimum": 0, "maximum": 4},
) | {"additionalProperties": True}  # fmt: skip
SAID: Final = record(
    id=TEXT, event_id=TEXT, number={"type": "integer"}, follows={"type": ["string", "null"]},
    ending={"enum": ["all-clear", "false-alarm", "expired", None]}, identifier=TEXT, status=TEXT, msgType=TEXT,
    severity=TEXT, urgency=TEXT, certainty=TEXT, sent=TIME, expires=TIME,
    headline={"type": "object", "additionalProperties": TEXT}, cap=URL,
    web={"type": "object", "additionalProperties": URL},
)  # fmt: skip

SCHEMAS: Final[Value] = {
    "Feed": record(version={"const": 1}, updated=TIME, alerts=many(ALERT)),
    "Places": record(places=many(PLACE)),
    "Health": record(pages={"type": "integer"}, database={"type": "boolean"}, seen_at={"type": ["string", "null"]}),
    "FeatureCollection": COLLECTION,
    "Feature": {"type": "object", "required": ["type", "geometry"], "properties": {"type": {"const": "Feature"}}},
    "Subscription": WISH,
    "Subscribed": record(link=URL, confirm=many(TEXT)),
    "Move": record(link=TEXT, old=TEXT, subscription={"type": "object"}),
    "CallEvent": record(type={"enum": ["call.issued", "call.updated", "call.ended"]}, timestamp=TIME, data=SAID),
}

GEO: Final = "application/geo+json"
FEEDS: Final = (
    # address, type, schema, what it is
    ("/feed.json", "application/json", "Feed", "Live alerts, worst first, then newest. No exercises."),
    ("/feed.atom", "application/atom+xml", "", "The newest 100 messages, newest first. No exercises."),
    ("/exercise/feed.atom", "application/atom+xml", "", "The newest 100 messages of exercises."),
    ("/cap/{identifier}.xml", "application/cap+xml", "", "One signed CAP 1.2 message, byte for byte, for ever."),
    ("/cap/certificate.pem", "application/x-pem-file", "", "The certificate of the key that signs."),
    ("/live.geojson", GEO, "FeatureCollection", "The areas of live alerts."),
    ("/alert/{id}.geojson", GEO, "FeatureCollection", "The area of one message."),
    ("/places.json", "application/json", "Places", "Places that residents can pick."),
    ("/places/{place}.json", GEO, "Feature", "The outline of one place."),
    ("/places.geojson", GEO, "FeatureCollection", "All outlines, simplified."),
)
NAME: Final = re.compile(r"\{(\w+)\}")


def paths() -> Value:
    """Every address that ninja does not serve."""
    found: Value = {address: {"get": feed(address, kind, schema, told)} for address, kind, schema, told in FEEDS}
    found["/healthz"] = {"get": health()}
    found["/api/openapi.json"] = {"get": feed("/api/openapi.json", "application/json", "", "This document.")}
    found["/api/subscriptions"] = {"post": subscribe()}
    found["/api/subscriptions/move"] = {"post": move()}
    return found


def content(kind: str, schema: str) -> Value:
    """A body of this type."""
    return {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {}}}


def feed(address: str, kind: str, schema: str, told: str) -> Value:
    """A published address: the bytes, "you have it", or nothing there (as a page, where a page is asked for)."""
    missing = {"description": f"`{NotFound.code}`", "content": problem() | {"text/html": {"schema": TEXT}}}
    return {
        "operationId": "read_" + re.sub(r"\W+", "_", address).strip("_"), "summary": told, "tags": ["feeds"],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"}}
            for name in NAME.findall(address)
        ],
        "responses": {
            "200": {"description": told, "content": content(kind, schema)},
            "304": {"description": "Not changed since `If-None-Match`."},
            "404": missing,
        },
    }  # fmt: skip


def health() -> Value:
    """Whether there are pages to serve."""
    told = {"description": "State of this process.", "content": content("application/json", "Health")}
    return {
        "operationId": "health", "summary": "Is it alive?", "tags": ["feeds"], "responses": {"200": told, "503": told},
    }  # fmt: skip


def posted(name: str, summary: str, schema: str, good: Value, *errors: type[BeffroiError]) -> Value:
    """A door for residents' browsers: no key, JSON in."""
    bad = {str(status): {"description": codes, "content": problem()} for status, codes in by_status(*errors).items()}
    return {
        "operationId": name, "summary": summary, "tags": ["subscriptions"],
        "requestBody": {"required": True, "content": content("application/json", schema)}, "responses": bad | good,
    }  # fmt: skip


def subscribe() -> Value:
    """POST /api/subscriptions (docs/feeds.md)."""
    good = {"201": {"description": "Stored.", "content": content("application/json", "Subscribed")}}
    errors = (SubscriptionBad, CellsBad, EmailBad, PushSubscriptionBad, HttpRefused, HttpUnreachable)
    return posted("subscribe", "Subscribe to alerts for places", "Subscription", good, *errors)


def move() -> Value:
    """POST /api/subscriptions/move (docs/feeds.md)."""
    errors = (SubscriptionBad, PushSubscriptionBad, LinkUnknown, HttpRefused, HttpUnreachable)
    good = {"204": {"description": "Moved."}}
    return posted("move_subscription", "Tell that a browser renewed its endpoint", "Move", good, *errors)


WEBHOOKS: Final[Value] = {
    "call": {
        "post": {
            "operationId": "told_of_call", "summary": "A call was issued, updated or ended", "tags": ["webhooks"],
            "description": "Signed as Standard Webhooks says: webhook-id, webhook-timestamp, webhook-signature.",
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": TEXT}
                for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
            ],
            "requestBody": {"required": True, "content": content("application/json", "CallEvent")},
            "responses": {
                "2XX": {"description": "Taken."},
                "410": {"description": "Tell me nothing more: the webhook ends."},
                "default": {"description": "Tried again until the call is over."},
            },
        }
    }
}  # fmt: skip
