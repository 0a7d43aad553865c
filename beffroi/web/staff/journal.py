"""The append-only log, page by page, newest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from beffroi.people import chain
from beffroi.people.models import Entry
from beffroi.web.doors import opens
from beffroi.web.staff import words
from beffroi.web.staff.page import page

ON_PAGE = 100


@opens("log.read")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """A page; `?before=` an entry's number gives the older ones."""
    before = request.GET.get("before", "")
    entries = Entry.objects.select_related("person").order_by("-pk")
    if before.isdecimal() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    found = list(entries[: ON_PAGE + 1])
    lines = [
        {
            "entry": entry,
            "what": words.LOG.get(entry.action, entry.action),
            "facts": told(entry.facts),
        }
        for entry in found[:ON_PAGE]
    ]
    older = found[ON_PAGE - 1].pk if len(found) > ON_PAGE else None
    context = {"lines": lines, "older": older, "before": before, "head": head()}
    return page(request, "staff/log.html", context, at="log")


def head() -> str:
    """The newest line's number and hash, as `beffroi log verify` prints them; empty while there is no line."""
    newest = chain.head()
    return f"{newest.number}:{bytes(newest.hash or b'').hex()}" if newest else ""


def told(facts: dict[str, Any]) -> str:
    """The facts of a line; what is empty says nothing."""
    listed = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in facts.items()}
    return " · ".join(f"{name}: {value}" for name, value in listed.items() if value not in {None, ""})
