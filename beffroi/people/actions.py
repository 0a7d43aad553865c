"""Accounts and programs' keys: made by the operator on the command line, with the owner's database role."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.db import transaction

from beffroi.errors import BadInput
from beffroi.lib import clock, tokens
from beffroi.people import access
from beffroi.people.models import Key, Person

OWNER: Final = "owner"
"""The connection that may do this; the web's may not."""


class RoleUnknown(BadInput):
    """There is no such role."""

    code = "role-unknown"


def add_person(person: Person, *, password: str, totp_secret: str) -> Person:
    """A new account with its second factor; the address must be free. `totp_secret` is base32."""
    if person.role not in access.ROLES:
        raise RoleUnknown(role=person.role)
    with transaction.atomic(using=OWNER):
        person.set_password(password)
        person.save(using=OWNER)
        data = {"secret": encrypt(totp_secret)}
        Authenticator(user_id=person.pk, type=Authenticator.Type.TOTP, data=data).save(using=OWNER)
    return person


def add_key(name: str, action: str) -> str:
    """A key for a program; shown once, only its digest is kept."""
    if action not in access.TABLE:
        raise BadInput(action=action)
    token = tokens.fresh(32)
    with transaction.atomic(using=OWNER):
        Key.objects.using(OWNER).create(name=name, digest=tokens.digest(token), action=action)
    return token


def end_key(name: str) -> bool:
    """The key opens nothing any more."""
    return bool(Key.objects.using(OWNER).filter(name=name, ended_at=None).update(ended_at=clock.now()))
