"""Fetching and posting against a real server of this machine, well and badly behaved."""

from __future__ import annotations

import gzip
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from beffroi.lib import fuse
from beffroi.lib.guard import Guard, HttpRefused, HttpUnreachable
from beffroi.lib.http import RESTS, Answer, HttpTimeout, HttpTooLarge, Post, Poster, fetch, if_changed
from tests.browser.patience import until
from tests.lib.origin import Origin, Reply

HEADERS = ["TTL: 60", "Content-Type: application/octet-stream"]
BOTH = pytest.mark.parametrize("protocols", [("h2", "http/1.1"), ("http/1.1",)], ids=["h2", "h1"])


def guard(tls: Path, *origins: Origin) -> Guard:
    return Guard(frozenset(origin.host for origin in origins), str(tls / "cert.pem"))


def post_office(tls: Path, *origins: Origin, **how: Any) -> Poster:
    return Poster(guard(tls, *origins), allowed_hosts=["fcm.googleapis.com"], **how)


def posts(urls: Iterable[str]) -> Iterator[Post]:
    return (Post(tag, url, HEADERS, b"body %d" % tag) for tag, url in enumerate(urls))


def get(tls: Path, reply: Reply, **how: Any) -> Any:
    with Origin(tls, {"/feed": reply}, how.pop("protocols", ("h2", "http/1.1"))) as origin:
        return fetch(origin.url("/feed"), guard=guard(tls, origin), **how)


@BOTH
def test_fetch_gives_status_headers_and_body(tls: Path, protocols: tuple[str, ...]) -> None:
    response = get(tls, Reply(200, {"etag": '"1"'}, b"<feed/>"), protocols=protocols)
    assert (response.status, response.headers["etag"], response.body) == (200, '"1"', b"<feed/>")


@pytest.mark.parametrize("status", [204, 304, 404, 500])
def test_fetch_raises_for_no_status(tls: Path, status: int) -> None:
    assert get(tls, Reply(status)).status == status


def test_fetch_asks_only_for_what_changed(tls: Path) -> None:
    with Origin(tls, {"/feed": Reply(304)}) as origin:
        asked = if_changed('"1"', "Wed, 25 Nov 2026 02:00:00 GMT")
        assert fetch(origin.url("/feed"), guard=guard(tls, origin), headers=asked).status == 304
    assert origin.requests[0].headers["if-none-match"] == '"1"'
    assert origin.requests[0].headers["if-modified-since"] == "Wed, 25 Nov 2026 02:00:00 GMT"


def test_what_no_header_may_hold_is_not_asked() -> None:
    assert if_changed(None, "") == {}
    assert if_changed('"1"\r\nHost: evil.example', "é") == {}


def test_no_header_begins_another(tls: Path) -> None:
    with pytest.raises(ValueError, match="header"):
        get(tls, Reply(), headers={"X": "1\r\nY: 2"})


def test_fetch_follows_redirects_to_where_it_may_go(tls: Path) -> None:
    hops = {"/0": Reply(301, {"location": "/1"}), "/1": Reply(307, {"location": "2"}), "/2": Reply(200, {}, b"here")}
    with Origin(tls, hops) as origin:
        response = fetch(origin.url("/0"), guard=guard(tls, origin))
    assert (response.body, response.url) == (b"here", origin.url("/2"))


@pytest.mark.parametrize(
    "where",
    [
        "https://localhost/",
        "http://localhost:1/",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "/feed",
        "//10.0.0.1/",
        "https://[::1/",
        "https://[::ffff:10.0.0.1]/",
        "/a b",
    ],
)
def test_fetch_follows_no_redirect_to_anywhere_else(tls: Path, where: str) -> None:
    with pytest.raises(HttpRefused):
        get(tls, Reply(302, {"location": where}))


def test_three_redirects_and_no_more(tls: Path) -> None:
    hops = {f"/{hop}": Reply(302, {"location": f"/{hop + 1}"}) for hop in range(4)}
    with Origin(tls, hops) as origin:
        assert fetch(origin.url("/1"), guard=guard(tls, origin)).url == origin.url("/4")
        with pytest.raises(HttpRefused) as caught:
            fetch(origin.url("/0"), guard=guard(tls, origin))
    assert caught.value.facts["why"] == "redirects"


