"""What operations say of their errors, and ninja's own errors in our words."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from ninja.errors import HttpError, ValidationError

from beffroi.errors import Conflict, NotFound
from beffroi.web.api import answers


def test_errors_by_status() -> None:
    told = answers.by_status(NotFound, Conflict, NotFound)
    assert told[404] == "`not-found`"
    assert list(told) == [400, 404, 409, 413, 429, 500, 503]


def test_headers_are_of_good_answers_only() -> None:
    told = answers.answers({201: None}, NotFound, headers=["ETag"])["openapi_extra"]["responses"]
    assert told[201] == {"headers": {"ETag": {"schema": {"type": "string"}}}}
    assert "headers" not in told[404]


def test_the_place_of_a_fault_is_that_in_the_request() -> None:
    errors = [
        {"loc": ("body", "given", "texts", "fr", "headline"), "type": "missing"},
        {"loc": ("query", "limit"), "type": "int_parsing"}, {"loc": ("body", "given"), "type": "missing"},
        {"loc": ("header", "If-Match"), "type": "missing"},
    ]  # fmt: skip
    assert answers.faults(ValidationError(errors)) == {
        "texts.fr.headline": "missing", "limit": "int_parsing", "given": "missing", "If-Match": "missing",
    }  # fmt: skip
    many = [{"loc": ("query", str(number)), "type": "x"} for number in range(100)]
    assert len(answers.faults(ValidationError(many))) == answers.FAULTS


def test_ninjas_errors_are_raised_as_ours() -> None:
    request = RequestFactory().get("/api/calls")
    with pytest.raises(answers.RequestBad) as caught:
        answers.refuse_invalid(request, HttpError(400, "Cannot parse request body"))
    assert caught.value.facts == {"fields": {"body": "not-json"}}
    with pytest.raises(answers.RequestBad) as caught:
        answers.refuse_invalid(request, ValidationError([{"loc": ("query", "limit"), "type": "missing"}]))
    assert caught.value.facts == {"fields": {"limit": "missing"}}
