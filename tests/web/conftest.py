"""Ways in for the tests: a browser that has logged in with password and second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from beffroi.people.models import Person

PERIOD_S = 30
SECRET = "JBSWY3DPEHPK3PXP"
Enter = Callable[[Person], Client]


def code() -> str:
    """The six digits of this moment; shortly before they change, the next ones, so that they last for the test."""
    left_s = PERIOD_S - time.time() % PERIOD_S
    if left_s < 6:
        time.sleep(left_s)
    counters = list(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, counters[len(counters) // 2])))


def give_password(client: Client, person: Person) -> None:
    """The first half of a log-in."""
    answer = client.post("/desk/login/", {"login": person.email, "password": f"{person.name} waits"})
    assert answer.status_code == 302, answer.content.decode()


def give_code(client: Client) -> None:
    """The second half. A code works once; what the cache knows of it is forgotten, as if half a minute had passed."""
    cache.clear()
    answer = client.post("/desk/code/", {"code": code()})
    assert answer.status_code == 302, answer.content.decode()


@pytest.fixture
def enter(committed: None) -> Enter:
    """Log a person in as people do."""

    def entered(person: Person) -> Client:
        cache.clear()
        client = Client()
        give_password(client, person)
        give_code(client)
        return client

    return entered
