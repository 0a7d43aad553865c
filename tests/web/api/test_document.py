"""The OpenAPI document is valid 3.1, says who may do what, and describes every route and every feed that is served."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from beffroi.people import access
from beffroi.web.api import document, urls

DOCUMENT = "/api/openapi.json"


@pytest.fixture
def made(django_db_setup: None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document.document())
    return found


def operations(made: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, told) for path, each in made["paths"].items() for method, told in each.items()]


def test_it_is_valid_openapi_3_1(made: dict[str, Any]) -> None:
    assert made["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(made).iter_errors()] == []


def test_it_is_served_to_everybody(committed: None) -> None:
    answer = Client().get(DOCUMENT)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["servers"] == [{"url": "http://localhost:8000"}]
    again = Client().get(DOCUMENT, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_route_is_in_it(made: dict[str, Any]) -> None:
    routes = {"/api/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(one.pattern)) for one in urls.urlpatterns}
    described = {path for path in made["paths"] if path.startswith("/api/")}
    assert described == routes | {"/api/subscriptions", "/api/subscriptions/move"}


def test_each_operation_names_the_one_action_that_opens_it(made: dict[str, Any]) -> None:
    found = {f"{method} {path}": told["security"][0]["Bearer"] for path, method, told in operations(made)
             if "security" in told}  # fmt: skip
    assert {action for actions in found.values() for action in actions} == set(access.FOR_PROGRAMS)
    assert all(len(actions) == 1 for actions in found.values())
    assert found["put /api/calls/{call_id}"] == ["call.draft"]
    assert found["post /api/calls/{call_id}/end"] == ["call.close"]
    without = [path for path, _method, told in operations(made) if "security" not in told and path.startswith("/api/")]
    assert without == [
        "/api/figures/{call_id}", "/api/openapi.json", "/api/subscriptions", "/api/subscriptions/move",
    ]  # fmt: skip


def test_every_error_is_a_problem_with_its_codes(made: dict[str, Any]) -> None:
    for path, method, told in operations(made):
        for status, answer in told["responses"].items():
            if status >= "400" and path.startswith("/api/") and method != "get":
                assert "application/problem+json" in answer["content"], (path, method, status)
                assert "`" in answer["description"], (path, method, status)


def test_a_post_with_a_key_may_be_repeated(made: dict[str, Any]) -> None:
    told = made["paths"]["/api/calls"]["post"]
    assert [one["name"] for one in told["parameters"]] == ["Idempotency-Key"]
    assert "`idempotency-key-reused`" in told["responses"]["422"]["description"]
    both = made["paths"]["/api/cap"]["post"]["responses"]["422"]["content"]
    assert set(both) == {"application/json", "application/problem+json"}
