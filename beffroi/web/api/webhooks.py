"""Webhooks of partners: register an address, see what it was told, end it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from beffroi.delivery.models import Event, Webhook
from beffroi.delivery.webhooks import actions as webhooks
from beffroi.delivery.webhooks import payload
from beffroi.delivery.webhooks.actions import WebhookBad, WebhookUnknown
from beffroi.web.api import pages
from beffroi.web.api.door import key_of, opens
from beffroi.web.api.pages import Cursor, CursorBad, Limit
from beffroi.web.api.schemas import Given

router = Router(tags=["webhooks"])

WebhookId = Annotated[str, Field(pattern="^[a-z0-9]{1,32}$")]


class WebhookGiven(Given):
    """Where to send: https, port 443, a public address."""

    url: str = Field(min_length=12, max_length=500, json_schema_extra={"format": "uri"})
    exercises: bool = False


class WebhookTold(Schema):
    """A webhook."""

    id: str
    url: str
    exercises: bool
    made_at: datetime


class WebhookMade(WebhookTold):
    """A new webhook, with the secret that signs what it is told. The secret is shown once."""

    secret: str


class EventTold(Schema):
    """What a webhook was told, or is to be told."""

    webhook_id: str = Field(description="The header `webhook-id`.")
    type: Literal["call.issued", "call.updated", "call.ended"]
    call: str
    state: Literal["waiting", "sent", "expired", "dropped"]
    tries: int
    reason: str
    not_before: datetime
    sent_at: datetime | None


class EventsTold(Schema):
    """A page of events."""

    items: list[EventTold]
    next: str | None


def told(row: Webhook) -> dict[str, object]:
    """A webhook for its program."""
    return {
        "id": row.public_id, "url": webhooks.url_of(row), "exercises": row.is_exercise, "made_at": row.made_at,
    }  # fmt: skip


@router.get(
    "/webhooks", summary="Your webhooks",
    **opens("webhook.manage", {200: list[WebhookTold]}),
)  # fmt: skip
def listing(request: HttpRequest) -> list[dict[str, object]]:
    """Open ones of this key; at most ten."""
    return [told(row) for row in webhooks.of_key(key_of(request)).order_by("pk")]


@router.post(
    "/webhooks", summary="Register a webhook",
    **opens("webhook.manage", {201: WebhookMade}, WebhookBad, headers=["Location"]),
)  # fmt: skip
def register(request: HttpRequest, given: WebhookGiven, response: HttpResponse) -> Status[dict[str, object]]:
    """It is told of every call from now on."""
    row, secret = webhooks.register(key_of(request), given.url, is_exercise=given.exercises)
    row.refresh_from_db()
    response["Location"] = f"/api/webhooks/{row.public_id}/events"
    return Status(201, told(row) | {"secret": secret})


@router.delete(
    "/webhooks/{webhook_id}", summary="End a webhook",
    **opens("webhook.manage", {204: None}, WebhookUnknown),
)  # fmt: skip
def end(request: HttpRequest, webhook_id: WebhookId) -> Status[None]:
    """It is told nothing more."""
    webhooks.end(key_of(request), webhook_id)
    return Status(204, None)


@router.get(
    "/webhooks/{webhook_id}/events", summary="What a webhook was told",
    **opens("webhook.manage", {200: EventsTold}, WebhookUnknown, CursorBad),
)  # fmt: skip
def events(request: HttpRequest, webhook_id: WebhookId, cursor: Cursor = "", limit: Limit = 20) -> EventsTold:
    """Of the last seven days, newest first."""
    row = webhooks.of_key(key_of(request)).filter(public_id=webhook_id).first()
    if row is None:
        raise WebhookUnknown()
    items, more = pages.page(Event.objects.filter(webhook=row).select_related("call", "webhook"), cursor, limit)
    return EventsTold(items=[event(one) for one in items], next=more)


def event(row: Event) -> EventTold:
    """An event for its program."""
    own = {name: getattr(row, name) for name in ("state", "tries", "reason", "not_before", "sent_at")}
    call = {"type": payload.kind(row.call), "call": row.call.public_id}
    return EventTold.model_validate({"webhook_id": webhooks.message_id(row), **call, **own})