def test_a_redirect_is_judged_by_the_same_list(tls: Path) -> None:
    with pytest.raises(HttpRefused) as caught:
        get(tls, Reply(302, {"location": "https://other.example/"}), allowed_hosts=["feed.example"])
    assert caught.value.facts["host"] == "other.example"


def test_fetch_unpacks_and_counts_what_is_unpacked(tls: Path) -> None:
    packed = Reply(200, {"content-encoding": "gzip"}, gzip.compress(bytes(100_000)))
    assert get(tls, packed, max_bytes=100_000).body == bytes(100_000)
    with pytest.raises(HttpTooLarge):
        get(tls, packed, max_bytes=99_999)


def test_fetch_stops_at_the_limit(tls: Path) -> None:
    with pytest.raises(HttpTooLarge):
        get(tls, Reply(200, {}, bytes(50_001)), max_bytes=50_000)


def test_fetch_notices_a_length_that_lies(tls: Path) -> None:
    with pytest.raises(HttpUnreachable):
        get(tls, Reply(200, {"content-length": "100"}, b"short"), protocols=("http/1.1",))


def test_fetch_ends_at_its_deadline_whether_nothing_or_little_comes(tls: Path) -> None:
    with pytest.raises(HttpTimeout):
        get(tls, Reply(gate=threading.Event()), timeout_s=0.3)
    with pytest.raises(HttpTimeout):
        get(tls, Reply(200, {}, bytes(1000), is_dripping=True), timeout_s=0.5, protocols=("http/1.1",))


def test_the_deadline_is_for_all_hops_together(tls: Path) -> None:
    with pytest.raises(HttpTimeout):
        get(tls, Reply(302, {"location": "/feed"}), timeout_s=0)


def test_fetch_trusts_only_its_authorities(tls: Path) -> None:
    with Origin(tls, {}) as origin, pytest.raises(HttpUnreachable):
        fetch(origin.url("/"), guard=Guard(frozenset({origin.host})))


def test_fetch_says_when_nobody_answers(tls: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"localhost:{free.getsockname()[1]}"
    with pytest.raises(HttpUnreachable):
        fetch(f"https://{host}/", guard=Guard(frozenset({host})))


def test_a_name_that_changed_its_mind_is_caught_at_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443))])
        Guard().check("https://localhost/x", allowed_hosts=["localhost"])  # when it was saved
    with pytest.raises(HttpRefused):
        fetch("https://localhost/x", guard=Guard(), allowed_hosts=["localhost"])
    with Poster(Guard(), allowed_hosts=["localhost"]) as poster:
        assert list(poster.send([Post(7, "https://localhost/x", HEADERS, b"")])) == [Answer(7, 0, None, "http-refused")]


