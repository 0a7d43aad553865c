"""Errors as pages and as JSON, in the reader's language."""

from __future__ import annotations

import json
import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from beffroi.audience.actions import CellsBad
from beffroi.errors import BeffroiError, TooMany
from beffroi.web import problems


def raised(error: Exception, path: str = "/fr/somewhere/", **headers: str) -> HttpResponse:
    """The answer to a request whose view raises."""

    def view(request: HttpRequest) -> HttpResponse:
        raise error

    request = RequestFactory().get(path, headers=headers)
    chain = problems.answer(view)
    with pytest.raises(type(error)):
        chain(request)
    return chain.process_exception(request, error)  # type: ignore[attr-defined,no-any-return]


def test_a_page_says_what_happened_and_what_to_do() -> None:
    answer = raised(CellsBad(cells=5000, limit=2000))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")
    assert answer["Cache-Control"] == "no-store"
    assert '<html lang="fr"' in page
    assert "contient au plus 2000 cellules" in page
    assert "cells-bad" in page


def test_programs_get_json() -> None:
    answer = raised(CellsBad(cells=5000, limit=2000), "/api/subscriptions")
    assert answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert (told["status"], told["code"], told["facts"]) == (400, "cells-bad", {"cells": 5000, "limit": 2000})
    assert told["type"].endswith("/errors/#cells-bad")
    assert told["title"]
    assert told["detail"]
    assert raised(CellsBad(), "/fr/x/", accept="application/json")["Content-Type"] == "application/problem+json"
    assert raised(CellsBad(), "/fr/x/", accept="text/html,application/json")["Content-Type"].startswith("text/html")


def test_facts_keep_their_form_for_programs() -> None:
    bad = CellsBad(fields={"headline.fr": "missing", "deep": {"a": 1}}, at=Http404)
    told = json.loads(raised(bad, "/api/calls").content)["facts"]
    assert told == {"fields": {"headline.fr": "missing", "deep": {"a": 1}}, "at": str(Http404)}


def test_facts_that_http_has_a_header_for() -> None:
    class Refused(BeffroiError):
        code, status = "key-refused", 401

    class Method(BeffroiError):
        code, status = "method-refused", 405

    assert raised(Refused(), "/api/calls")["WWW-Authenticate"] == "Bearer"
    assert raised(Method(allowed="GET, POST"), "/api/calls")["Allow"] == "GET, POST"


def test_facts_are_inert_in_a_page() -> None:
    class Shown(BeffroiError):
        code = "subscription-bad"

    page = raised(Shown(field="<script>alert(1)</script>\u202e")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("secret path"), 404, "not-found"),
        (PermissionDenied("secret"), 403, "not-allowed"),
        (SuspiciousOperation("secret"), 400, "bad-input"),
        (OperationalError("secret host"), 503, "unavailable"),
        (ZeroDivisionError("secret"), 500, "internal"),
    ],
)
def test_djangos_own_errors_tell_nothing_of_our_inside(error: Exception, status: int, code: str) -> None:
    answer = raised(error)
    assert answer.status_code == status
    assert code in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_what_is_our_fault_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="beffroi.problems"):
        raised(ZeroDivisionError())
        raised(Http404())
    assert [record.getMessage().split(" on ")[0] for record in caplog.records] == ["internal"]


def test_who_must_wait_is_told_how_long() -> None:
    assert raised(TooMany(wait_s=7))["Retry-After"] == "7"


@pytest.mark.parametrize("path", ["/de/subscribe/", "/xx/past/", "/fr/alert/bcdfgh2345/", "/nothing"])
def test_an_unknown_page_or_language_is_a_page(path: str) -> None:
    answer = Client().get(path, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "not-found" in answer.content.decode()


def test_a_form_without_its_mark_is_refused() -> None:
    answer = Client(enforce_csrf_checks=True).post("/en/subscribe/", {"email": "ada@residents.example"})
    assert answer.status_code == 403
    assert "form-forged" in answer.content.decode()
    assert "This form is too old" in answer.content.decode()


def failing(request: HttpRequest, answers: list[HttpResponse]) -> None:
    """What Django does when a middleware fails: it asks the handler while the exception is being handled."""
    try:
        unreadable(request)
    finally:
        answers.append(problems.broken(request))


def unreadable(request: HttpRequest) -> None:
    """A session that cannot be read."""
    raise OperationalError(request.path)


def test_an_error_outside_any_view() -> None:
    request = RequestFactory().get("/fr/")
    answers: list[HttpResponse] = []
    with pytest.raises(OperationalError):
        failing(request, answers)
    assert [answer.status_code for answer in answers] == [503]
    assert problems.missing(request, Http404()).status_code == 404
