"""The ASGI application in front of Django: published bytes and static files from memory, everything else to Django."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final

from django.urls import Resolver404, resolve

from beffroi import city
from beffroi.errors import Unavailable
from beffroi.web import language
from beffroi.web.store import Served, Store, static_files

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("beffroi.front")

PAGE: Final = "public, max-age=15"
FOR_EVER: Final = "public, max-age=31536000, immutable"
AGAIN: Final = "no-cache"
WORKER: Final = "/sw.js"
STATIC: Final = "/static/"
AGAIN_S: Final = 5
"""When to ask again for a page of which we cannot know now: the store tries the database more often than that."""


class PagesUnknown(Unavailable):
    """The database does not answer, so nobody can say whether there is such a page: fact `wait_s`."""

    code = "pages-unknown"


def is_routed(path: str) -> bool:
    """Whether Django has a view for this path."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def header(scope: Scope, name: bytes) -> str:
    """A request header, or nothing; several of one name are joined as HTTP says."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


async def answer(send: Send, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    """Send a whole answer."""
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def is_known(asked: str, etag: str) -> bool:
    """Whether If-None-Match names this tag (RFC 9110, 13.1.2: weak comparison)."""
    return asked.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in asked.split(",")}


def accepts_gzip(accepted: str) -> bool:
    """Whether Accept-Encoding allows gzip."""
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip().lower() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class Front:
    """What the server runs. `django` gets what is neither published nor static."""

    def __init__(self, django: App, *, static: Path, static_url: str) -> None:
        self.django = django
        self.store = Store()
        self.static_url = static_url
        self.static = static_files(static)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of ASGI."""
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            await self.serve(scope, receive, send)
        else:
            raise ValueError(f"{scope['type']} is not served here")

    async def live(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.store.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.store.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] in {"GET", "HEAD"}:
            host, _, port = header(scope, b"host").rpartition(":")
            if host == "127.0.0.1" or (port == "127.0.0.1" and not host):
                return await self.by_name(scope, send, port if host else "")
            if scope["path"] == "/":
                return await self.choose(scope, send)
            if scope["path"] == "/healthz":
                return await self.health(send)
            found = self.find(scope["path"])
            if found is not None:
                return await self.give(scope, send, *found)
            if not self.store.is_listening and not is_routed(scope["path"]):
                raise PagesUnknown(wait_s=AGAIN_S)  # it may have been published since: web/guard.py answers
        return await self.django(scope, receive, send)

    def find(self, path: str) -> tuple[Served, str] | None:
        """The answer for a path and how long it may be kept."""
        page = self.store.get(path)
        if page is not None:
            return page, PAGE
        if path == WORKER and "sw.js" in self.static:
            return self.static["sw.js"], AGAIN
        if path.startswith(STATIC):
            mark, _, name = path[len(STATIC) :].partition("/")
            file = self.static.get(name)
            if file is not None:  # a page of before the last update names the old digest: it gets the file of today
                return file, FOR_EVER if self.static_url == f"{STATIC}{mark}/" else PAGE
        return None

    async def give(self, scope: Scope, send: Send, page: Served, lifetime: str) -> None:
        """Whole, compressed, or only "you have it"."""
        is_zipped = page.zipped is not None and accepts_gzip(header(scope, b"accept-encoding"))
        etag = page.etag[:-1] + '-gz"' if is_zipped else page.etag
        headers = {"content-type": page.content_type, "etag": etag, "cache-control": lifetime}
        if page.zipped is not None:
            headers["vary"] = "Accept-Encoding"
        if page.content_type.startswith(
            ("application/json", "application/geo+json", "application/cap", "application/atom")
        ):
            headers["access-control-allow-origin"] = "*"  # open data: any page may read it
            headers["cross-origin-resource-policy"] = "cross-origin"
        asked = header(scope, b"if-none-match")
        if asked and is_known(asked, etag):
            del headers["content-type"]
            await send({"type": "http.response.start", "status": 304, "headers": encoded(headers)})
            await send({"type": "http.response.body", "body": b""})
            return
        if is_zipped:
            headers["content-encoding"] = "gzip"
        body = page.zipped if is_zipped and page.zipped is not None else page.body
        headers["content-length"] = str(len(body))
        await send({"type": "http.response.start", "status": 200, "headers": encoded(headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def by_name(self, scope: Scope, send: Send, port: str) -> None:
        """Passkeys need a name: 127.0.0.1 is sent to localhost, on the same port."""
        query = scope["query_string"].decode("latin-1")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
        where = (
            f"{scope.get('scheme', 'http')}://localhost{':' + port if port else ''}{path}{'?' + query if query else ''}"
        )
        await answer(send, 307, {"location": where, "cache-control": "no-store"})

    async def choose(self, scope: Scope, send: Send) -> None:
        """The root leads to the now page in the reader's language."""
        cookie = cookie_of(header(scope, b"cookie"))
        chosen = language.wanted(cookie, header(scope, b"accept-language"), city.current().languages)
        headers = {"location": f"/{chosen}/", "vary": "Cookie, Accept-Language", "cache-control": "no-cache"}
        await answer(send, 302, headers)

    async def health(self, send: Send) -> None:
        """200 while there are pages to serve. `database` says whether they are known to be the newest."""
        store = self.store
        state = {
            "pages": len(store.pages),
            "database": store.is_listening,
            "seen_at": store.seen_at and store.seen_at.isoformat(timespec="seconds"),
        }
        headers = {"content-type": "application/json", "cache-control": "no-store"}
        await answer(send, 200 if store.pages else 503, headers, json.dumps(state).encode())


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


def cookie_of(text: str) -> str:
    """The language cookie in a Cookie header."""
    try:
        found = SimpleCookie(text[:4096]).get(language.COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""
