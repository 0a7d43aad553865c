"""The door for programs that bring CAP messages: POST the message, with a key."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from beffroi.crisis import intake
from beffroi.web.api.door import key_of, opens

router = Router(tags=["warnings"])

CAP: dict[str, Any] = {
    "required": True,
    "content": {kind: {"schema": {"type": "string"}} for kind in ("application/cap+xml", "application/xml")},
}


class Received(Schema):
    """What became of a message."""

    identifier: str
    verdict: str
    standing: str
    held: str
    """Why a person must look; empty when nothing is wrong."""
    draft: str | None
    """The call that it became."""
    findings: list[dict[str, Any]]


def said() -> dict[str, Any]:
    """The answers, and the body that ninja does not read."""
    told = opens("warning.send", {201: Received, 422: Received})
    told["openapi_extra"]["requestBody"] = CAP
    return told


@router.post("/cap", summary="Bring a CAP message", **said())
def receive(request: HttpRequest) -> Status[dict[str, Any]]:
    """201 with what became of the message; 422 when it was refused (it is kept all the same, for a person to look
    at)."""
    message = intake.receive(request.body, intake.Way(name=f"program:{key_of(request).name}"))
    told = {
        "identifier": message.identifier,
        "verdict": message.verdict,
        "standing": message.standing,
        "held": message.held,
        "draft": message.call.public_id if message.call else None,
        "findings": message.findings,
    }
    return Status(422 if message.held == "rejected" else 201, told)
