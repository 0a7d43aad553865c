"""One wrapper around everything: body limit, rate limit, security headers, an access log without addresses or links."""

from __future__ import annotations

import logging
import math
import re
import time
from typing import Final

from django.conf import settings

from beffroi import city
from beffroi.errors import BeffroiError, TooLarge, TooMany
from beffroi.lib.limit import Limiter
from beffroi.web import language, policy, problems
from beffroi.web.front import App, Message, PagesUnknown, Receive, Scope, Send, cookie_of, header

log = logging.getLogger("beffroi.access")

CAP_BYTES: Final = 6 * 1024 * 1024
OTHER_BYTES: Final = 64 * 1024
POSTS_PER_S: Final = 1.0
POSTS_AT_ONCE: Final = 60
"""A duty officer types fast, and a whole town hall may sit behind one address."""
SECRET: Final = re.compile(r"/(mine|leave|confirm|enrol)/[^/]+")


def limit(path: str) -> int:
    """Most bytes that a request to this path may bring."""
    return CAP_BYTES if path.startswith("/api/cap") else OTHER_BYTES


def scrubbed(path: str) -> str:
    """A path without what opens something, and without what could break the line of a log."""
    shown = SECRET.sub(r"/\1/-", path)[:200]
    return shown.encode("ascii", "backslashreplace").decode().replace("\n", "\\n").replace("\r", "\\r")


class Guard:
    """Around `app`. Nothing reaches it that is too large or too fast, nothing leaves it without headers."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.posts = Limiter(per_s=POSTS_PER_S, burst=POSTS_AT_ONCE)
        self.headers = policy.headers(is_https=settings.BASE_URL.startswith("https:"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        visit = Visit(receive, send, self.headers, most=limit(scope["path"]))
        try:
            self.admit(scope, visit)
            await self.app(scope, visit.receive, visit.send)
            visit.check()
        except (TooLarge, TooMany, PagesUnknown) as err:
            if visit.status:  # half an answer is out: the server has to break the connection
                raise
            visit.is_over = False
            await refuse(scope, visit.send, err)
        finally:
            spent_ms = (time.perf_counter() - begun) * 1000
            log.info("%s %s %s %.1f ms", scope["method"], scrubbed(scope["path"]), visit.status or "-", spent_ms)

    def admit(self, scope: Scope, visit: Visit) -> None:
        """Look at the request before anybody else does."""
        length = header(scope, b"content-length")
        if length.isdecimal() and int(length) > visit.most:
            raise TooLarge(limit=visit.most)
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            wait_s = self.posts.take((scope.get("client") or ("",))[0])
            if wait_s:
                raise TooMany(wait_s=max(1, math.ceil(wait_s)))


class Visit:
    """One request and its answer, as the application sees them."""

    def __init__(self, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]], *, most: int) -> None:
        self.from_client, self.to_client = receive, send
        self.headers = headers
        self.most = most
        self.seen = 0
        self.is_over = False
        """More came than may come: for the application the client is gone, and what it still says is not sent."""
        self.status = 0

    def check(self) -> None:
        """TooLarge if more came than may come."""
        if self.is_over:
            raise TooLarge(limit=self.most)

    async def receive(self) -> Message:
        """The next piece, counted."""
        message = await self.from_client()
        self.seen += len(message.get("body", b""))
        if self.seen > self.most:
            self.is_over = True
        return {"type": "http.disconnect"} if self.is_over else message

    async def send(self, message: Message) -> None:
        """The next piece of the answer, with our headers where it has none of its own."""
        if self.is_over:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in self.headers if pair[0] not in own]
            message = {**message, "headers": [*message["headers"], *added]}
        await self.to_client(message)


async def refuse(scope: Scope, send: Send, err: BeffroiError) -> None:
    """An answer that no view has made."""
    languages = city.current().languages
    chosen = language.of_path(scope["path"], languages) or language.wanted(
        cookie_of(header(scope, b"cookie")), header(scope, b"accept-language"), languages
    )
    is_json = problems.wants_json(scope["path"], header(scope, b"accept"))
    content_type, body = problems.render(err, language=chosen, is_json=is_json)
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode()),
               (b"cache-control", b"no-store")]  # fmt: skip
    if "wait_s" in err.facts:
        headers.append((b"retry-after", str(err.facts["wait_s"]).encode()))
    await send({"type": "http.response.start", "status": err.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
