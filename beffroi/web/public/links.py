"""Links in messages: confirm an address, leave, and the choice of a language. A GET shows a button, only a POST
acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.delivery import leaving
from beffroi.lib import clock
from beffroi.web import language as languages
from beffroi.web.doors import public
from beffroi.web.public import intake


@never_cache
@csrf_exempt  # the signed link is the proof, and it can do nothing else
@require_http_methods(["GET", "HEAD", "POST"])
@public
def confirm(request: HttpRequest, language: str, token: str) -> HttpResponse:  # noqa: ARG001
    """Scanners of mailboxes follow every link: that must not confirm an address."""
    if request.method == "POST":
        intake.confirm(token)
        return render(request, "public/confirmed.html", {"is_done": True})
    intake.subject(token)
    return render(request, "public/confirmed.html", {"is_done": False})


@never_cache
@csrf_exempt  # RFC 8058: the mail program posts `List-Unsubscribe=One-Click` without having seen a page
@require_http_methods(["GET", "HEAD", "POST"])
@public
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """End one subscription. A link that was used before gets the same answer: it is over."""
    row = leaving.subscription(token, clock.now())
    if request.method == "POST":
        audience.remove([row])
        return render(request, "public/leave.html", {"is_done": True})
    return render(request, "public/leave.html", {"is_done": False})


@csrf_exempt  # a language is no secret and no harm
@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Remember a language for pages whose address does not say one."""
    chosen, after = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        after = "/"
    response = HttpResponseRedirect(after)
    if chosen in city.current().languages:
        response.set_cookie(
            languages.COOKIE, chosen, max_age=languages.YEAR_S, samesite="Lax", secure=request.is_secure()
        )
    return response
