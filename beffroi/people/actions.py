"""Accounts and programs' keys: made by the operator on the command line, with the owner's database role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from beffroi import city
from beffroi.errors import BadInput, Conflict, NotFound
from beffroi.lib import clock, tokens
from beffroi.lib.text import clean_line
from beffroi.people import access, log
from beffroi.people.log import OWNER
from beffroi.people.models import Key, Person

KEY_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEY_DAYS: Final = 1095
"""A key lives no longer than three years: what nobody renews is not needed."""


class RoleUnknown(BadInput):
    """There is no such role."""

    code = "role-unknown"


class BodyUnknown(BadInput):
    """The body is none of city.toml; without one an approver could approve nothing."""

    code = "body-unknown"


class PersonBad(BadInput):
    """An account needs a name and an e-mail address that is one: fact `field`."""

    code = "person-bad"


class PersonExists(Conflict):
    """There is an account with this address."""

    code = "person-exists"


class PersonUnknown(NotFound):
    """There is no open account with this address."""

    code = "person-unknown"


class KeyBad(BadInput):
    """A key has a short name in small letters, opens actions that programs may have, and ends within KEY_DAYS."""

    code = "key-bad"


class KeyExists(Conflict):
    """There is or was a key of this name; names are not used again, for the log refers to them."""

    code = "key-exists"


def checked(person: Person) -> Person:
    """The person, with a clean name and address, or the reason why there can be no such account."""
    person.email, person.name = person.email.strip().lower(), clean_line(person.name)
    try:
        validate_email(person.email)
    except ValidationError as err:
        raise PersonBad(field="email") from err
    if not person.name:
        raise PersonBad(field="name")
    if person.role not in access.ROLES:
        raise RoleUnknown(role=person.role, roles=", ".join(access.ROLES))
    bodies = [body.code for body in city.current().body]
    if person.body and person.body not in bodies:
        raise BodyUnknown(body=person.body, bodies=", ".join(bodies))
    return person


def add_person(person: Person, *, password: str, totp_secret: str) -> Person:
    """A new account with its second factor; the address must be free. `totp_secret` is base32."""
    checked(person).set_password(password)
    try:
        with transaction.atomic(using=OWNER):
            person.save(using=OWNER)
            add_factor(person, totp_secret)
            log.write_as_owner("person.add", f"person:{person.pk}", role=person.role, body=person.body)
    except IntegrityError as err:
        raise PersonExists() from err
    return person


def renew_person(email: str, *, password: str, totp_secret: str) -> Person:
    """A lost password or a lost phone: both are new, the old ones and every open session end."""
    with transaction.atomic(using=OWNER):
        person = open_person(email)
        person.set_password(password)
        person.save(using=OWNER, update_fields=["password"])
        Authenticator.objects.using(OWNER).filter(user_id=person.pk).delete()
        add_factor(person, totp_secret)
        log.write_as_owner("person.renew", f"person:{person.pk}")
    return person


def open_person(email: str) -> Person:
    """The account that is open under this address, locked; PersonUnknown when there is none."""
    rows = Person.objects.using(OWNER).select_for_update()
    person = rows.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise PersonUnknown()
    return person


def add_factor(person: Person, totp_secret: str) -> None:
    """The second factor of an account; `totp_secret` is base32 and kept sealed."""
    data = {"secret": encrypt(totp_secret)}
    Authenticator(user_id=person.pk, type=Authenticator.Type.TOTP, data=data).save(using=OWNER)


def end_person(email: str) -> Person:
    """The account opens nothing any more, at once and in every browser; what it did stays in the log."""
    with transaction.atomic(using=OWNER):
        person = open_person(email)
        person.is_active = False
        person.save(using=OWNER, update_fields=["is_active"])
        log.write_as_owner("person.end", f"person:{person.pk}")
    return person


def add_key(name: str, actions: Sequence[str], *, days: int = 365) -> str:
    """A key for a program, good for so many days; shown once, only its digest is kept."""
    opens = list(dict.fromkeys(actions))
    is_known = bool(opens) and set(opens) <= set(access.FOR_PROGRAMS)
    if KEY_NAME.fullmatch(name) is None or not is_known or not 1 <= days <= KEY_DAYS:
        raise KeyBad(name=name, opens=", ".join(opens), days=days, actions=", ".join(access.FOR_PROGRAMS))
    token, expires_at = tokens.fresh(32), clock.now() + timedelta(days=days)
    try:
        with transaction.atomic(using=OWNER):
            Key.objects.using(OWNER).create(
                name=name, digest=tokens.digest(token), actions=opens, expires_at=expires_at
            )
            log.write_as_owner("key.add", f"key:{name}", opens=opens, until=clock.format(expires_at))
    except IntegrityError as err:
        raise KeyExists(name=name) from err
    return token


def end_key(name: str) -> bool:
    """The key opens nothing any more; False when there was no such open key."""
    with transaction.atomic(using=OWNER):
        is_ended = bool(Key.objects.using(OWNER).filter(name=name, ended_at=None).update(ended_at=clock.now()))
        if is_ended:
            log.write_as_owner("key.end", f"key:{name}")
    return is_ended
