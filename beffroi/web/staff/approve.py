"""The second person's decision: the consequence first, then exactly what leaves, then the place, typed."""

from __future__ import annotations

import binascii
import re
import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from beffroi.calls.models import Call
from beffroi.calls.state import State
from beffroi.delivery import actions as delivery
from beffroi.web.doors import fresh, opens
from beffroi.web.staff import words
from beffroi.web.staff.call import about, outgoing
from beffroi.web.staff.page import found, page, where


@opens("call.approve")
@fresh
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look, and decide. Who wrote the call, or may not decide in this phase, is told whom to find."""
    call = found(public_id)
    person: Any = request.user
    if call.state != State.PENDING:
        return redirect("call", public_id)
    if request.method == "POST":
        typed = request.POST.get("place", "")
        if plain(typed) != plain(place_of(call)):
            return asked(request, call, typed=typed, error=words.reason("not-the-place"))
        delivery.approve(person, public_id, seen=digest(request.POST.get("seen", "")))
        return redirect("call", public_id)
    return asked(request, call)


def asked(request: HttpRequest, call: Call, *, typed: str = "", error: str = "") -> HttpResponse:
    """The page with its question."""
    person: Any = request.user
    context = about(call) | outgoing(call) | {
        "seen": bytes(call.digest or b"").hex(),
        "place": place_of(call),
        "is_mine": call.author_id == person.pk,
        "is_competent": person.body == call.body,
        "typed": typed,
        "error": error,
    }  # fmt: skip
    answer = page(request, "staff/approve.html", context, at="calls", is_exercise=call.is_exercise)
    answer.status_code = 400 if error else 200
    return answer


def place_of(call: Call) -> str:
    """What has to be typed: the first name of the area's words."""
    return re.split("[,;:(]", where(call), maxsplit=1)[0].strip()


def plain(name: str) -> str:
    """A name without case, accents and shape of apostrophe: it checks that the place was read, not the keyboard."""
    letters = unicodedata.normalize("NFKD", name.replace("\u2019", "'").casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def digest(hexadecimal: str) -> bytes:
    """The digest that was on the screen; what is none matches nothing."""
    try:
        return binascii.unhexlify(hexadecimal)
    except (binascii.Error, ValueError):
        return b""
