"""What is printed for an account; the rest of the command is tried in test_people.py."""

from __future__ import annotations

import base64

import pytest

from beffroi.ops import accounts


@pytest.mark.usefixtures("django_db_setup")
def test_the_link_for_authenticator_apps() -> None:
    link = accounts.otpauth("ada+x@town.example", "ABC=")
    assert link == "otpauth://totp/Beffroi%3Aada%2Bx%40town.example?secret=ABC%3D&issuer=Beffroi"


def test_passwords_and_secrets_are_long_and_never_the_same() -> None:
    assert len({accounts.new_password() for _ in range(50)}) == 50
    assert [len(part) for part in accounts.new_password().split("-")] == [5] * 5
    assert len(base64.b32decode(accounts.new_secret())) == 20
    assert len({accounts.new_secret() for _ in range(50)}) == 50
