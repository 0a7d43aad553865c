"""What the front serves itself, and what it hands on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from beffroi.web.front import Front, PagesUnknown, Receive, Scope, Send
from beffroi.web.store import ready
from tests.web.asking import Answer, ask

PAGE = b"<p>page</p>" * 200


async def django(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for Django: says what it was asked."""
    body = f"{scope['method']} {scope['path']}".encode()
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def front(tmp_path: Path) -> Front:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("p { color: red }")
    (tmp_path / "sw.js").write_text("// worker")
    made = Front(django, static=tmp_path, static_url="/static/abc/")
    made.store.is_listening = True
    made.store.pages["/fr/"] = ready("text/html; charset=utf-8", PAGE, '"tag"')
    made.store.pages["/feed.json"] = ready("application/json", b"{}", '"feed"')
    return made


async def get(front: Front, path: str, **headers: str) -> Answer:
    return await ask(front, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_page_whole_and_compressed(front: Front) -> None:
    whole = await get(front, "/fr/")
    assert (whole.status, whole.body) == (200, PAGE)
    assert whole.headers["etag"] == '"tag"'
    assert whole.headers["cache-control"] == "public, max-age=15"
    assert whole.headers["vary"] == "Accept-Encoding"
    small = await get(front, "/fr/", accept_encoding="br, gzip")
    assert gzip.decompress(small.body) == PAGE
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["etag"] == '"tag-gz"'
    assert (await get(front, "/fr/", accept_encoding="gzip;q=0")).body == PAGE


@pytest.mark.parametrize(
    ("asked", "status"),
    [('"tag"', 304), ('W/"tag"', 304), ('"old", "tag"', 304), ("*", 304), ('"old"', 200), ("", 200)],
)
async def test_who_has_it_gets_nothing_again(front: Front, asked: str, status: int) -> None:
    answer = await get(front, "/fr/", if_none_match=asked)
    assert answer.status == status
    assert answer.body == (b"" if status == 304 else PAGE)
    assert answer.headers["etag"] == '"tag"'


async def test_head_tells_without_giving(front: Front) -> None:
    answer = await ask(front, "/fr/", method="HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(PAGE)))


async def test_everything_else_goes_to_django(front: Front) -> None:
    assert (await get(front, "/nothing/")).text == "GET /nothing/"
    assert (await ask(front, "/fr/", method="POST")).text == "POST /fr/"
    assert (await ask(front, "/", method="POST")).text == "POST /"


async def test_without_the_database_nobody_knows_whether_there_is_such_a_page(front: Front) -> None:
    front.store.is_listening = False
    for path in ("/fr/alert/new/", "/nothing/", "/static/abc/css/b.css", "/cap/x.xml"):
        with pytest.raises(PagesUnknown):
            await get(front, path)
    assert (await get(front, "/fr/")).status == 200
    assert (await get(front, "/desk/login/")).text == "GET /desk/login/"
    assert (await ask(front, "/nothing/", method="POST")).text == "POST /nothing/"


async def test_static_files_are_kept_for_ever_under_their_digest(front: Front) -> None:
    now = await get(front, "/static/abc/css/a.css")
    assert now.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert now.headers["content-type"] == "text/css; charset=utf-8"
    old = await get(front, "/static/old/css/a.css")
    assert (old.status, old.headers["cache-control"]) == (200, "public, max-age=15")
    for path in ("/static/abc/css/b.css", "/static/abc/../settings.py", "/static/abc", "/static/abc/css"):
        assert (await get(front, path)).status == 299


async def test_the_worker_lies_at_the_root_and_is_looked_at_each_time(front: Front) -> None:
    answer = await get(front, "/sw.js")
    assert (answer.text, answer.headers["cache-control"]) == ("// worker", "no-cache")


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ({"cookie": "a=b; lang=es"}, "/es/"),
        ({"accept_language": "en-GB"}, "/en/"),
        ({}, "/fr/"),
        ({"cookie": "lang=../evil"}, "/fr/"),
        ({"cookie": 'lang="\\"; x[]={}'}, "/fr/"),
    ],
)
async def test_the_root_leads_to_the_readers_language(front: Front, headers: dict[str, str], target: str) -> None:
    answer = await get(front, "/", **headers)
    assert (answer.status, answer.headers["location"]) == (302, target)
    assert answer.headers["vary"] == "Cookie, Accept-Language"


async def test_an_address_in_numbers_is_sent_to_the_name(front: Front) -> None:
    answer = await get(front, "/fr/?a=b", host="127.0.0.1:8000")
    assert (answer.status, answer.headers["location"]) == (307, "http://localhost:8000/fr/?a=b")
    assert (await get(front, "/fr/", host="127.0.0.1")).headers["location"] == "http://localhost/fr/"
    assert (await get(front, "/fr/", host="localhost:8000")).status == 200


async def test_open_data_may_be_read_by_any_page(front: Front) -> None:
    assert (await get(front, "/feed.json")).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await get(front, "/fr/")).headers


async def test_health(front: Front) -> None:
    answer = await get(front, "/healthz")
    assert answer.status == 200
    assert json.loads(answer.body) == {"pages": 2, "database": True, "seen_at": None}
    front.store.pages.clear()
    assert (await get(front, "/healthz")).status == 503


async def test_starts_and_stops_with_the_server(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def note(what: str) -> None:
        done.append(what)

    monkeypatch.setattr(front.store, "start", lambda: note("start"))
    monkeypatch.setattr(front.store, "stop", lambda: note("stop"))
    coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: Any) -> None:
        done.append(message["type"])

    await front({"type": "lifespan"}, receive, send)
    assert done == ["start", "lifespan.startup.complete", "stop", "lifespan.shutdown.complete"]
    with pytest.raises(ValueError, match="websocket"):
        await front({"type": "websocket"}, receive, send)
