"""Get alerts for my places: the page, the form that works without JavaScript, and the door that the page's own code
uses."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from beffroi import city
from beffroi.audience.actions import CellsBad
from beffroi.errors import BadInput
from beffroi.lib import grid, keys, webpush
from beffroi.web import outlines, paths
from beffroi.web.doors import public
from beffroi.web.language import own_name
from beffroi.web.problems import told
from beffroi.web.public import intake, naming
from beffroi.web.public.intake import SubscriptionBad
from beffroi.web.words import words_of

PLACES: Final = 20
"""Most places that the form without JavaScript takes at once."""
FLOORS: Final = (3, 2, 0)
"""Severe, Moderate, everything: ranks of calls.state.Severity."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def form(request: HttpRequest, language: str) -> HttpResponse:
    """The page; and where there is no JavaScript, the whole subscription by e-mail."""
    if request.method != "POST":
        return render(request, "public/subscribe.html", page(language))
    try:
        taken = intake.receive(intake.read(given(request.POST, language)))
    except BadInput as err:
        told_words = words_of(err.code)
        error = {"code": err.code, "title": told_words.title, "happened": told(told_words.happened, err.facts)}
        context = page(language) | {"error": error, "form": request.POST, "picked": request.POST.getlist("place")}
        return render(request, "public/subscribe.html", context, status=err.status)
    return render(request, "public/subscribed.html", {"taken": taken})


def given(form: QueryDict, language: str) -> dict[str, Any]:
    """The form as the JSON that the page's own code would send. Here, and only here, the server computes the cells."""
    picked = set(form.getlist("place")[:PLACES])
    chosen = [one for one in outlines.all_of() if key(one) in picked]
    cells = {cell for one in chosen for cell in grid.compact(naming.cover(one))}
    if not cells:
        raise CellsBad(cells=0)
    floor = form.get("floor", "")
    return {
        "channels": [{"channel": "email", "email": form.get("email", "")}],
        "cells": [f"{cell:x}" for cell in cells],
        "language": form.get("language", language),
        "floor": int(floor) if floor in {"0", "1", "2", "3", "4"} else None,
        "exercise": form.get("exercise") == "1",
    }


def key(one: outlines.Outline) -> str:
    """How a form names a place; the address of its outline is made of the same."""
    return f"{paths.plain(one.place.type)}-{paths.plain(one.place.code)}"


def page(language: str) -> dict[str, Any]:
    """What the form needs: places, languages, channels, the key that browsers subscribe with, words for its code."""
    town = city.current()
    return {
        "places": [(key(one), one.place.name_in(language)) for one in outlines.all_of()],
        "languages": [(code, own_name(code)) for code in town.languages],
        "channels": town.channels,
        "floors": FLOORS,
        "push_key": webpush.application_server_key(keys.current().vapid),
        "centre": list(reversed(town.map.centre)),
        "zoom": town.map.zoom,
        "words": words(),
    }


def words() -> dict[str, str]:
    """Sentences of the page's own code (static/js/subscribe.js and what it uses)."""
    return {
        "remove": _("Remove"),
        "found": _("%(n)s places found. Use the arrow keys to choose."),
        "none": _("No place found. Try another spelling, or tap the map."),
        "around": _("Around the spot you tapped"),
        "nearer": _("Closer. Now tap the spot that you mean."),
        "here": _("Around where I am now"),
        "already": _("This place is already in your list."),
        "adding": _("Adding the place …"),
        "added": _("%(name)s added."),
        "removed": _("%(name)s removed."),
        "needs_place": _("Choose at least one place."),
        "needs_channel": _("Choose how to reach you: on this phone, by e-mail, or both."),
        "needs_email": _("Write the e-mail address in full, like name@example.org"),
        "too_many": _("These are too many places for one subscription. Remove some."),
        "denied": _(
            "Your browser does not allow messages from this site. Allow them in its settings, or choose e-mail."
        ),
        "unsupported": _("This browser cannot receive messages. On an iPhone, first add this site to the home screen."),
        "push_failed": _("Your browser could not reach its message service. Try again, or choose e-mail."),
        "not_located": _("Your phone did not tell where it is. Search for the place or tap the map."),
        "offline": _("You are offline, or we do not answer. Nothing was sent. Try again."),
        "failed": _("It did not work. Nothing was stored. Try again."),
        "summary_places": _("%(n)s places"),
        "no_places": _("No place yet"),
        "copied": _("Copied."),
    }


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON that was sent. A page of another site cannot send this type without asking first, and is refused
    then."""
    if request.content_type != "application/json":
        raise SubscriptionBad(field="content-type")
    return intake.parse(request.body)


@csrf_exempt
@require_POST
@public
def receive(request: HttpRequest) -> HttpResponse:
    """201 with the private link; the same answer whether an address was known or not."""
    taken = intake.receive(intake.read(body(request)))
    response = JsonResponse({"link": taken.link, "confirm": taken.confirm}, status=201)
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@require_POST
@public
def move(request: HttpRequest) -> HttpResponse:
    """204: a browser has renewed its push subscription. The private link, kept on the phone, is what allows it."""
    intake.move(body(request))
    return HttpResponse(status=204)
