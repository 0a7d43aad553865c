"""The door for programs that bring CAP messages: POST the message, with a key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from beffroi.crisis import intake
from beffroi.errors import BeffroiError
from beffroi.lib import tokens
from beffroi.people import access
from beffroi.people.models import Key
from beffroi.web.doors import public


class KeyRefused(BeffroiError):
    """No key, or one that is unknown, ended, or for something else."""

    code = "key-refused"
    status = 401


def key_of(request: HttpRequest, action: str) -> Key:
    """The key that the request bears (`Authorization: Bearer ...`), if it opens `action`."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    key = Key.objects.filter(digest=tokens.digest(token), ended_at=None).first() if token else None
    if scheme.lower() != "bearer" or key is None or key.action != action or action not in access.TABLE:
        raise KeyRefused()
    return key


@csrf_exempt
@require_POST
@public  # the key is the door: without one nothing is read
def receive(request: HttpRequest) -> HttpResponse:
    """201 with what became of the message; 422 when it was refused (it is kept all the same, for a person to look
    at)."""
    key = key_of(request, "warning.send")
    message = intake.receive(request.body, intake.Way(name=f"program:{key.name}"))
    answer = {
        "identifier": message.identifier,
        "verdict": message.verdict,
        "standing": message.standing,
        "held": message.held,
        "draft": message.call.public_id if message.call else None,
        "findings": message.findings,
    }
    return JsonResponse(answer, status=422 if message.held == "rejected" else 201)
