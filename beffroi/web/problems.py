"""Errors in the reader's words: a page that says what happened and what to do, or JSON by RFC 9457."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from beffroi.errors import BadInput, BeffroiError, NotAllowed, NotFound, TooLarge, Unavailable
from beffroi.web import frame, language, paths
from beffroi.web.words import Words, words_of

log = logging.getLogger("beffroi.problems")

Response = Callable[[HttpRequest], HttpResponse]
HEADERS = {"wait_s": "Retry-After", "allowed": "Allow"}
"""Facts that HTTP has a header for (RFC 9110)."""


class Forged(NotAllowed):
    """A form without the mark that our own page gives it (CSRF)."""

    code = "form-forged"


class Facts(dict[str, Any]):
    """Values for a sentence; one that is missing is told as an ellipsis, for an error page may not fail."""

    def __missing__(self, key: str) -> str:
        return "…"


def told(text: object, facts: Mapping[str, object]) -> str:
    """A sentence with its facts."""
    return str(text) % Facts(facts)


def wants_json(path: str, accept: str) -> bool:
    """Whether a program asks: by address, or by asking for JSON and not for a page."""
    return path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def known(err: BaseException | None) -> BeffroiError:
    """Any exception as one of ours. What nobody planned is `internal`, and tells the reader nothing of its inside."""
    if isinstance(err, BeffroiError):
        return err
    if isinstance(err, Http404):
        return NotFound()
    if isinstance(err, PermissionDenied):
        return NotAllowed()
    if isinstance(err, RequestDataTooBig | TooManyFieldsSent):
        return TooLarge()
    if isinstance(err, SuspiciousOperation | UnicodeDecodeError):
        return BadInput()
    if isinstance(err, OperationalError | InterfaceError):
        return Unavailable()
    return BeffroiError()


def render(err: BeffroiError, *, language: str, is_json: bool, is_desk: bool = False) -> tuple[str, bytes]:
    """Content type and body of an error in a language; `is_desk` leads staff back to their desk. Needs no database."""
    with translation.override(language):
        words: Words = words_of(err.code)
        title, happened = told(words.title, err.facts), told(words.happened, err.facts)
        advice = told(words.advice, err.facts)
        if is_json:
            body = {
                "type": f"{settings.BASE_URL}{paths.errors(language)}#{err.code}",
                "title": title, "status": err.status, "detail": f"{happened} {advice}".strip(), "code": err.code,
                "facts": {name: plain(value) for name, value in err.facts.items()},
            }  # fmt: skip
            return "application/problem+json", json.dumps(body, ensure_ascii=False).encode()
        context = {
            "frame": frame.build(language), "title": title, "happened": happened, "advice": advice,
            "code": err.code, "status": err.status, "now": paths.now(language), "is_desk": is_desk,
        }  # fmt: skip
        return "text/html; charset=utf-8", render_to_string("public/problem.html", context).encode()


def plain(value: object) -> object:
    """A fact as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def respond(request: HttpRequest, err: BeffroiError) -> HttpResponse:
    """The answer to this request."""
    chosen = getattr(request, "LANGUAGE_CODE", None) or language.of_request(request)
    is_json = wants_json(request.path, request.headers.get("Accept", ""))
    content_type, body = render(err, language=chosen, is_json=is_json, is_desk=request.path.startswith("/desk/"))
    response = HttpResponse(body, content_type=content_type, status=err.status)
    response["Cache-Control"] = "no-store"
    for fact, header in HEADERS.items():
        if fact in err.facts:
            response[header] = str(err.facts[fact])
    if err.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def answer(get_response: Response) -> Response:
    """Middleware: what a view raises becomes an answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse:
        err = known(exception)
        if err.status >= 500:
            log.error("%s on %s", err.code, request.resolver_match and request.resolver_match.route, exc_info=exception)
        return respond(request, err)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check has refused a form."""
    log.info("form refused: %s", reason)
    return respond(request, Forged())


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No route leads there."""
    return respond(request, known(exception))


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed outside any view: the database, or a mistake of ours."""
    return respond(request, known(sys.exc_info()[1]))
