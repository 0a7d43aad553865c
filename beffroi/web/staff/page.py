"""One staff page: the bar with city, mode and person around what a view has to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from beffroi import city
from beffroi.calls import area
from beffroi.calls.actions import CallNotFound
from beffroi.calls.models import Call
from beffroi.lib import clock
from beffroi.people import access
from beffroi.web import door, frame
from beffroi.web.staff import words


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, at: str = "", is_exercise: bool = False
) -> HttpResponse:
    """The page; `at` is the part of the desk that it belongs to. An exercise looks like another world."""
    person = request.user
    around = {
        "frame": frame.build(get_language() or ""),
        "timezone": city.current().timezone,
        "at": at,
        "is_exercise": is_exercise,
        "time_now": clock.now(),
        "idle_s": door.idle_s(person),  # type: ignore[arg-type]
        "role": words.ROLE.get(getattr(person, "role", ""), ""),
        "may": {action.replace(".", "_"): access.may(person, action) for action in access.TABLE},  # type: ignore[arg-type]
    }
    return render(request, template, {**around, **context})


def found(public_id: str) -> Call:
    """The call of this address."""
    call = (
        Call.objects.select_related("author", "program", "approver", "follows", "root")
        .filter(public_id=public_id)
        .first()
    )
    if call is None:
        raise CallNotFound(call=public_id)
    return call


def in_words(names: Mapping[str, str]) -> str:
    """A text of city.toml in the reader's language."""
    return names[city.current().language(get_language() or "")]


def text_of(call: Call) -> dict[str, str]:
    """The texts of a call in the reader's language, else in its first."""
    language = get_language() or ""
    return call.texts[language if language in call.texts else call.languages[0]]


def where(call: Call) -> str:
    """The words for the area in the reader's language."""
    return area.described(call.area, get_language() or "")


def look(call: Call) -> str:
    """The value of `data-sev`: severity, or the exercise's own colour, or that it is over."""
    if call.is_exercise:
        return "drill"
    return "safe" if call.ending in {"all-clear", "false-alarm"} else call.severity.lower()


def sign(call: Call) -> str:
    """The sign's shape. In an exercise the shape stays and the colour goes."""
    return "safe" if call.ending in {"all-clear", "false-alarm"} else call.severity.lower()
