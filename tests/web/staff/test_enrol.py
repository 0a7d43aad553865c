"""An account is set up with its link: a password, one second factor, recovery codes; once, and by nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from beffroi.people import actions, factors
from beffroi.people.models import Entry, Invitation, Person
from tests.passkey import ATTESTED, USER_PRESENT, Passkey, options_of

PASSWORD = "vierzehn graue Dohlen"


@pytest.fixture
def token(committed: None) -> str:
    """Dora was invited to decide for the mayor."""
    cache.clear()
    return actions.invite_person(Person(email="dora@town.example", name="Dora", role="approver", body="mayor"))


def now_of(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def form_of(page: bytes) -> dict[str, str]:
    """A good answer to the page, with an app."""
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.decode())
    assert found is not None
    return {"password": PASSWORD, "again": PASSWORD, "secret": found[1], "code": now_of(found[1]), "credential": ""}


def codes_of(page: bytes) -> list[str]:
    return re.findall(r"<li>(\d{4} \d{4})</li>", page.decode())


def set_up(token: str, client: Client) -> list[str]:
    url = f"/desk/enrol/{token}/"
    answer = client.post(url, form_of(client.get(url).content))
    assert answer.status_code == 200
    return codes_of(answer.content)


def test_with_an_app(token: str, town: None) -> None:
    client = Client()
    page = client.get(f"/desk/enrol/{token}/")
    assert b"Dora" in page.content and b"<svg" in page.content and b"<?xml" not in page.content
    assert "no-store" in page["Cache-Control"]
    form = form_of(page.content)
    answer = client.post(f"/desk/enrol/{token}/", form)
    codes = codes_of(answer.content)
    assert len(set(codes)) == 10
    assert "no-store" in answer["Cache-Control"]
    person = Person.objects.get()
    assert person.check_password(PASSWORD)
    assert {factor.type for factor in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    stored = str(list(Authenticator.objects.values())) + str(list(Invitation.objects.values()))
    assert not any(
        secret in stored for secret in [form["secret"], token, *codes, *(code.replace(" ", "") for code in codes)]
    )
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["person.add", "person.enrol"]
    cache.clear()
    assert client.post("/desk/login/", {"login": person.email, "password": PASSWORD}).url == "/desk/code/"  # type: ignore[attr-defined]
    assert client.post("/desk/code/", {"code": now_of(form["secret"])}).url == "/desk/"  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 200


def test_with_a_passkey_that_then_opens_the_desk(token: str, town: None) -> None:
    client, passkey = Client(), Passkey()
    url = f"/desk/enrol/{token}/"
    page = client.get(url).content
    options = options_of(page)
    assert options["publicKey"]["rp"]["id"] == "localhost"
    assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    answer = client.post(url, form_of(page) | {"code": "", "credential": passkey.made(options)})
    assert len(codes_of(answer.content)) == 10
    client.post("/desk/login/", {"login": "dora@town.example", "password": PASSWORD})
    asked = client.get("/desk/code/").content
    assert client.post("/desk/code/", {"credential": passkey.signed(options_of(asked))}).url == "/desk/"  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("lie", ["origin", "site", "touch", "challenge", "garbage", "list", "half"])
def test_a_passkey_that_does_not_hold(token: str, lie: str) -> None:
    client, url = Client(), f"/desk/enrol/{token}/"
    page = client.get(url).content
    options = options_of(page)
    answers: dict[str, Any] = {
        "origin": lambda: Passkey().made(options, origin="https://town.example.evil"),
        "site": lambda: Passkey("elsewhere").made(options),
        "touch": lambda: Passkey().made(options, flags=USER_PRESENT | ATTESTED),
        "challenge": lambda: Passkey().made({"publicKey": {"challenge": "AAAA"}}),
        "garbage": lambda: "{",
        "list": lambda: "[1]",
        "half": lambda: '{"id": "x", "response": {}}',
    }
    answer = client.post(url, form_of(page) | {"code": "", "credential": answers[lie]()})
    assert answer.status_code == 400
    assert not Authenticator.objects.exists()
    assert Invitation.objects.get().used_at is None


@pytest.mark.parametrize("change", [
    {"password": "short", "again": "short"}, {"password": "passwordpassword", "again": "passwordpasswork"},
    {"password": "dora@town.example", "again": "dora@town.example"}, {"again": ""}, {"code": "000"}, {"code": ""},
    {"secret": "AAAA"}, {"credential": "x"},
])  # fmt: skip
def test_what_is_not_taken(token: str, change: dict[str, str]) -> None:
    client, url = Client(), f"/desk/enrol/{token}/"
    answer = client.post(url, form_of(client.get(url).content) | change)
    assert answer.status_code == 400
    assert b'class="errors' in answer.content
    assert PASSWORD.encode() not in answer.content
    assert not Authenticator.objects.exists()
    assert set_up(token, client)


def test_the_link_works_once(token: str) -> None:
    client = Client()
    set_up(token, client)
    kept = list(Authenticator.objects.values())
    url = f"/desk/enrol/{token}/"
    for answer in (client.get(url), client.post(url, {"password": PASSWORD})):
        assert answer.status_code == 404
        assert b"invitation-bad" in answer.content
    assert list(Authenticator.objects.values()) == kept


@pytest.mark.parametrize("end", ["time", "account", "newer", "unknown"])
def test_a_link_that_ended(token: str, end: str) -> None:
    client = Client()
    page = client.get(f"/desk/enrol/{token}/").content
    if end == "time":
        Invitation.objects.using("owner").update(expires_at="2020-01-01T00:00Z")
    elif end == "account":
        actions.end_person("dora@town.example")
    elif end == "newer":
        actions.invite_again("dora@town.example")
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    for answer in (client.get(f"/desk/enrol/{token}/"), client.post(f"/desk/enrol/{token}/", form_of(page))):
        assert answer.status_code == 404
    with pytest.raises(actions.InvitationBad):  # nor does the database take it
        actions.enrol(token, password=PASSWORD, factor=factors.by_app("A" * 32))
    assert not Authenticator.objects.exists()


def test_one_more_factor_leaves_what_is_there(token: str, town: None) -> None:
    client = Client()
    old_codes = set_up(token, client)
    app = Authenticator.objects.get(type="totp")
    _, again = actions.invite_again("dora@town.example")
    page = client.get(f"/desk/enrol/{again}/").content
    passkey = Passkey()
    form = form_of(page) | {"code": "", "credential": passkey.made(options_of(page))}
    assert len(codes_of(client.post(f"/desk/enrol/{again}/", form).content)) == 10
    assert Authenticator.objects.get(type="totp") == app
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    codes = Authenticator.objects.get(type="recovery_codes")
    assert not actions.spend_code(codes, old_codes[0])


def test_a_thief_of_the_applications_role_cannot_make_a_factor(token: str) -> None:
    """All that the role can read is the digest, and the database wants the token."""
    digest = bytes(Invitation.objects.get().digest)
    with connection.cursor() as cursor:
        for guess in (digest.hex(), "\\x" + digest.hex(), digest.decode("latin-1")):
            cursor.execute("SELECT people_enrol(%s, '!', 'totp', '{}', '{}')", [guess.replace("\0", "")])
            assert cursor.fetchone() == (None,)
    attempts = [
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (1, 'totp', '{}', now())",
        "INSERT INTO people_invitation (person_id, digest, expires_at) SELECT id, '\\x00', now() FROM people_person",
        "UPDATE people_invitation SET digest = '\\x00'", "UPDATE people_invitation SET used_at = NULL",
        "UPDATE people_invitation SET person_id = 1", "DELETE FROM people_invitation",
        "UPDATE mfa_authenticator SET user_id = 1", "UPDATE mfa_authenticator SET type = 'totp'",
        "CREATE OR REPLACE FUNCTION people_enrol(token text, hash text, kind text, factor jsonb, codes jsonb) "
        "RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "ALTER FUNCTION people_enrol(text, text, text, jsonb, jsonb) SET search_path = pg_temp",
    ]  # fmt: skip
    for attempt in attempts:
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attempt)
    with pytest.raises(DatabaseError, match="no-such-factor"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT people_enrol(%s, '!', 'recovery_codes', '{}', '{}')", [token])
    assert not Authenticator.objects.exists()


def test_a_table_of_the_thief_does_not_stand_in_for_ours(token: str) -> None:
    """The function looks into our schema, not into the caller's temporary one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people_invitation AS SELECT id, person_id, sha256('x') AS digest, "
                       "expires_at, used_at FROM public.people_invitation")  # fmt: skip
        cursor.execute("SELECT people_enrol('x', '!', 'totp', '{}', '{}')")
        assert cursor.fetchone() == (None,)
        transaction.set_rollback(True)


def test_an_enrolment_ends_the_sessions_of_before(bruno: Person, town: None, enter: Any) -> None:
    client = enter(bruno)
    assert client.get("/desk/").status_code == 200
    _, token = actions.invite_again(bruno.email)
    assert client.get("/desk/").status_code == 200
    set_up(token, Client())
    assert client.get("/desk/").status_code == 302


def test_the_log_tells_no_secret(token: str) -> None:
    codes = set_up(token, Client())
    told = str(list(Entry.objects.values()))
    assert not any(secret in told for secret in [token, PASSWORD, *codes])
