"""The side of a push service that senders see: HTTPS on loopback, an address for each subscription (RFC 8030)."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tests.browser.certificate import Certificate
from tests.browser.push_mailbox import Mailbox, Mailboxes, Message
from tests.browser.push_rules import RefusedError, check_body, read_order
from tests.browser.push_vapid import check_vapid

Deliver = Callable[[Mailbox, Message], Awaitable[bool]]


@dataclass(frozen=True)
class Post:
    """One request that a sender made and how it was answered. Header names in any case."""

    mailbox: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    reason: str


class PushEndpoint:
    """Takes what senders post, keeps it in its mailbox and tries to `deliver` it (true: a browser was there)."""

    def __init__(self, mailboxes: Mailboxes, deliver: Deliver, clock: Callable[[], float]) -> None:
        self.origin = ""
        self.posts: list[Post] = []
        self._mailboxes, self._deliver, self._clock = mailboxes, deliver, clock
        app = web.Application(client_max_size=1024 * 1024)
        app.add_routes([web.post("/wpush/v2/{mailbox}", self._receive)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self, certificate: Certificate) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=certificate.server_context()).start()
        self.origin = f"https://localhost:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def address(self, mailbox: Mailbox) -> str:
        """The endpoint URL that the browser gives to the page."""
        return f"{self.origin}/wpush/v2/{mailbox.id}"

    async def _receive(self, request: web.Request) -> web.Response:
        name, body = request.match_info["mailbox"], await request.read()
        try:
            message = await self._take(name, request, body)
        except RefusedError as refusal:
            self.posts.append(Post(name, request.headers, body, refusal.status, refusal.reason))
            return web.json_response({"code": refusal.status, "message": refusal.reason}, status=refusal.status)
        self.posts.append(Post(name, request.headers, body, 201, "Created"))
        headers = {"Location": f"{self.origin}/m/{message.id}", "TTL": str(message.order.ttl_s)}
        return web.Response(status=201, headers=headers)

    async def _take(self, name: str, request: web.Request, body: bytes) -> Message:
        mailbox = self._mailboxes.find(name)
        order = read_order(request.headers)
        check_vapid(request.headers.get("Authorization"), mailbox.key, self.origin, self._clock())
        check_body(request.headers, body)
        message = Message(uuid.uuid4().hex, body, order, self._clock() + order.ttl_s)
        mailbox.put(message)
        was_handed_over = await self._deliver(mailbox, message)
        if order.ttl_s == 0 and not was_handed_over:  # RFC 8030 section 5.2: deliver now or never
            self._mailboxes.drop(mailbox.id, message.id)
        return message
