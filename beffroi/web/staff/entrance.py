"""Log-in, log-out and the second factor: allauth's views, the few that are needed, open to everybody; and the second
factor once more, before something leaves or when the desk is locked."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.base.internal.flows import post_authentication
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beffroi.web import door, pause
from beffroi.web.doors import View, public
from beffroi.web.staff import codes


def wrapped(view: Any) -> View:
    """allauth's view with our mark on it (its own object stays as it is)."""

    @public
    @wraps(view)
    def entrance(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return cast(HttpResponse, view(request, *args, **kwargs))

    return entrance


login = wrapped(account.login)
logout = wrapped(account.logout)
inactive = wrapped(account.account_inactive)
authenticate = wrapped(mfa.authenticate)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask who is logged in for a passkey or a code, then go on with what waited (web/pause.py)."""
    person = request.user
    if not person.is_authenticated or not door.is_welcome(person):
        return redirect_to_login(pause.aim(request))
    form: Any = codes.CodeForm(user=person)
    if request.method == "POST":
        asked = codes.PasskeyForm if "credential" in request.POST else codes.CodeForm
        form = asked(user=person, data=request.POST)
        if form.is_valid():
            post_authentication(request, form.authenticator, reauthenticated=True)
            return pause.go_on(request, pause.aim(request))
    context = {
        "form": form,
        "next": pause.aim(request),
        "is_locked": door.is_locked(request),
        "has_directory": bool(settings.OIDC_URL and settings.OIDC_SECOND_FACTOR),
        "options": codes.passkey_options(person),
    }
    return render(request, "mfa/reauthenticate.html", context)
