"""The door for programs that bring CAP messages: POST the message, with a key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from beffroi.crisis import intake
from beffroi.errors import BeffroiError
from beffroi.lib import tokens
from beffroi.people import access
from beffroi.people.models import Key
from beffroi.web import problems
from beffroi.web.doors import public


class KeyRefused(BeffroiError):
    """No key, or one that is unknown, ended, or for something else."""

    code = "key-refused"
    status = 401


class MethodRefused(BeffroiError):
    """Something else than POST."""

    code = "method-refused"
    status = 405


def key_of(request: HttpRequest, action: str) -> Key:
    """The key that the request bears (`Authorization: Bearer ...`), if it opens `action`."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    key = Key.objects.filter(digest=tokens.digest(token), ended_at=None).first() if token else None
    if scheme.lower() != "bearer" or key is None or key.action != action or action not in access.TABLE:
        raise KeyRefused()
    return key


@csrf_exempt
@public  # the key is the door: without one nothing is read
def receive(request: HttpRequest) -> HttpResponse:
    """201 with what became of the message; 422 when it was refused (it is kept all the same, for a person to look
    at). Every answer is JSON, those by RFC 9457 included."""
    if request.method != "POST":
        return problem(request, MethodRefused(allowed="POST"), "Allow", "POST")
    try:
        key = key_of(request, "warning.send")
    except KeyRefused as err:
        return problem(request, err, "WWW-Authenticate", "Bearer")
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


def problem(request: HttpRequest, err: BeffroiError, header: str, value: str) -> HttpResponse:
    """The answer to an error whose status asks for a header (RFC 9110, sections 15.5.2 and 15.5.6)."""
    answer = problems.respond(request, err)
    answer[header] = value
    return answer
