"""The second factor is asked again before something leaves, when it was given long ago."""

from __future__ import annotations

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from beffroi.calls.models import Call
from beffroi.people.models import Person
from beffroi.web import door
from tests import make
from tests.web.conftest import Enter, code


def grow_old(client: Client, seconds: float) -> None:
    """As if the session's second factor had been given so long ago."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - seconds
    session.save()


def test_a_fresh_log_in_may_decide(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    assert enter(chiara).get(f"/desk/call/{call.public_id}/approve/").status_code == 200


def test_an_old_one_is_asked_for_the_code_and_then_goes_on(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    call = make.pending(bruno)
    client = enter(chiara)
    grow_old(client, door.FRESH_S + 1)
    form = {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()}
    asked = client.post(f"/desk/call/{call.public_id}/approve/", form)
    assert asked.status_code == 302
    assert asked.url.startswith("/desk/code/again/")  # type: ignore[attr-defined]
    assert Call.objects.get(pk=call.pk).state == "pending"
    assert client.get(asked.url).status_code == 200  # type: ignore[attr-defined]
    cache.clear()
    answer = client.post(asked.url, {"code": code(), "next": f"/desk/call/{call.public_id}/approve/"})  # type: ignore[attr-defined]
    assert answer.url == f"/desk/call/{call.public_id}/"  # type: ignore[attr-defined]
    assert Call.objects.get(pk=call.pk).state == "live"


def test_everything_else_stays_open_with_an_old_one(bruno: Person, town: None, enter: Enter) -> None:
    client = enter(bruno)
    grow_old(client, door.FRESH_S + 1)
    assert client.get("/desk/").status_code == 200
