"""A request that waits until the second factor was given again, and then goes on with all that was typed."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

KEPT: Final = "kept request"
NEXT: Final = "next"


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the question; a form that was sent is kept in the session (it has passed the check against forgery)."""
    path = request.get_full_path()
    if request.method == "POST":
        request.session[KEPT] = {"path": path, "body": request.POST.urlencode()}
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({NEXT: path})}")


def aim(request: HttpRequest) -> str:
    """Where the request is to go on; empty for nowhere, or for an address that is not ours."""
    path = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def go_on(request: HttpRequest, path: str) -> HttpResponse:
    """Do what was waiting at `path` (see `aim`), or open that page; what waited for another page is forgotten."""
    if not path:
        return redirect("desk")
    kept = request.session.pop(KEPT, None)
    if kept is None or kept["path"] != path:
        return redirect(path)
    where = urlsplit(path)
    request.method = "POST"
    request.path = request.path_info = where.path
    request.META["QUERY_STRING"] = where.query
    request.GET = QueryDict(where.query)
    request.POST = QueryDict(kept["body"])
    request.resolver_match = match = resolve(where.path)
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer
