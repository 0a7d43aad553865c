"""Messages that came in, for programs: what was understood, and why a person must look."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from beffroi.crisis.actions import MessageNotFound
from beffroi.crisis.models import Message
from beffroi.web.api import pages
from beffroi.web.api.door import opens
from beffroi.web.api.pages import Cursor, CursorBad, Limit

router = Router(tags=["warnings"])

WarningId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Which = Annotated[Literal["all", "live", "held"], Query(description="All, those that stand, or those before a person.")]


class WarningTold(Schema):
    """A received CAP message. Names are CAP's; `draft` is the call that it became."""

    id: int
    way: str
    received_at: datetime
    sender: str
    identifier: str
    sent: datetime | None
    msgType: str
    expires: datetime | None
    verdict: str
    signature: str
    standing: str
    held: str
    settled_at: datetime | None
    draft: str | None


class WarningWhole(WarningTold):
    """The same with every finding (docs/cap-findings.md)."""

    findings: list[dict[str, Any]]


class WarningsTold(Schema):
    """A page of received messages."""

    items: list[WarningTold]
    next: str | None


WANTED = {"all": Q(), "live": Q(standing="live"), "held": ~Q(held="") & Q(settled_at=None)}


def rows() -> QuerySet[Message]:
    """Messages without their bytes."""
    return Message.objects.select_related("call").defer("raw")


def values(message: Message) -> dict[str, Any]:
    """What is told of a message."""
    found = {name: getattr(message, name) for name in WarningWhole.model_fields if name != "draft"}
    return found | {"draft": message.call.public_id if message.call else None}


@router.get(
    "/warnings", summary="Received messages, newest first",
    **opens("warning.read", {200: WarningsTold}, CursorBad),
)  # fmt: skip
def listing(request: HttpRequest, which: Which = "all", cursor: Cursor = "", limit: Limit = 20) -> WarningsTold:
    """From feeds and programs alike."""
    items, more = pages.page(rows().filter(WANTED[which]), cursor, limit)
    return WarningsTold(items=[WarningTold(**values(message)) for message in items], next=more)


@router.get(
    "/warnings/{warning_id}", summary="One received message",
    **opens("warning.read", {200: WarningWhole}, MessageNotFound),
)  # fmt: skip
def one(request: HttpRequest, warning_id: WarningId) -> WarningWhole:
    """With its findings."""
    message = rows().filter(pk=warning_id).first()
    if message is None:
        raise MessageNotFound(message=warning_id)
    return WarningWhole(**values(message))
