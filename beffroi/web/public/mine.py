"""The private link: see, change and delete everything under it. Nothing changes on GET."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.audience.models import Subscription
from beffroi.web.doors import public
from beffroi.web.public import intake, naming
from beffroi.web.public.intake import SubscriptionBad
from beffroi.web.public.subscribe import page as subscribe_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def page(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Everything under the link; a form to change it; a button to delete it."""
    if request.method == "POST":
        return act(request, language, token)
    with transaction.atomic():
        rows = audience.of_link(token)
    return render(request, "public/mine.html", seen(rows, language) | {"is_changed": "changed" in request.GET})


def act(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Change, or delete."""
    if request.POST.get("action") == "delete":
        count = audience.leave(token)
        return render(request, "public/gone.html", {"count": count})
    floor, tongue = request.POST.get("floor", ""), request.POST.get("language", "")
    if floor not in {"0", "1", "2", "3", "4"}:
        raise SubscriptionBad(field="floor")
    if tongue not in city.current().languages:
        raise SubscriptionBad(field="language")
    cells = request.POST.get("cells", "")
    audience.change(
        token, language=tongue, floor=int(floor), is_exercise=request.POST.get("exercise") == "1",
        cells=intake.cells(cells.split()) if cells else None,
    )  # fmt: skip
    return HttpResponseRedirect(f"/{language}/mine/{token}/?changed")


def seen(rows: list[Subscription], language: str) -> dict[str, Any]:
    """What the page shows. An address is never shown: who found the link must not learn it."""
    first = rows[0]
    channels = {"webpush": _("On this phone or computer"), "email": _("By e-mail")}
    cells = first.places.values_list("cell", flat=True)
    return subscribe_page(language) | {
        "rows": [(channels.get(row.channel, row.channel), row.confirmed_at is not None) for row in rows],
        "named": naming.places_of(cells, language),
        "cells": len(cells),
        "chosen": first.language,
        "floor": nearest(first.floor),
        "is_exercise": first.is_exercise,
    }


def nearest(floor: int) -> int:
    """The choice of the form that stands for a floor."""
    return {4: 3, 3: 3, 2: 2}.get(floor, 0)
