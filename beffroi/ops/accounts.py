"""What `beffroi people` does once Django is ready. It asks for nothing, so that it can be scripted."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings

from beffroi import city
from beffroi.people import actions as people
from beffroi.people.models import Key, Person


def add(options: argparse.Namespace) -> int:
    """A new account and the link to set it up; the link is shown to nobody again."""
    if options.role == "approver" and not options.body:
        raise people.BodyUnknown(body="", bodies=", ".join(body.code for body in city.current().body))
    person = Person(
        email=options.email, name=options.name, role=options.role, body=options.body,
        language=city.current().language(options.language),
    )  # fmt: skip
    token = people.invite_person(person)
    show(person, token)
    return 0


def renew(options: argparse.Namespace) -> int:
    """Nothing that opened the account opens it any more; a new link."""
    show(*people.renew_person(options.email))
    return 0


def invite(options: argparse.Namespace) -> int:
    """A link for one more second factor."""
    show(*people.invite_again(options.email))
    return 0


def show(person: Person, token: str) -> None:
    """What the operator hands over to the person."""
    say(f"{person.name}, {person.role}{f' for {person.body}' if person.body else ''}: {person.email}")
    say(f"Works once, within {people.INVITATION_S // 3600} hours: {settings.BASE_URL}/desk/enrol/{token}/")


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
