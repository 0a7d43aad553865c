"""Routes of programs: without a key nothing opens; with one, exactly the operations of its actions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beffroi.people import access
from beffroi.people import actions as people
from beffroi.web.api import programs, urls
from beffroi.web.api.door import Bearer

ARGUMENTS = {"{call_id}": "nosuchcall", "{warning_id}": "404", "{webhook_id}": "nosuchhook"}
OPEN = {"GET /api/figures/nosuchcall"}


def operations() -> list[tuple[str, str, str]]:
    """Method, address and action of every operation; no action where no key is asked for."""
    found = []
    for router in programs.api._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                address = "/api" + path
                for name, value in ARGUMENTS.items():
                    address = address.replace(name, value)
                actions = [door.action for door in one.auth_callbacks if isinstance(door, Bearer)]
                found.append((one.methods[0], address, actions[0] if actions else ""))
    return found


def test_every_route_is_behind_the_wrapper() -> None:
    assert {one.callback.access for one in urls.urlpatterns} == {access.PUBLIC}  # type: ignore[attr-defined]
    assert len(operations()) == 16


@pytest.mark.parametrize(("method", "address", "action"), operations())
def test_without_a_key_nothing_opens(committed: None, method: str, address: str, action: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, address)
    if f"{method} {address}" in OPEN:
        assert answer.status_code == 404
        return
    assert action
    assert (answer.status_code, answer.json()["code"]) == (401, "key-refused")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("opens", access.FOR_PROGRAMS)
def test_a_key_opens_its_own_operations_and_no_other(town: None, opens: str) -> None:
    bearer = {"Authorization": f"Bearer {people.add_key('partner', [opens])}"}
    for method, address, action in operations():
        answer: Any = Client().generic(method, address, headers=bearer)
        is_refused = answer.status_code == 403 and answer.json()["code"] == "key-too-narrow"
        assert is_refused == (action not in {"", opens}), f"{opens} at {method} {address}: {answer.status_code}"
        assert answer.status_code < 500


def test_a_method_that_is_not_there(committed: None) -> None:
    answer = Client().patch("/api/calls")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-refused")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
