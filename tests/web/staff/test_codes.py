"""What opens as a second factor at log-in: each recovery code once, a passkey for the challenge of this session."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client

from beffroi.people import actions
from beffroi.people.models import Entry, Person
from beffroi.web.staff import codes
from tests.passkey import USER_PRESENT, Passkey, options_of
from tests.web.conftest import give_password
from tests.web.staff.test_enrol import PASSWORD, codes_of, form_of


@pytest.fixture
def passkey(bruno: Person) -> tuple[Passkey, list[str]]:
    """Bruno's passkey and his recovery codes; his app stays."""
    cache.clear()
    _, token = actions.invite_again(bruno.email)
    client, made = Client(), Passkey()
    page = client.get(f"/desk/enrol/{token}/").content
    answer = client.post(
        f"/desk/enrol/{token}/", form_of(page) | {"code": "", "credential": made.made(options_of(page))}
    )
    return made, codes_of(answer.content)


def half_way(person: Person) -> tuple[Client, dict[str, Any]]:
    """After the password, with what the page asks for."""
    client = Client()
    assert client.post("/desk/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    return client, options_of(client.get("/desk/code/").content)


def test_a_recovery_code_opens_once_and_is_told(bruno: Person, town: None, passkey: Any) -> None:
    _, recovery = passkey
    for typed, status in (
        (recovery[3], 302),
        (recovery[3], 200),
        (recovery[4].replace(" ", "-"), 302),
        ("12345678", 200),
    ):
        client, _ = half_way(bruno)
        assert client.post("/desk/code/", {"code": typed}).status_code == status
        assert client.get("/desk/").status_code == (200 if status == 302 else 302)
    assert Entry.objects.filter(action="person.recover", person=bruno).count() == 2


def test_a_spent_code_cannot_be_made_unspent(bruno: Person, passkey: Any) -> None:
    factor = Authenticator.objects.get(type="recovery_codes")
    assert actions.spend_code(factor, passkey[1][0])
    with connection.cursor() as cursor:
        for place in (0, -1, 32, 64, None):
            cursor.execute("SELECT people_spend_code(%s, %s)", [factor.pk, place])
            assert cursor.fetchone() == (False,)
        app = Authenticator.objects.get(type="totp")
        cursor.execute("SELECT people_spend_code(%s, 1)", [app.pk])
        assert cursor.fetchone() == (False,)
    factor.refresh_from_db()
    assert factor.data["used_mask"] == 1
    assert not actions.spend_code(factor, passkey[1][0])


def test_a_passkey_opens(bruno: Person, town: None, passkey: Any) -> None:
    client, options = half_way(bruno)
    answer = client.post("/desk/code/", {"credential": passkey[0].signed(options)})
    assert answer.url == "/desk/"  # type: ignore[attr-defined]
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


@pytest.mark.parametrize("lie", ["origin", "touch", "replay", "stranger", "garbage", "list", "half", "signature"])
def test_a_passkey_that_does_not_hold(bruno: Person, passkey: Any, lie: str) -> None:
    made: Passkey = passkey[0]
    _, old = half_way(bruno)
    client, options = half_way(bruno)
    broken = made.signed(options).replace('"signature": "', '"signature": "AAAA')
    said = {
        "origin": made.signed(options, origin="https://evil.example"),
        "touch": made.signed(options, flags=USER_PRESENT), "replay": made.signed(old),
        "stranger": Passkey().signed(options), "garbage": "{", "list": "[]", "half": '{"id": "AA", "response": {}}',
        "signature": broken,
    }[lie]  # fmt: skip
    answer = client.post("/desk/code/", {"credential": said})
    assert answer.status_code == 200
    assert b"data-fault>" in answer.content  # not hidden
    assert client.get("/desk/").status_code == 302


def test_tries_are_counted(bruno: Person, passkey: Any) -> None:
    client, _ = half_way(bruno)
    for _ in range(5):
        client.post("/desk/code/", {"code": "00000000"})
    assert client.post("/desk/code/", {"code": passkey[1][0]}).status_code == 200
    assert client.get("/desk/").status_code == 302


def test_who_has_no_passkey_is_asked_for_none(bruno: Person) -> None:
    cache.clear()
    client = Client()
    give_password(client, bruno)
    assert b"data-passkey" not in client.get("/desk/code/").content
    assert codes.passkey_options(bruno) is None
