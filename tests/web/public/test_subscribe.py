"""Get alerts for my places, with and without JavaScript."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from beffroi.audience.models import Place, Subscription
from beffroi.delivery.models import Note
from beffroi.lib import grid
from beffroi.web import outlines
from tests.make import NORTH_WEST
from tests.web.public.phones import phone

pytestmark = pytest.mark.usefixtures("town")
CELL = f"{grid.cell(*NORTH_WEST):x}"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "place": ["QUARTER-nw", "QUARTER-se"],
        "email": "ada@residents.example",
        "language": "en",
        "floor": "2",
        "exercise": "1",
    } | changes


def send(given: Any, content_type: str = "application/json", path: str = "/api/subscriptions") -> Any:
    body = given if isinstance(given, str | bytes) else json.dumps(given)
    return Client(enforce_csrf_checks=True).post(path, body, content_type=content_type)


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "channels": [{"channel": "webpush", "subscription": phone()}],
        "cells": [CELL],
        "language": "en",
        "floor": 2,
    } | changes


def test_the_page_works_without_javascript() -> None:
    page = Client().get("/en/subscribe/").content.decode()
    assert page.count("<option value=") == 4 + 3  # places and languages
    assert '<option value="QUARTER-nw">Nord-Ouest</option>' in page
    assert "Without JavaScript our server works out the cells" in page
    assert re.search(r'data-push-key="[\w-]{87}"', page)
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)


def test_the_plain_form_subscribes_by_mail() -> None:
    answer = Client().post("/en/subscribe/", form())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("max-age=0")
    assert "no-store" in answer["Cache-Control"]
    link = re.search(r'href="(http://localhost:8000/en/mine/[\w-]+/)"', page)
    assert link
    row = Subscription.objects.get()
    assert (row.channel, row.floor, row.is_exercise, row.confirmed_at) == ("email", 2, True, None)
    assert Note.objects.count() == 1
    wanted = {
        one for o in outlines.all_of() if o.place.code in {"nw", "se"} for one in grid.compact(grid.cover(o.exact))
    }
    assert set(Place.objects.values_list("cell", flat=True)) == wanted


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"place": []}, "Choose at least one place."),
        ({"place": ["QUARTER-none", "<script>"]}, "Choose at least one place."),
        ({"email": "ada@"}, "Write the e-mail address in full"),
        ({"email": ""}, "Write the e-mail address in full"),
        ({"floor": "9"}, "The field floor"),
        ({"floor": "٢"}, "The field floor"),
        ({"language": "xx"}, "The field language"),
    ],
)
def test_the_plain_form_says_what_is_wrong_and_keeps_the_rest(changes: dict[str, Any], told: str) -> None:
    answer = Client().post("/en/subscribe/", form(**changes))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    assert Subscription.objects.count() == 0
    if "place" not in changes:
        assert '<option value="QUARTER-nw" selected>' in page
    assert "<script>" not in page.replace('<script type="module"', "").replace('<script id="words"', "")


def test_hostile_input_comes_back_inert() -> None:
    page = Client().post("/en/subscribe/", form(email='"><img src=x onerror=alert(1)>')).content.decode()
    assert "<img" not in page


def test_the_pages_own_code_gets_the_private_link() -> None:
    answer = send(wish())
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["link"].startswith("http://localhost:8000/en/mine/")
    assert answer.json()["confirm"] == []
    assert Client().get(answer.json()["link"].removeprefix("http://localhost:8000")).status_code == 200


def test_an_error_is_json_with_a_code() -> None:
    answer = send(wish(cells=[]))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "cells-bad"
    assert send("{").json()["code"] == "subscription-bad"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_site_cannot_send_it_for_you(kind: str) -> None:
    answer = send(json.dumps(wish()), content_type=kind)
    assert answer.status_code == 400
    assert Subscription.objects.count() == 0


def test_only_a_post_acts() -> None:
    assert Client().get("/api/subscriptions").status_code == 405
    assert Client().get("/api/subscriptions/move").status_code == 405


def test_a_renewed_phone_is_moved() -> None:
    old, new = phone(), phone()
    link = send(wish(channels=[{"channel": "webpush", "subscription": old}])).json()["link"].split("/")[-2]
    body = {"link": link, "old": old["endpoint"], "subscription": new}
    assert send(body, path="/api/subscriptions/move").status_code == 204
    assert send(body, path="/api/subscriptions/move").json()["code"] == "link-unknown"
