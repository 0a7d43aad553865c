"""Every role at every route: exactly what people/access.py says, and nobody without a log-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from beffroi.people import access
from beffroi.people.models import Person
from beffroi.web.staff import urls
from tests.web.conftest import Enter

ARGUMENTS: dict[str, Any] = {"public_id": "nosuchcall", "number": 404, "ending": "all-clear", "token": "nosuchlink"}


def walk(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns)
        else:
            yield pattern


def screens() -> list[URLPattern]:
    """Every route for browsers: programs' doors are looked at in tests/web/api."""
    return list(walk([each for each in get_resolver().url_patterns if str(each.pattern) != "api/"]))


def address(pattern: URLPattern) -> str:
    names = pattern.pattern.converters
    return reverse(pattern.name, kwargs={name: ARGUMENTS[name] for name in names})


STAFF = [
    (pattern.name, getattr(pattern.callback, "access", None), address(pattern)) for pattern in walk(urls.urlpatterns)
]


def test_every_route_of_the_project_says_who_may_open_it() -> None:
    silent = [str(p.pattern) for p in walk(get_resolver().url_patterns) if not hasattr(p.callback, "access")]
    assert silent == []


def test_every_staff_action_is_in_the_table() -> None:
    assert {action for _name, action, _url in STAFF} <= {*access.TABLE, access.PUBLIC}


@pytest.mark.parametrize(("name", "action", "url"), STAFF)
def test_without_a_log_in_only_the_entrance_opens(committed: None, name: str, action: str, url: str) -> None:
    for answer in (Client().get(url), Client().post(url)):
        if action == access.PUBLIC:
            assert answer.status_code in {200, 302, 404, 405}
        else:
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/desk/login/")  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["bruno", "chiara", "olga", "adam"])
def test_a_role_opens_what_the_table_says_and_nothing_else(
    request: pytest.FixtureRequest, enter: Enter, town: None, role: str
) -> None:
    person: Person = request.getfixturevalue(role)
    client = enter(person)
    for name, action, url in STAFF:
        if action == access.PUBLIC:
            continue
        for answer in (client.get(url), client.post(url)):
            is_refused = answer.status_code == 403
            assert is_refused != access.may(person, str(action)), f"{role} at {name}: {answer.status_code}"
            assert answer.status_code < 500, f"{role} at {name}: {answer.status_code}"
            if is_refused:
                assert b"not-allowed" in answer.content


def test_a_form_without_our_mark_is_refused(bruno: Person, enter: Enter, town: None) -> None:
    inside = enter(bruno)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside.cookies
    answer = strict.post("/desk/phase/", {"phase": "orsec"})
    assert answer.status_code == 403
    assert b"form-forged" in answer.content
