"""Accounts and keys: made and ended by the operator, through the owner's connection and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction

from beffroi.errors import BeffroiError
from beffroi.lib import clock, tokens
from beffroi.people import access, actions, factors
from beffroi.people.models import Entry, Invitation, Key, Person

SECRET = "JBSWY3DPEHPK3PXP"


def add(**changes: Any) -> Person:
    values = {"email": "ada@town.example", "name": "Ada", "role": "officer"}
    return actions.add_person(Person(**(values | changes)), password="long enough", totp_secret=SECRET)


def test_a_new_account_has_a_password_a_second_factor_and_a_line_in_the_log(committed: None) -> None:
    add(email=" Ada@Town.example ", name="Ada\r\nBcc: x", role="approver", body="mayor")
    person = Person.objects.get()
    assert (person.email, person.name, person.body) == ("ada@town.example", "Ada Bcc: x", "mayor")
    assert person.check_password("long enough")
    assert not person.check_password("something else")
    [factor] = Authenticator.objects.filter(user=person)
    assert factor.type == "totp"
    assert SECRET not in str(factor.data)
    entry = Entry.objects.get()
    assert (entry.action, entry.about, entry.person) == ("person.add", f"person:{person.pk}", None)
    assert entry.facts == {"role": "approver", "body": "mayor"}


@pytest.mark.parametrize(("changes", "code"), [
    ({"role": "emperor"}, "role-unknown"), ({"role": ""}, "role-unknown"), ({"body": "emperor"}, "body-unknown"),
    ({"email": "nobody"}, "person-bad"), ({"email": "a@b.example\nBcc: c@d.example"}, "person-bad"),
    ({"email": ""}, "person-bad"), ({"name": " \u202e "}, "person-bad"),
])  # fmt: skip
def test_what_is_no_account(committed: None, changes: dict[str, str], code: str) -> None:
    with pytest.raises(BeffroiError) as caught:
        add(**changes)
    assert caught.value.code == code
    assert not Person.objects.exists()
    assert not Entry.objects.exists()


def test_an_address_is_taken_once_in_whatever_letters(committed: None) -> None:
    add()
    with pytest.raises(actions.PersonExists):
        add(email="ADA@town.example", role="administrator")
    assert [person.role for person in Person.objects.all()] == ["officer"]


def test_an_ended_account_opens_nothing(committed: None) -> None:
    person = add()
    actions.end_person(" ADA@town.example")
    person.refresh_from_db()
    assert not any(access.may(person, action) for action in access.TABLE)
    assert Entry.objects.filter(action="person.end").count() == 1
    with pytest.raises(actions.PersonUnknown):
        actions.end_person("ada@town.example")
    with pytest.raises(actions.PersonExists):
        add()


def test_the_web_has_no_way_to_make_or_change_an_account(committed: None) -> None:
    """The connection of the application is refused each of these by the database."""
    person = add()
    statements = [
        (
            "INSERT INTO people_key (name, digest, actions, made_at, expires_at) VALUES ('x', 'x', '[]', now(), now())",
            [],
        ),
        ("UPDATE people_key SET ended_at = NULL", []),
        ("DELETE FROM people_key", []),
        ("DELETE FROM people_person WHERE id = %s", [person.pk]),
        ("UPDATE people_person SET role = 'approver' WHERE id = %s", [person.pk]),
        ("UPDATE people_person SET body = 'mayor' WHERE id = %s", [person.pk]),
        ("UPDATE people_person SET is_active = true WHERE id = %s", [person.pk]),
        ("UPDATE people_person SET email = 'x@y.example' WHERE id = %s", [person.pk]),
        ("UPDATE people_person SET is_demo = true WHERE id = %s", [person.pk]),
        ("INSERT INTO people_invitation (person_id, digest, expires_at) VALUES (%s, 'x', now())", [person.pk]),
        ("INSERT INTO mfa_authenticator (user_id, type, data) VALUES (%s, 'totp', '{}')", [person.pk]),
        ("DELETE FROM mfa_authenticator", []),
        ("UPDATE mfa_authenticator SET data = '{}'", []),
    ]
    for statement, values in statements:
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET last_login = now(), language = 'fr' WHERE id = %s", [person.pk])


def test_a_key_is_kept_as_its_digest_and_ends_once(committed: None) -> None:
    token = actions.add_key("weather-service", ["warning.send"])
    key = Key.objects.get()
    assert (bytes(key.digest), key.actions, key.ended_at) == (tokens.digest(token), ["warning.send"], None)
    assert actions.end_key("weather-service")
    assert not actions.end_key("weather-service")
    assert not actions.end_key("nobody")
    assert Key.objects.get().ended_at is not None
    with pytest.raises(actions.KeyExists):
        actions.add_key("weather-service", ["warning.send"])
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["key.add", "key.end"]


def test_a_key_for_several_actions_has_an_end(committed: None) -> None:
    actions.add_key("partner", ["call.read", "call.draft", "call.read"], days=30)
    key = Key.objects.get()
    assert key.actions == ["call.read", "call.draft"]
    assert abs(key.expires_at - clock.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert Entry.objects.get().facts["opens"] == ["call.read", "call.draft"]
    assert key.is_open
    with clock.at(key.expires_at):
        assert not key.is_open


@pytest.mark.parametrize("days", [0, -1, 1096])
def test_no_key_is_for_ever(committed: None, days: int) -> None:
    with pytest.raises(actions.KeyBad):
        actions.add_key("partner", ["call.read"], days=days)


@pytest.mark.parametrize(("name", "action"), [
    ("x", "call.approve"), ("x", "call.submit"), ("x", "nothing"), ("", "warning.send"), ("Two words", "warning.send"),
    ("a\nb", "warning.send"),
])  # fmt: skip
def test_what_is_no_key(committed: None, name: str, action: str) -> None:
    with pytest.raises(actions.KeyBad):
        actions.add_key(name, [action])
    assert not Key.objects.exists()


def test_an_invited_account_opens_nothing_until_it_is_set_up(committed: None) -> None:
    token = actions.invite_person(Person(email="ada@town.example", name="Ada", role="officer"))
    person = actions.invited(token)
    assert not person.has_usable_password()
    assert not Authenticator.objects.exists()
    assert bytes(Invitation.objects.get().digest) == tokens.digest(token)
    codes = actions.enrol(token, password="long enough", factor=factors.by_app(SECRET))
    assert len(codes) == 10
    with pytest.raises(actions.InvitationBad):
        actions.invited(token)
    with pytest.raises(actions.PersonExists):
        actions.invite_person(Person(email="ADA@town.example", name="Ada", role="officer"))


def test_a_renewed_account_opens_nothing_either(committed: None) -> None:
    person = add()
    before = person.get_session_auth_hash()
    _, token = actions.renew_person("ada@town.example")
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert person.get_session_auth_hash() != before  # Django ends every session that has another
    assert not Authenticator.objects.exists()
    assert actions.invited(token) == person


def test_a_newer_link_ends_the_older(committed: None) -> None:
    add()
    _, old = actions.invite_again("ada@town.example")
    _, new = actions.invite_again("ada@town.example")
    with pytest.raises(actions.InvitationBad):
        actions.enrol(old, password="long enough", factor=factors.by_app(SECRET))
    assert actions.invited(new).email == "ada@town.example"


def test_a_link_ends_by_itself(committed: None) -> None:
    add()
    _, token = actions.invite_again("ada@town.example")
    made = Invitation.objects.get()
    assert (made.expires_at - made.made_at).total_seconds() == pytest.approx(actions.INVITATION_S, abs=60)
    with clock.at(made.expires_at), pytest.raises(actions.InvitationBad):
        actions.invited(token)
