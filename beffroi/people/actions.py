"""Accounts, invitations and programs' keys: made by the operator on the command line, with the owner's database role.
And what an invited person does with the link on the web, through the database's own functions (ADR 8)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction

from beffroi import city
from beffroi.errors import BadInput, Conflict, NotFound
from beffroi.lib import clock, tokens
from beffroi.lib.text import clean_line
from beffroi.people import access, factors, log
from beffroi.people.factors import Factor
from beffroi.people.log import OWNER
from beffroi.people.models import Invitation, Key, Person

INVITATION_S: Final = 24 * 3600
"""How long a link to set up an account works: over a night shift, not over a holiday."""
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


class InvitationBad(NotFound):
    """The link was used, is too old, was replaced by a newer one, or is none of ours."""

    code = "invitation-bad"


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
    """A new account that is ready at once (a demo's): password and second factor are given; `totp_secret` is base32."""
    checked(person).set_password(password)
    factor = factors.by_app(totp_secret)
    with adding(), transaction.atomic(using=OWNER):
        person.save(using=OWNER)
        Authenticator(user_id=person.pk, type=factor.kind, data=factor.data).save(using=OWNER)
        log.write_as_owner("person.add", f"person:{person.pk}", role=person.role, body=person.body)
    return person


def invite_person(person: Person) -> str:
    """A new account that opens nothing yet; the address must be free. The token of the link to set it up."""
    checked(person).set_unusable_password()
    with adding(), transaction.atomic(using=OWNER):
        person.save(using=OWNER)
        log.write_as_owner("person.add", f"person:{person.pk}", role=person.role, body=person.body)
        return invite(person)


@contextmanager
def adding() -> Iterator[None]:
    """PersonExists where the address is taken."""
    try:
        yield
    except IntegrityError as err:
        raise PersonExists() from err


def renew_person(email: str) -> tuple[Person, str]:
    """A lost password or phone: password, every factor and every open session end; the token of a new link."""
    with transaction.atomic(using=OWNER):
        person = open_person(email)
        person.set_unusable_password()
        person.save(using=OWNER, update_fields=["password"])
        Authenticator.objects.using(OWNER).filter(user_id=person.pk).delete()
        log.write_as_owner("person.renew", f"person:{person.pk}")
        return person, invite(person)


def invite_again(email: str) -> tuple[Person, str]:
    """One more passkey, or another app, while what is there still opens the account; the token of a new link."""
    with transaction.atomic(using=OWNER):
        person = open_person(email)
        log.write_as_owner("person.invite", f"person:{person.pk}")
        return person, invite(person)


def invite(person: Person) -> str:
    """The token of a link, which is shown once; older links of this person end."""
    now = clock.now()
    token = tokens.fresh(32)
    rows = Invitation.objects.using(OWNER)
    rows.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    rows.create(person=person, digest=tokens.digest(token), expires_at=now + timedelta(seconds=INVITATION_S))
    return token


def invited(token: str) -> Person:
    """Whose link this is; InvitationBad where it opens nothing."""
    rows = Invitation.objects.select_related("person").filter(digest=tokens.digest(token), used_at=None)
    found = rows.filter(expires_at__gt=clock.now(), person__is_active=True).first()
    if found is None:
        raise InvitationBad()
    return found.person


@transaction.atomic
def enrol(token: str, *, password: str, factor: Factor) -> list[str]:
    """The invited person's password and second factor, which was checked; every open session of theirs ends. Their
    recovery codes, in clear for this once. The database takes a factor only against an unused link."""
    codes = factors.recovery()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_enrol(%s, %s, %s, %s, %s)",
            [token, make_password(password), factor.kind, json.dumps(factor.data), json.dumps(codes.data)],
        )
        (key,) = cursor.fetchone() or (None,)
    if key is None:
        raise InvitationBad()
    log.write(Person.objects.get(pk=key), "person.enrol", f"person:{key}", factor=factor.kind)
    return factors.codes_of(codes.data)


@transaction.atomic
def spend_code(authenticator: Authenticator, code: str) -> bool:
    """Whether this is a recovery code that was not used yet; from now on it is."""
    place = factors.place_of(authenticator.data, code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_spend_code(%s, %s)", [authenticator.pk, place])
        is_spent = bool(cursor.fetchone() == (True,))
    if is_spent:
        log.write(authenticator.user, "person.recover", f"person:{authenticator.user_id}")
    return is_spent


def open_person(email: str) -> Person:
    """The account that is open under this address, locked; PersonUnknown when there is none."""
    rows = Person.objects.using(OWNER).select_for_update()
    person = rows.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise PersonUnknown()
    return person


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
