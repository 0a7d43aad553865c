"""Who may open which route: every view says it with one of these two, and what says nothing is refused by a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from beffroi.errors import NotAllowed
from beffroi.people import access

View = Callable[..., HttpResponse]


class SecondFactorMissing(NotAllowed):
    """A staff account without a second factor opens nothing."""

    code = "second-factor-missing"


def public(view: View) -> View:
    """Everybody may open it."""
    view.access = access.PUBLIC  # type: ignore[attr-defined]
    return view


def opens(action: str) -> Callable[[View], View]:
    """Staff who may do `action` (people/access.py), logged in with a second factor."""
    if action not in access.TABLE:
        raise LookupError(action)

    def keeper(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not is_mfa_enabled(request.user):
                raise SecondFactorMissing()
            access.demand(request.user, action)
            return view(request, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]
        return guarded

    return keeper
