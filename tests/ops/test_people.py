"""The command `beffroi people` from its words to the rows, without a question asked."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import LazySettings

from beffroi.__main__ import main
from beffroi.lib import tokens
from beffroi.ops import django
from beffroi.people.models import Entry, Key, Person

Told = pytest.CaptureFixture[str]
ADD = ["people", "add", "ada@town.example", "--name", "Ada"]


def values(text: str) -> tuple[str, str]:
    """Password and secret as they were printed."""
    password = re.search(r"^Password: (\S+)$", text, re.MULTILINE)
    link = re.search(r"otpauth://\S+", text)
    assert password is not None
    assert link is not None
    url = urlparse(link[0])
    assert url.path == "/Beffroi%3Aada%40town.example"
    assert parse_qs(url.query)["issuer"] == ["Beffroi"]
    return password[1], parse_qs(url.query)["secret"][0]


def fits(person: Person, secret: str) -> bool:
    """Whether what an app shows for this secret opens the account."""
    [factor] = Authenticator.objects.filter(user=person)
    return bool(totp.validate_totp_code(decrypt(factor.data["secret"]), totp.format_hotp_value(totp.hotp_value(
        secret, next(iter(totp.yield_hotp_counters_from_time()))))))  # fmt: skip


def test_an_account_opens_with_what_was_printed(machine: None, capsys: Told) -> None:
    assert main([*ADD, "--role", "approver", "--body", "mayor"]) == 0
    text = capsys.readouterr().out
    password, secret = values(text)
    person = Person.objects.get()
    assert (person.email, person.role, person.body, person.language) == ("ada@town.example", "approver", "mayor", "fr")
    assert not person.is_demo
    assert person.check_password(password)
    assert fits(person, secret)
    assert len(password.replace("-", "")) == 25
    assert password not in str(list(Entry.objects.values()))


def test_a_lost_phone(machine: None, capsys: Told) -> None:
    main([*ADD, "--role", "officer"])
    old_password, old_secret = values(capsys.readouterr().out)
    session = Person.objects.get().get_session_auth_hash()
    assert main(["people", "renew", "ada@town.example"]) == 0
    password, secret = values(capsys.readouterr().out)
    person = Person.objects.get()
    assert person.check_password(password)
    assert not person.check_password(old_password)
    assert fits(person, secret)
    assert not fits(person, old_secret)
    assert person.get_session_auth_hash() != session  # Django ends every session that has another
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["person.add", "person.renew"]


def test_listing_and_ending(machine: None, capsys: Told) -> None:
    main([*ADD, "--role", "officer"])
    main(["people", "key", "weather", "--action", "warning.send"])
    capsys.readouterr()
    main(["people", "list"])
    until = f"{Key.objects.get().expires_at:%Y-%m-%d}"
    assert capsys.readouterr().out.split() == [
        "ada@town.example", "officer", "key", "weather", "warning.send", "until", until,
    ]  # fmt: skip
    assert main(["people", "end", "ada@town.example"]) == 0
    assert main(["people", "key", "weather", "--end"]) == 0
    assert main(["people", "key", "weather", "--end"]) == 1
    capsys.readouterr()
    main(["people", "list"])
    assert capsys.readouterr().out.count("ended") == 2
    assert not Person.objects.get().is_active


def test_a_key_is_printed_once_and_kept_as_a_digest(machine: None, capsys: Told) -> None:
    assert main(["people", "key", "weather", "--action", "warning.send"]) == 0
    token = capsys.readouterr().out.strip()
    assert bytes(Key.objects.get().digest) == tokens.digest(token)


@pytest.mark.parametrize(("words", "code"), [
    ([*ADD, "--role", "emperor"], "role-unknown"),
    ([*ADD, "--role", "approver"], "body-unknown"),
    ([*ADD, "--role", "approver", "--body", "emperor"], "body-unknown"),
    (["people", "add", "nobody", "--name", "x", "--role", "officer"], "person-bad"),
    (["people", "end", "nobody@town.example"], "person-unknown"),
    (["people", "renew", "nobody@town.example"], "person-unknown"),
    (["people", "key", "weather", "--action", "call.approve"], "key-bad"),
])  # fmt: skip
def test_what_cannot_be(machine: None, capsys: Told, words: list[str], code: str) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith(f"beffroi: {code}")
    assert not Person.objects.exists()


def test_a_machine_that_only_serves_makes_no_accounts(
    machine: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.setitem(settings.DATABASES["owner"], "NAME", "")
    with pytest.raises(django.OwnerMissing):
        django.setup_as_owner()
    assert main([*ADD, "--role", "officer"]) == 2
    assert "database-owner-missing" in capsys.readouterr().err
