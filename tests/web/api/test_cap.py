"""The door for programs: a key opens it, whatever comes is kept, every answer is JSON."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client
from psycopg.conninfo import make_conninfo

from beffroi.asgi import application
from beffroi.crisis.models import Message
from beffroi.people import actions as people
from beffroi.people.models import Key
from beffroi.standards.cap.write import write
from tests.crisis.messages import alert, cancel
from tests.web.asking import Answer, ask

A = alert("a")
URL = "/api/cap"


@pytest.fixture
def key(town: None) -> str:
    return people.add_key("weather-service", ["warning.send"])


def post(body: bytes, token: str, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and answer, which must be JSON."""
    given = {"Authorization": f"Bearer {token}"} | headers
    answer = Client().post(URL, body, content_type="application/cap+xml", headers=given)
    return answer.status_code, json.loads(answer.content)


def test_a_message_is_taken_and_its_draft_named(key: str) -> None:
    status, answer = post(write(A), key)
    message = Message.objects.get()
    assert message.call is not None
    assert (status, answer) == (201, {
        "identifier": "a", "verdict": "accept", "standing": "live", "held": "", "draft": message.call.public_id,
        "findings": message.findings,
    })  # fmt: skip
    assert (message.way, bytes(message.raw)) == ("program:weather-service", write(A))


def test_twice_is_once(key: str) -> None:
    assert post(write(A), key) == post(write(A), key)
    assert Message.objects.count() == 1
    status, answer = post(write(cancel("c", 5, A)), key)
    assert (status, answer["standing"], answer["draft"]) == (201, "acted", None)


@pytest.mark.parametrize("body", [b"", b"<alert", b"\0", b"<!DOCTYPE x><alert/>", write(A)[:-9], b"{}"])
def test_what_is_no_message_is_refused_with_findings_and_kept(key: str, body: bytes) -> None:
    status, answer = post(body, key)
    assert (status, answer["held"], answer["verdict"], answer["draft"]) == (422, "rejected", "reject", None)
    assert answer["findings"][0]["code"]
    assert bytes(Message.objects.get().raw) == body


def test_what_is_held_says_so(key: str) -> None:
    post(write(A), key)
    status, answer = post(write(A).replace(b"Montez", b"Restez"), key)
    assert (status, answer["held"]) == (201, "identifier-twice")


@pytest.mark.parametrize("authorization", [
    "", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer {key}x", "Bearer  {key}", "Bearer \u00e9",
])  # fmt: skip
def test_without_the_right_key_nothing_is_read(key: str, authorization: str) -> None:
    headers = {"Authorization": authorization.format(key=key)} if authorization else {}
    answer = Client().post(URL, write(A), content_type="application/cap+xml", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "key-refused")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert not Message.objects.exists()


def test_an_ended_key_opens_nothing(key: str) -> None:
    people.end_key("weather-service")
    assert post(write(A), key)[0] == 401


def test_a_key_for_something_else_opens_nothing(key: str) -> None:
    Key.objects.using("owner").update(actions=["call.approve", "call.draft"])
    status, answer = post(write(A), key)
    assert (status, answer["code"], answer["facts"]) == (403, "key-too-narrow", {"action": "warning.send"})
    assert not Message.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_only_posts(key: str, method: str) -> None:
    answer = Client().generic(method, URL, write(A), headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    if method != "HEAD":
        assert answer.json()["code"] == "method-refused"
    assert not Message.objects.exists()


def test_no_page_of_ours_is_needed_to_post(key: str) -> None:
    """A program has no cookie and no mark against forged forms."""
    answer = Client(enforce_csrf_checks=True).post(
        URL, write(A), content_type="text/xml", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 201


OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"


def sessions() -> int:
    """How many connections the application holds now, asked over one that is none of them."""
    owner, app = connections["owner"].settings_dict, connections["default"].settings_dict
    server = make_conninfo(dbname=owner["NAME"], user=owner["USER"], password=owner["PASSWORD"], host=owner["HOST"])
    with psycopg.connect(server) as own:
        (count,) = own.execute(OPEN, [app["USER"]]).fetchone() or (0,)
        return int(count)


async def through_the_whole_house(headers: dict[str, str], chunks: list[bytes]) -> Answer:
    """As a server would bring it; the thread in which views run leaves no connection behind."""
    before = sessions()
    answer = await ask(application, URL, method="POST", headers={"content-type": "text/xml", **headers}, chunks=chunks)
    assert sessions() == before
    return answer


@pytest.mark.parametrize("is_announced", [True, False])
async def test_ten_megabytes_are_not_read(key: str, is_announced: bool) -> None:
    piece, count = b"x" * 1_000_000, 10
    headers = {"authorization": f"Bearer {key}"}
    headers |= {"content-length": str(count * len(piece))} if is_announced else {}
    answer = await through_the_whole_house(headers, [piece] * count)
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(answer.body)["code"] == "too-large"


async def test_a_message_in_two_pieces(key: str) -> None:
    raw = write(A)
    headers = {"authorization": f"Bearer {key}", "content-length": str(len(raw))}
    answer = await through_the_whole_house(headers, [raw[:100], raw[100:]])
    assert (answer.status, json.loads(answer.body)["standing"]) == (201, "live")
