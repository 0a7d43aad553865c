"""Who may open which route: every view says it with one of these, and what says nothing is refused by a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from beffroi import city
from beffroi.errors import NotAllowed
from beffroi.people import access
from beffroi.web import door, pause

View = Callable[..., HttpResponse]


class SecondFactorMissing(NotAllowed):
    """A staff account without a second factor opens nothing."""

    code = "second-factor-missing"


class DeskLocked(NotAllowed):
    """Nobody has touched the desk for a while: what a page fetches by itself is not answered until somebody unlocks
    it."""

    code = "desk-locked"
    status = 401


def public(view: View) -> View:
    """Everybody may open it."""
    view.access = access.PUBLIC  # type: ignore[attr-defined]
    return view


def opens(action: str, *, is_fetched: bool = False) -> Callable[[View], View]:
    """Staff who may do `action` (people/access.py), with a second factor; in their language, by the city's clock.

    A locked desk asks for the second factor again and goes on. `is_fetched` is for what a page's script asks by itself:
    it is told that the desk is locked, and reading keeps no desk open."""
    if action not in access.TABLE:
        raise LookupError(action)

    def keeper(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not door.is_welcome(request.user) or door.is_over(request):
                logout(request)
                return redirect_to_login(request.get_full_path())
            language = request.LANGUAGE_CODE = request.user.language  # an error is told in it, too
            if not door.has_second_factor(request):
                raise SecondFactorMissing()
            if door.is_locked(request):
                if is_fetched:
                    raise DeskLocked()
                return pause.ask(request)
            if not is_fetched or request.method == "POST":
                door.touch(request)
            access.demand(request.user, action)
            with translation.override(language), timezone.override(ZoneInfo(city.current().timezone)):
                return view(request, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]
        return guarded

    return keeper


def fresh(view: View) -> View:
    """Only with a second factor of the last minutes (door.FRESH_S); else it is asked for, and the request goes on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not door.is_fresh(request):
            return pause.ask(request)
        return view(request, *args, **kwargs)

    return guarded
