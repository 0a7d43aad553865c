"""Log-in: a password, then the second factor; nothing else opens, and nothing tells which accounts exist."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import NoReverseMatch, reverse

from beffroi.people.models import Person
from tests.web.conftest import Enter, code, give_code, give_password


def test_password_and_code_lead_to_the_desk(bruno: Person, town: None) -> None:
    cache.clear()
    client = Client()
    give_password(client, bruno)
    assert client.get("/desk/").status_code == 302  # half a log-in opens nothing
    give_code(client)
    answer = client.get("/desk/")
    assert answer.status_code == 200
    assert b"bruno, duty officer" in answer.content


def test_a_wrong_code_opens_nothing(bruno: Person) -> None:
    cache.clear()
    client = Client()
    give_password(client, bruno)
    wrong = "000000" if code() != "000000" else "111111"
    assert client.post("/desk/code/", {"code": wrong}).status_code == 200
    assert client.get("/desk/").status_code == 302


def test_a_code_works_once(bruno: Person) -> None:
    cache.clear()
    used = code()
    for client, expected in ((Client(), 302), (Client(), 200)):
        give_password(client, bruno)
        assert client.post("/desk/code/", {"code": used}).status_code == expected


def test_an_unknown_address_and_a_wrong_password_read_the_same(bruno: Person) -> None:
    cache.clear()
    pages = []
    for login in (bruno.email, "nobody@town.example"):
        page = Client().post("/desk/login/", {"login": login, "password": "wrong"})
        assert page.status_code == 200
        pages.append(page.content.decode().replace(login, "").split("<main", 1)[1].split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1]
    assert 'class="errors' in pages[0]


def test_an_account_without_a_second_factor_opens_nothing(bruno: Person) -> None:
    Authenticator.objects.using("owner").all().delete()
    cache.clear()
    client = Client()
    give_password(client, bruno)
    answer = client.get("/desk/")
    assert answer.status_code == 403
    assert b"second-factor-missing" in answer.content


def test_recovery_codes_alone_are_no_second_factor(bruno: Person) -> None:
    Authenticator.objects.using("owner").update(type="recovery_codes", data={"seed": "00" * 40, "used_mask": 0})
    cache.clear()
    client = Client()
    give_password(client, bruno)
    assert client.get("/desk/").status_code == 403


def test_a_demo_account_opens_nothing_outside_a_demo(bruno: Person, enter: Enter, monkeypatch: Any) -> None:
    Person.objects.using("owner").update(is_demo=True)
    monkeypatch.setattr(settings, "DEMO", True)
    client = enter(bruno)
    assert client.get("/desk/log/").status_code == 403  # inside a demo it is an officer
    monkeypatch.setattr(settings, "DEMO", False)
    assert client.get("/desk/").status_code == 302  # the old session ends, too
    cache.clear()
    answer = Client().post("/desk/login/", {"login": bruno.email, "password": "bruno waits"})
    assert answer.url == "/desk/inactive/"  # type: ignore[attr-defined]


def test_a_closed_account_opens_nothing(bruno: Person, enter: Enter) -> None:
    client = enter(bruno)
    Person.objects.using("owner").update(is_active=False)
    assert client.get("/desk/").status_code == 302


def test_log_out_is_a_post(bruno: Person, enter: Enter, town: None) -> None:
    client = enter(bruno)
    assert client.get("/desk/logout/").status_code == 200
    assert client.get("/desk/").status_code == 200
    assert client.post("/desk/logout/").url == "/desk/login/"  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "mfa_deactivate_totp", "mfa_index"]
)
def test_no_route_of_allauth_stands_open_that_is_not_needed(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_log_in_does_not_send_people_to_another_site(bruno: Person) -> None:
    cache.clear()
    client = Client()
    form = {"login": bruno.email, "password": "bruno waits", "next": "https://elsewhere.example/"}
    client.post("/desk/login/", form)
    answer = client.post("/desk/code/", {"code": code()})
    assert answer.url == "/desk/"  # type: ignore[attr-defined]


def test_the_application_may_not_give_an_account_another_second_factor(bruno: Person) -> None:
    with pytest.raises(Exception, match="permission denied"), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE mfa_authenticator SET data = '{}'")
