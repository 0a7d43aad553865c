"""The second factor is asked again before something leaves, when it was given long ago, and when the desk was left
alone."""

from __future__ import annotations

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from beffroi.calls.models import Call
from beffroi.people import actions as people
from beffroi.people.models import Person
from beffroi.web import door, pause
from tests import make
from tests.passkey import Passkey, options_of
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


def test_an_old_one_is_asked_for_the_passkey_and_then_goes_on(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    call = make.pending(bruno)
    passkey, password = Passkey(), "vierzehn graue Dohlen"
    _, token = people.invite_again(chiara.email)
    client = Client()
    cache.clear()
    page = client.get(f"/desk/enrol/{token}/").content
    form = {"password": password, "again": password, "credential": passkey.made(options_of(page))}
    assert client.post(f"/desk/enrol/{token}/", form).status_code == 200
    client.post("/desk/login/", {"login": chiara.email, "password": password})
    client.post("/desk/code/", {"credential": passkey.signed(options_of(client.get("/desk/code/").content))})
    grow_old(client, door.FRESH_S - 5)
    path = f"/desk/call/{call.public_id}/approve/"
    assert client.get(path).status_code == 200
    grow_old(client, door.FRESH_S + 1)
    answer = client.post(path, {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()})
    asked = client.get(answer.url)  # type: ignore[attr-defined]
    said = passkey.signed(options_of(asked.content))
    refused = client.post(
        "/desk/code/again/", {"credential": Passkey().signed(options_of(asked.content)), "next": path}
    )
    assert b"data-fault>" in refused.content  # not hidden
    assert Call.objects.get(pk=call.pk).state == "pending"
    stale = client.post(
        "/desk/code/again/", {"credential": said, "next": path}
    )  # each page asks with its own challenge
    assert stale.status_code == 200
    said = passkey.signed(options_of(stale.content))
    done = client.post("/desk/code/again/", {"credential": said, "next": path})
    assert done.url == f"/desk/call/{call.public_id}/"  # type: ignore[attr-defined]
    assert Call.objects.get(pk=call.pk).state == "live"


def sit_idle(client: Client, seconds: float) -> None:
    """As if the last touch had been so long ago."""
    grow_old(client, seconds)
    session = client.session
    session[door.SEEN] = time.time() - seconds
    session.save()


def test_an_empty_chair_locks_the_desk_and_sooner_for_who_may_approve(
    bruno: Person, chiara: Person, olga: Person, town: None, enter: Enter
) -> None:
    for person, limit in ((bruno, door.IDLE_S), (chiara, door.IDLE_APPROVER_S), (olga, door.IDLE_S)):
        client = enter(person)
        sit_idle(client, limit - 5)
        assert client.get("/desk/").status_code == 200
        sit_idle(client, limit + 1)
        answer = client.get("/desk/")
        assert answer.url == "/desk/code/again/?next=%2Fdesk%2F"  # type: ignore[attr-defined]
        assert b"The desk is locked" in client.get(answer.url, headers={"Accept-Language": "en"}).content  # type: ignore[attr-defined]
    assert door.IDLE_APPROVER_S < door.IDLE_S


def test_each_touch_counts_but_not_what_the_page_asks_by_itself(chiara: Person, town: None, enter: Enter) -> None:
    client = enter(chiara)
    sit_idle(client, door.IDLE_APPROVER_S - 60)
    assert client.get("/desk/now/").status_code == 200
    assert time.time() - client.session[door.SEEN] > 60
    assert client.get("/desk/").status_code == 200
    assert time.time() - client.session[door.SEEN] < 60
    sit_idle(client, door.IDLE_APPROVER_S + 1)
    answer = client.get("/desk/now/")
    assert answer.status_code == 401
    assert b"desk-locked" in answer.content
    assert client.post("/desk/estimate/", {"severity": "Severe"}).status_code == 401
    assert pause.KEPT not in client.session
    assert client.get("/desk/").status_code == 302


def test_a_session_ends_however_busy(bruno: Person, town: None, enter: Enter) -> None:
    client = enter(bruno)
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[0]["at"] = time.time() - door.LONGEST_S + 60
    session.save()
    assert client.get("/desk/").status_code == 200
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] = time.time() - door.LONGEST_S - 1
    session.save()
    assert client.get("/desk/").url == "/desk/login/?next=/desk/"  # type: ignore[attr-defined]
    assert "_auth_user_id" not in client.session
