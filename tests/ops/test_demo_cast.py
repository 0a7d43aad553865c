"""The demo's staff: one of each role, an approver for every body, codes that the log-in takes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp

from beffroi import city
from beffroi.ops import demo_cast
from beffroi.people.models import Person

AT = 1_700_000_010


def test_every_role_and_every_body() -> None:
    cast = demo_cast.cast()
    assert {actor.role for actor in cast} == {"officer", "approver", "overseer", "administrator"}
    approving = [actor.body for actor in cast if actor.role == "approver"]
    assert sorted(approving) == sorted(body.code for body in city.current().body)
    assert len({actor.name for actor in cast}) == len(cast)
    assert len({actor.secret for actor in cast}) == len(cast)


def test_codes_are_those_of_rfc_6238() -> None:
    """The same six digits as an authenticator app computes from the secret."""
    import hmac
    import struct

    secret = base64.b32decode(next(actor.secret for actor in demo_cast.cast() if actor.name == "bruno"))
    mac = hmac.digest(secret, struct.pack(">Q", AT // 30), "sha1")
    at = mac[-1] & 15
    digits = (struct.unpack(">I", mac[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000
    assert demo_cast.code("bruno", AT) == f"{digits:06d}"
    assert demo_cast.code("bruno", AT) != demo_cast.code("chiara", AT)


def test_a_code_of_now_is_taken() -> None:
    secret = next(actor.secret for actor in demo_cast.cast() if actor.name == "chiara")
    assert totp.validate_totp_code(secret, demo_cast.code("chiara"))


def test_nobody_of_that_name() -> None:
    with pytest.raises(demo_cast.NoSuchActor) as missing:
        demo_cast.code("mallory")
    assert missing.value.code == "no-such-actor"


def test_hired_once_and_marked_as_demo(committed: None) -> None:
    demo_cast.hire()
    demo_cast.hire()
    people: list[Any] = list(Person.objects.all())
    assert {(one.name, one.role, one.body) for one in people} == {(a.name, a.role, a.body) for a in demo_cast.cast()}
    assert all(one.is_demo for one in people)
    assert all(one.check_password(demo_cast.PASSWORD) for one in people)
