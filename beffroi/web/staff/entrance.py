"""Log-in, log-out and the second factor: allauth's views, the few that are needed, open to everybody."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.http import HttpRequest, HttpResponse

from beffroi.web.doors import View, public


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
reauthenticate = wrapped(account.reauthenticate)
authenticate = wrapped(mfa.authenticate)
mfa_reauthenticate = wrapped(mfa.reauthenticate)
