"""Log-in by the city's directory: it says who somebody is, never what they may do, and it makes no account here."""

from __future__ import annotations

import hmac
import time
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from beffroi.errors import NotAllowed, NotFound, TooMany
from beffroi.lib import oidc
from beffroi.lib.guard import DEFAULT_PORTS, Guard
from beffroi.people.models import Person
from beffroi.web import door, pause
from beffroi.web.doors import public

ASKED: Final = "directory"
WAIT_S: Final = 10 * 60
"""How long somebody may take at the directory."""
RECENT_S: Final = 2 * 60
"""How long ago the directory may have asked somebody whom we sent there to be asked again."""


class DirectoryRefused(NotAllowed):
    """The directory did not vouch for anybody who has an account here: fact `why` (state, cancelled, email, account,
    person, second-factor, old)."""

    code = "directory-refused"


@public
@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the directory; `?again` for who is in and must prove it anew."""
    client = our_client()
    if not ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
        raise TooMany(wait_s=60)
    where, ask = oidc.places(client), oidc.fresh()
    is_again = "again" in request.GET and request.user.is_authenticated
    request.session[ASKED] = {
        "ask": list(ask), "next": pause.aim(request), "is_again": is_again, "at": time.time(),
    }  # fmt: skip
    return redirect(oidc.address(client, where, ask, is_again=is_again))


@public
@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Somebody comes back from the directory."""
    client = our_client()
    asked = request.session.pop(ASKED, None)
    state = request.GET.get("state", "")
    if asked is None or time.time() - asked["at"] > WAIT_S or not hmac.compare_digest(
        state.encode(), asked["ask"][0].encode()
    ):  # fmt: skip
        raise DirectoryRefused(why="state")
    if not request.GET.get("code"):
        raise DirectoryRefused(why="cancelled")
    claims = oidc.claims(client, oidc.places(client), oidc.Ask(*asked["ask"]), request.GET["code"])
    person = person_of(claims)
    if asked["is_again"]:
        return confirm(request, person, claims, asked["next"])
    return enter(request, person, claims, asked["next"])


def our_client() -> oidc.Client:
    """Us, as the settings say; NotFound where the city has no directory. The directory itself may stand in the city's
    own network; what it refers to elsewhere may not."""
    if not settings.OIDC_URL:
        raise NotFound()
    url = urlsplit(settings.OIDC_URL)
    own = f"{url.hostname}:{url.port or DEFAULT_PORTS[url.scheme]}"
    return oidc.Client(
        issuer=settings.OIDC_URL, id=settings.OIDC_CLIENT, secret=settings.OIDC_SECRET,
        back=settings.BASE_URL + reverse("directory-back"),
        guard=Guard(open_hosts=frozenset([*settings.OPEN_HOSTS, own]), ca_file=settings.CA_FILE or None),
    )  # fmt: skip


def person_of(claims: dict[str, Any]) -> Person:
    """Whose account the directory means: by an e-mail address that it has verified, and in no other way."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise DirectoryRefused(why="email")
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise DirectoryRefused(why="account")
    return person


def has_vouched(claims: dict[str, Any]) -> bool:
    """Whether the directory says that it asked for a second factor, in a word that the settings name (RFC 8176)."""
    amr = claims.get("amr")
    said = [claims.get("acr"), *(amr if isinstance(amr, list) else [])]
    return any(isinstance(word, str) and word in settings.OIDC_SECOND_FACTOR for word in said)


def enter(request: HttpRequest, person: Person, claims: dict[str, Any], path: str) -> HttpResponse:
    """Log somebody in; our own second factor is asked next unless the directory's counts."""
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, method=door.DIRECTORY)
    if has_vouched(claims):
        record_authentication(request, person, method="mfa", type=door.DIRECTORY)
        request.is_vouched = True  # type: ignore[attr-defined]
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=path or None))
    return answer


def confirm(request: HttpRequest, person: Person, claims: dict[str, Any], path: str) -> HttpResponse:
    """Who is in has proved it anew, at the directory: go on with what waited."""
    if person != request.user:
        raise DirectoryRefused(why="person")
    if not has_vouched(claims):
        raise DirectoryRefused(why="second-factor")
    asked_at = claims.get("auth_time")
    if not isinstance(asked_at, int) or time.time() - asked_at > RECENT_S:
        raise DirectoryRefused(why="old")
    record_authentication(request, person, method="mfa", type=door.DIRECTORY, reauthenticated=True)
    return pause.go_on(request, path)
