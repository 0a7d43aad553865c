"""The demo's staff: known passwords and known second factors. Outside a demo such accounts cannot log in
(web/door.py)."""

from __future__ import annotations

import base64
import hashlib
from typing import Final, NamedTuple

from allauth.mfa.totp.internal import auth as totp

from beffroi import city
from beffroi.errors import NotFound
from beffroi.people import actions as people
from beffroi.people.models import Person

PASSWORD: Final = "beffroi demo"  # noqa: S105 - known on purpose
APPROVERS: Final = ("chiara", "carla", "cem", "cristina", "chloe", "carlos")


class NoSuchActor(NotFound):
    """Nobody of the cast has this name."""

    code = "no-such-actor"


class Actor(NamedTuple):
    """One demo account."""

    name: str
    role: str
    body: str

    @property
    def email(self) -> str:
        """The log-in name."""
        return f"{self.name}@demo.example"

    @property
    def secret(self) -> str:
        """The TOTP secret, base32: made from the name, for nobody need keep it."""
        return base64.b32encode(hashlib.sha256(f"beffroi demo {self.name}".encode()).digest()[:20]).decode()


def cast() -> list[Actor]:
    """An officer, one approver for each body of the city (the most usual first), an overseer, an administrator."""
    town = city.current()
    usual = [row.body for row in reversed(town.competence)]
    bodies = list(dict.fromkeys([*usual, *(body.code for body in town.body)]))
    approvers = [Actor(name, "approver", body) for name, body in zip(APPROVERS, bodies, strict=False)]
    return [
        Actor("bruno", "officer", ""),
        *approvers,
        Actor("olga", "overseer", ""),
        Actor("adam", "administrator", ""),
    ]


def code(name: str, at: int | None = None) -> str:
    """The current six digits of an account (`at`: Unix time instead of now)."""
    actor = next((actor for actor in cast() if actor.name == name), None)
    if actor is None:
        raise NoSuchActor(name=name)
    counters = list(totp.yield_hotp_counters_from_time())
    counter = at // 30 if at is not None else counters[len(counters) // 2]
    return str(totp.format_hotp_value(totp.hotp_value(actor.secret, counter)))


def hire() -> None:
    """Make the accounts that are not there yet."""
    for actor in cast():
        if not Person.objects.filter(email=actor.email).exists():
            person = Person(email=actor.email, name=actor.name, role=actor.role, body=actor.body, is_demo=True)
            people.add_person(person, password=PASSWORD, totp_secret=actor.secret)
