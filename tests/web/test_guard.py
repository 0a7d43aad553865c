"""Nothing too large or too fast comes in, nothing leaves without headers, nothing secret is logged."""

from __future__ import annotations

import json
import logging

import pytest

from beffroi.errors import TooLarge
from beffroi.web import guard
from beffroi.web.front import PagesUnknown, Receive, Scope, Send
from beffroi.web.guard import Guard
from tests.web.asking import ask


class Taker:
    """An application that reads the whole body."""

    def __init__(self) -> None:
        self.seen = 0
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.seen += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": [(b"referrer-policy", b"no-referrer")]})
        await send({"type": "http.response.body", "body": b"taken"})


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def guarded(taker: Taker) -> Guard:
    return Guard(taker)


async def test_every_answer_has_the_headers_and_keeps_its_own(guarded: Guard) -> None:
    answer = await ask(guarded, "/fr/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_body_that_says_it_is_too_large_is_not_read(guarded: Guard, taker: Taker) -> None:
    headers = {"content-length": str(10 * 1024 * 1024), "accept-language": "en"}
    answer = await ask(guarded, "/en/subscribe/", method="POST", headers=headers, chunks=[b"x"])
    assert answer.status == 413
    assert taker.calls == 0
    assert "That is too much at once" in answer.text
    assert answer.headers["content-security-policy"]


async def test_a_body_that_lies_about_its_size_is_cut_off(guarded: Guard, taker: Taker) -> None:
    chunks = [b"x" * 60_000, b"x" * 10_000, b"x" * 10_000]
    answer = await ask(guarded, "/api/subscriptions", method="POST", headers={"content-length": "10"}, chunks=chunks)
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["code"] == "too-large"
    assert taker.seen == 60_000


async def test_a_cap_message_may_be_larger_than_anything_else(guarded: Guard, taker: Taker) -> None:
    chunks = [b"x" * 1_000_000] * 6
    assert (await ask(guarded, "/api/cap", method="POST", chunks=chunks)).status == 200
    assert taker.seen == 6_000_000
    assert (await ask(guarded, "/api/cap", method="POST", chunks=[b"x" * 1_000_000] * 7)).status == 413


async def test_too_many_posts_from_one_address_wait(guarded: Guard) -> None:
    answers = [await ask(guarded, "/fr/subscribe/", method="POST") for _ in range(guard.POSTS_AT_ONCE + 1)]
    assert [answer.status for answer in answers[:-1]] == [200] * guard.POSTS_AT_ONCE
    last = answers[-1]
    assert last.status == 429
    assert int(last.headers["retry-after"]) >= 1
    assert (await ask(guarded, "/fr/")).status == 200


async def test_half_an_answer_is_not_mended(guarded: Guard) -> None:
    async def early(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    with pytest.raises(TooLarge):
        await ask(Guard(early), "/fr/", method="POST", chunks=[b"x" * 70_000])


async def test_a_page_of_which_nobody_can_know_is_asked_for_again() -> None:
    async def unsure(scope: Scope, receive: Receive, send: Send) -> None:
        raise PagesUnknown(wait_s=5)

    answer = await ask(Guard(unsure), "/es/alert/x/")
    assert (answer.status, answer.headers["retry-after"], answer.headers["cache-control"]) == (503, "5", "no-store")
    assert "Puede haber una alerta que aquí no ve" in answer.text
    assert answer.headers["content-security-policy"]
    answer = await ask(Guard(unsure), "/feed.json", headers={"accept": "application/json"})
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "pages-unknown")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/fr/mine/Zm9vYmFyYmF6cXV4cXV1eA/", "/fr/mine/-/"),
        ("/leave/abc.def/", "/leave/-/"),
        ("/en/confirm/abc", "/en/confirm/-"),
        ("/fr/past/", "/fr/past/"),
        ("/a\r\nINFO forged", "/a\\r\\nINFO forged"),
        ("/é", "/\\xe9"),
    ],
)
def test_what_the_log_shows_of_a_path(path: str, shown: str) -> None:
    assert guard.scrubbed(path) == shown


async def test_the_log_knows_no_address(guarded: Guard, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="beffroi.access"):
        await ask(guarded, "/fr/mine/secret/?token=secret", headers={"user-agent": "curl", "cookie": "a=secret"})
    assert len(caplog.records) == 1
    line = caplog.records[0].getMessage()
    assert line.startswith("GET /fr/mine/-/ 200 ")
    assert "192.0.2.7" not in line
    assert "secret" not in line
