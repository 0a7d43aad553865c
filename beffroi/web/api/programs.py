"""The API of programs, whole: every part of it behind one wrapper."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from beffroi.people import access
from beffroi.web.api import calls, cap, estimate, figures, once, warnings, webhooks
from beffroi.web.api.answers import speak_our_words
from beffroi.web.api.door import MethodRefused

DESCRIPTION: Final = (
    "What a city warns of, for programs: open feeds without a key; calls, warnings and webhooks with one. "
    "A program may draft; it never makes a call leave: two people decide. docs/api.md has the examples."
)

api = NinjaAPI(
    title="Beffroi", version="1", description=DESCRIPTION, openapi_url=None, docs_url=None, urls_namespace="api",
)  # fmt: skip
speak_our_words(api)
for part in (calls, estimate, warnings, cap, figures, webhooks):
    api.add_router("", part.router)


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of ninja's with our answer to a wrong method, and each POST once.
    Its operations say who may open them."""

    def allowed(request: HttpRequest, **given: Any) -> HttpResponse:
        answer = view(request, **given)
        if isinstance(answer, HttpResponseNotAllowed):
            raise MethodRefused(allowed=answer["Allow"])
        return answer

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return allowed(request, **given)
        return once.answer(request, lambda: allowed(request, **given))

    guarded.access = access.PUBLIC  # type: ignore[attr-defined]  # for Django's routes; the key is the door
    return guarded


def routes() -> list[URLPattern]:
    """ninja's routes, each behind `opened`; not its root page."""
    found: list[URLPattern] = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback = opened(one.callback)
    return found
