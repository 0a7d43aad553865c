"""One wrapper around everything: body limit, rate limit, security headers, an access log without addresses or links."""

from __future__ import annotations

import logging
import re
import time
from typing import Final

from django.conf import settings

from beffroi import city
from beffroi.errors import BeffroiError, TooLarge, TooMany
from beffroi.lib.limit import Limiter
from beffroi.web import language, policy, problems
from beffroi.web.front import App, Message, Receive, Scope, Send, cookie_of, header

log = logging.getLogger("beffroi.access")

CAP_BYTES: Final = 6 * 1024 * 1024
OTHER_BYTES: Final = 64 * 1024
POSTS_PER_S: Final = 1.0
POSTS_AT_ONCE: Final = 60
"""A duty officer types fast, and a whole town hall may sit behind one address."""
SECRET: Final = re.compile(r"/(mine|leave|confirm)/[^/]+")


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
        begun, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in self.headers if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        try:
            await self.admit(scope, receive, dressed)
        except (TooLarge, TooMany) as err:
            if status:  # half an answer is out: the server has to break the connection
                raise
            await refuse(scope, dressed, err)
        finally:
            spent_ms = (time.perf_counter() - begun) * 1000
            log.info("%s %s %s %.1f ms", scope["method"], scrubbed(scope["path"]), status or "-", spent_ms)

    async def admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the request before anybody else does."""
        most = limit(scope["path"])
        length = header(scope, b"content-length")
        if length.isdigit() and int(length) > most:
            raise TooLarge(limit=most)
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            wait_s = self.posts.take((scope.get("client") or ("",))[0])
            if wait_s:
                raise TooMany(wait_s=max(1, round(wait_s)))
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLarge(limit=most)
            return message

        await self.app(scope, counted, send)


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
    if isinstance(err, TooMany):
        headers.append((b"retry-after", str(err.facts["wait_s"]).encode()))
    await send({"type": "http.response.start", "status": err.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
