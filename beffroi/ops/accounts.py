"""What `beffroi people` does once Django is ready. It asks for nothing, so that it can be scripted."""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings

from beffroi import city
from beffroi.lib import tokens
from beffroi.people import actions as people
from beffroi.people.models import Key, Person

GROUPS: Final = 5
"""Of five letters each in a password: some 120 bits."""


def add(options: argparse.Namespace) -> int:
    """A new account; what it prints is shown to nobody again."""
    if options.role == "approver" and not options.body:
        raise people.BodyUnknown(body="", bodies=", ".join(body.code for body in city.current().body))
    person = Person(
        email=options.email, name=options.name, role=options.role, body=options.body,
        language=city.current().language(options.language),
    )  # fmt: skip
    password, secret = new_password(), new_secret()
    show(people.add_person(person, password=password, totp_secret=secret), password, secret)
    return 0


def renew(options: argparse.Namespace) -> int:
    """A new password and a new second factor."""
    password, secret = new_password(), new_secret()
    show(people.renew_person(options.email, password=password, totp_secret=secret), password, secret)
    return 0


def show(person: Person, password: str, secret: str) -> None:
    """What the operator hands over to the person."""
    say(f"{person.name}, {person.role}{f' for {person.body}' if person.body else ''}: {person.email}")
    say(f"Password: {password}")
    say(f"Second factor, for an authenticator app: {otpauth(person.email, secret)}")


def new_secret() -> str:
    """A secret of TOTP, base32 (RFC 4226 advises 160 bits)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def new_password() -> str:
    """Easy to read out, impossible to guess."""
    return "-".join("".join(secrets.choice(tokens.ALPHABET) for _ in range(5)) for _ in range(GROUPS))


def otpauth(email: str, secret: str) -> str:
    """What authenticator apps scan or take as a link (Google's key URI format)."""
    issuer = settings.MFA_TOTP_ISSUER
    return f"otpauth://totp/{quote(f'{issuer}:{email}')}?{urlencode({'secret': secret, 'issuer': issuer})}"


def listing(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Every account and every key, open ones first."""
    for person in Person.objects.order_by("-is_active", "role", "email"):
        words = (person.role, person.body, "demo" if person.is_demo else "", "" if person.is_active else "ended")
        say(" ".join(filter(None, (f"{person.email:32}", *words))))
    for key in Key.objects.order_by("ended_at", "name"):
        until = f"until {key.expires_at:%Y-%m-%d}" if key.is_open else "ended"
        say(f"key {key.name:28} {' '.join(key.actions)} {until}")
    return 0


def end(options: argparse.Namespace) -> int:
    """Close an account."""
    say(f"{people.end_person(options.email).email}: ended")
    return 0


def key(options: argparse.Namespace) -> int:
    """Make or end a key."""
    if not options.end:
        say(people.add_key(options.name, options.action, days=options.days))
        return 0
    is_ended = people.end_key(options.name)
    say(f"{options.name}: {'ended' if is_ended else 'there is no such open key'}")
    return 0 if is_ended else 1


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")
