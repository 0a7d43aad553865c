"""The command `beffroi people` from its words to the rows, without a question asked."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings

from beffroi.__main__ import main
from beffroi.lib import tokens
from beffroi.ops import django
from beffroi.people import actions as people
from beffroi.people import factors
from beffroi.people.models import Entry, Key, Person

Told = pytest.CaptureFixture[str]
ADD = ["people", "add", "ada@town.example", "--name", "Ada"]


def token_of(text: str) -> str:
    """The token of the link that was printed."""
    [token] = re.findall(r"/desk/enrol/([\w-]+)/$", text, re.MULTILINE)
    return str(token)


def enrol(token: str) -> None:
    """What the person does with the link on the web."""
    people.enrol(token, password="vierzehn graue Dohlen", factor=factors.by_app("JBSWY3DPEHPK3PXP"))


def test_an_account_is_set_up_with_what_was_printed(machine: None, capsys: Told) -> None:
    assert main([*ADD, "--role", "approver", "--body", "mayor"]) == 0
    token = token_of(capsys.readouterr().out)
    person = Person.objects.get()
    assert (person.email, person.role, person.body, person.language) == ("ada@town.example", "approver", "mayor", "fr")
    assert not person.is_demo
    assert not person.has_usable_password()
    assert people.invited(token) == person
    assert token not in str(list(Entry.objects.values()))


def test_a_lost_phone(machine: None, capsys: Told) -> None:
    main([*ADD, "--role", "officer"])
    enrol(token_of(capsys.readouterr().out))
    session = Person.objects.get().get_session_auth_hash()
    assert main(["people", "renew", "ada@town.example"]) == 0
    person = Person.objects.get()
    assert not Authenticator.objects.exists()
    assert not person.check_password("vierzehn graue Dohlen")
    assert person.get_session_auth_hash() != session  # Django ends every session that has another
    enrol(token_of(capsys.readouterr().out))
    assert Authenticator.objects.count() == 2
    actions = [entry.action for entry in Entry.objects.order_by("pk")]
    assert actions == ["person.add", "person.enrol", "person.renew", "person.enrol"]


def test_one_more(machine: None, capsys: Told) -> None:
    main([*ADD, "--role", "officer"])
    enrol(token_of(capsys.readouterr().out))
    assert main(["people", "invite", "ada@town.example"]) == 0
    assert people.invited(token_of(capsys.readouterr().out)) == Person.objects.get()
    assert Authenticator.objects.count() == 2


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
    (["people", "invite", "nobody@town.example"], "person-unknown"),
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