@BOTH
def test_a_proxy_of_the_environment_is_not_used(
    tls: Path, protocols: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert get(tls, Reply(200), protocols=protocols).status == 200


@BOTH
def test_each_post_arrives_once_and_has_its_answer(tls: Path, protocols: tuple[str, ...]) -> None:
    with Origin(tls, {}, protocols) as origin, post_office(tls, origin, streams=20) as poster:
        answers = list(poster.send(posts(origin.url(f"/p/{i}") for i in range(300))))
        connections = origin.connections
        answers += poster.send([Post(300, origin.url("/p/300"), HEADERS, b"body 300")])
        assert origin.connections == connections, "kept"
    assert Counter(answers) == Counter(Answer(tag, 201) for tag in range(301))
    assert {(r.path, r.body) for r in origin.requests} == {(f"/p/{i}", b"body %d" % i) for i in range(301)}
    assert len(origin.requests) == 301
    assert origin.requests[0].method == "POST"
    assert origin.requests[0].headers["ttl"] == "60"
    assert origin.peak <= 20
    assert origin.connections == 1 or "h2" not in protocols


@BOTH
def test_as_many_are_under_way_as_there_are_streams(tls: Path, protocols: tuple[str, ...]) -> None:
    with Origin(tls, {"/": Reply(wait_for=31)}, protocols) as origin, post_office(tls, origin, streams=30) as poster:
        assert len(list(poster.send(posts([origin.url("/first")])))) == 1
        assert {answer.status for answer in poster.send(posts([origin.url("/")] * 60))} == {201}
    assert origin.peak == 30


def test_each_post_has_its_own_headers(tls: Path) -> None:
    with Origin(tls, {}) as origin, post_office(tls, origin, streams=2) as poster:
        sent = [Post(tag, origin.url("/"), [f"Topic: t{tag}"], b"") for tag in range(20)]
        assert len(list(poster.send(sent))) == 20
    assert {request.headers["topic"] for request in origin.requests} == {f"t{tag}" for tag in range(20)}


def test_a_post_with_a_broken_header_is_not_sent(tls: Path) -> None:
    with Origin(tls, {}) as origin, post_office(tls, origin, streams=1) as poster:
        with pytest.raises(ValueError, match="header"):
            list(poster.send([Post(1, origin.url("/"), ["Topic: a\r\nTTL: 9"], b"")]))
        assert list(poster.send(posts([origin.url("/")]))) == [Answer(0, 201)], "still of use"
    assert len(origin.requests) == 1


def test_statuses_are_answers_and_redirects_are_not_followed(tls: Path) -> None:
    replies = {f"/{status}": Reply(status, {"location": "/201"}) for status in (301, 307, 400, 404, 410, 413, 503)}
    with Origin(tls, replies) as origin, post_office(tls, origin) as poster:
        answers = list(poster.send(posts(origin.url(path) for path in replies)))
    assert sorted(answer.status for answer in answers) == [301, 307, 400, 404, 410, 413, 503]
    assert len(origin.requests) == len(replies)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("30", 30, 30), ("date", 3500, 3600), ("0", None, None), ("-5", None, None), ("soon", None, None), ("1e12", 1, 1)],
)
def test_retry_after(tls: Path, asked: str, least: int | None, most: int | None) -> None:
    value = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True) if asked == "date" else asked
    with Origin(tls, {"/": Reply(429, {"retry-after": value})}) as origin, post_office(tls, origin) as poster:
        (answer,) = poster.send(posts([origin.url("/")]))
    assert answer.status == 429
    assert answer.retry_after_s is None if least is None else least <= (answer.retry_after_s or 0) <= (most or 0)


def test_a_retry_after_of_years_is_cut(tls: Path) -> None:
    with Origin(tls, {"/": Reply(429, {"retry-after": "1000000000000"})}) as origin, post_office(tls, origin) as poster:
        (answer,) = poster.send(posts([origin.url("/")]))
    assert answer.retry_after_s == 6 * 3600


@BOTH
def test_a_status_that_came_counts_whatever_comes_after(tls: Path, protocols: tuple[str, ...]) -> None:
    replies = {"/long": Reply(201, {}, bytes(60_000)), "/next": Reply(202)}
    with Origin(tls, replies, protocols) as origin, post_office(tls, origin, streams=1) as poster:
        answers = list(poster.send(posts([origin.url("/long"), origin.url("/next")])))
    assert answers == [Answer(0, 201), Answer(1, 202)]


@pytest.mark.parametrize(("length", "connections"), [(4096, 1), (4_000_000, 2)])
def test_a_long_answer_is_not_taken_in(tls: Path, length: int, connections: int) -> None:
    long = Reply(201, {}, bytes(length))
    with Origin(tls, {"/long": long}, ("http/1.1",)) as origin, post_office(tls, origin) as poster:
        for path in ("/long", "/next"):
            assert list(poster.send(posts([origin.url(path)]))) == [Answer(0, 201)]
        assert origin.connections == connections, "taken in, or cut off with its connection"


def test_an_answer_before_the_body_is_whole_counts(tls: Path) -> None:
    with Origin(tls, {"/": Reply(is_hasty=True)}) as origin, post_office(tls, origin) as poster:
        sent = (Post(tag, origin.url("/"), HEADERS, bytes(200_000)) for tag in range(5))
        assert {answer[1:] for answer in poster.send(sent)} == {(201, None, None)}


@BOTH
def test_what_went_wrong_is_said_by_code(tls: Path, protocols: tuple[str, ...]) -> None:
    replies = {"/never": Reply(gate=threading.Event()), "/cut": Reply(is_cut=True)}
    with Origin(tls, replies, protocols) as origin, post_office(tls, origin, deadline_s=0.5, streams=1) as poster:
        urls = [origin.url("/never"), origin.url("/cut"), "https://evil.example/x", origin.url("/fine")]
        answers = {tag: rest for tag, *rest in poster.send(posts(urls))}
    assert answers == {
        0: [0, None, "http-timeout"],
        1: [0, None, "http-unreachable"],
        2: [0, None, "http-refused"],
        3: [201, None, None],
    }


