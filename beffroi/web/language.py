"""Which language a reader gets: the address says it, else the cookie `lang`, else the browser, else the city's
first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from beffroi import city

COOKIE: Final = "lang"
YEAR_S: Final = 365 * 24 * 3600


def of_path(path: str, languages: Sequence[str]) -> str | None:
    """The language that an address begins with: /fr/past/."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in languages else None


def wanted(cookie: str, accepted: str, languages: Sequence[str]) -> str:
    """The best of `languages` for a cookie and an Accept-Language header; any text in either is harmless."""
    if cookie in languages:
        return cookie
    for tag, quality in parse_accept_lang_header(accepted[:500].lower()):
        for language in languages:
            if quality > 0 and tag.split("-")[0] == language.lower().split("-")[0]:
                return language
    return languages[0]


def of_request(request: HttpRequest) -> str:
    """The language for this request."""
    languages = city.current().languages
    cookie, accepted = request.COOKIES.get(COOKIE, ""), request.headers.get("Accept-Language", "")
    return of_path(request.path, languages) or wanted(cookie, accepted, languages)


def choose(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answer in the reader's language, and say which it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = of_request(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        if of_path(request.path, city.current().languages) is None:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return middleware


def own_name(language: str) -> str:
    """A language's name in that language."""
    return dict(settings.LANGUAGES).get(language, language)
