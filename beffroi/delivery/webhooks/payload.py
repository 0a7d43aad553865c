"""What a webhook says: which call, what became of the event, and where the signed message is. Never who gets it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from beffroi.calls.models import Call
from beffroi.delivery.editions import address
from beffroi.lib import clock


def kind(call: Call) -> str:
    """call.ended, call.updated or call.issued."""
    if call.ending is not None:
        return "call.ended"
    return "call.issued" if call.follows_id is None else "call.updated"


def values(call: Call) -> dict[str, Any]:
    """A sent call for partners, in CAP's own names; the signed message at `cap` is what counts."""
    assert call.sent is not None
    return {
        "id": call.public_id, "event_id": call.first.public_id, "number": call.number,
        "follows": call.follows.public_id if call.follows else None, "ending": call.ending,
        "identifier": call.identifier, "status": call.status, "msgType": call.msgType, "severity": call.severity,
        "urgency": call.urgency, "certainty": call.certainty, "sent": clock.format(call.sent),
        "expires": clock.format(call.expires),
        "headline": {language: call.texts[language]["headline"] for language in call.languages},
        "cap": f"{settings.BASE_URL}/cap/{call.identifier}.xml",
        "web": {language: address(call, language) for language in call.languages},
    }  # fmt: skip


def body(call: Call) -> bytes:
    """The JSON that is signed; the same bytes whenever it is made, for a sent call never changes."""
    assert call.sent is not None
    told = {"type": kind(call), "timestamp": clock.format(call.sent), "data": values(call)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