def test_one_slow_origin_does_not_take_every_slot(tls: Path) -> None:
    gate = threading.Event()
    with (
        Origin(tls, {"/": Reply(gate=gate)}) as slow,
        Origin(tls, {}) as quick,
        post_office(tls, slow, quick, streams=8, per_origin=4, deadline_s=60) as poster,
    ):
        answers = poster.send(posts([slow.url("/")] * 30 + [quick.url("/")] * 50))
        first = {next(answers).tag for _ in range(50)}
        assert first == set(range(30, 80)), "every quick one, though the slow ones were first"
        gate.set()
        assert {answer.tag for answer in answers} == set(range(30))
    assert (slow.peak, len(slow.requests)) == (4, 30)


def test_nothing_is_taken_that_cannot_go(tls: Path) -> None:
    taken = 0

    def counted(urls: Iterable[str]) -> Iterator[Post]:
        nonlocal taken
        for post in posts(urls):
            taken += 1
            yield post

    with Origin(tls, {}) as origin, post_office(tls, origin, streams=5) as poster:
        ahead = [taken - answered for answered, _ in enumerate(poster.send(counted([origin.url("/")] * 100)))]
    assert (max(ahead), len(ahead)) == (5, 100)


def test_posts_parked_for_a_slow_origin_are_bounded(tls: Path) -> None:
    taken: list[int] = []

    def counted(urls: Iterable[str]) -> Iterator[Post]:
        for post in posts(urls):
            taken.append(post.tag)
            yield post

    never = Reply(gate=threading.Event())
    with (
        Origin(tls, {"/": never}) as origin,
        post_office(tls, origin, streams=2, per_origin=1, deadline_s=0.3) as poster,
    ):
        answers = poster.send(counted([origin.url("/")] * 40))
        assert next(answers).error == "http-timeout"
        assert len(taken) == 1 + 2 * 8, "one under way, eight parked for each stream, no more until one is answered"


def rested(poster: Poster, url: str) -> None:
    origin = poster._guard.origin(url, allowed_hosts=["fcm.googleapis.com"])
    until(lambda: not poster.fuses.rest_s(origin), "the end of its rest")


def test_an_origin_that_fails_rests_and_is_then_tried_once(tls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuse, "REST_S", (0.5,))
    answers = {"/down": Reply(503), "/up": Reply(201)}
    with (
        Origin(tls, answers) as origin,
        Origin(tls, answers) as other,
        post_office(tls, origin, other, per_origin=10) as poster,
    ):
        first = list(poster.send(posts([origin.url("/down")] * 100 + [other.url("/up")] * 100)))
        sent = len(origin.requests)
        assert Counter(answer.status for answer in first) == {503: sent, 0: 100 - sent, 201: 100}
        assert {answer.error for answer in first} == {None, RESTS}
        assert fuse.FAILURES <= sent < fuse.FAILURES + 10
        rested(poster, origin.url("/down"))
        again = list(poster.send(posts([origin.url("/down")] * 50)))
        assert Counter(answer.status for answer in again) == {503: 1, 0: 49}
        rested(poster, origin.url("/down"))
        last = list(poster.send(posts([origin.url("/up")] * 50)))
        assert sorted(answer.tag for answer in last if answer.status == 201) == list(range(50))


def test_giving_up_leaves_the_poster_of_use(tls: Path) -> None:
    with (
        Origin(tls, {"/never": Reply(gate=threading.Event())}) as origin,
        post_office(tls, origin, streams=4) as poster,
    ):
        sending = poster.send(posts([origin.url("/never")] * 3 + [origin.url("/")]))
        assert next(sending).tag == 3
        with pytest.raises(RuntimeError, match="already"):
            next(poster.send([]))
        sending.close()  # type: ignore[attr-defined]
        assert len(list(poster.send(posts([origin.url("/")] * 9)))) == 9


def test_a_poster_with_nothing_to_send() -> None:
    with Poster(Guard(), allowed_hosts=[]) as poster:
        assert list(poster.send([])) == []
