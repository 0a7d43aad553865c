"""The side of a push service that Firefox sees: Mozilla's autopush protocol over a websocket."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.browser.push_mailbox import Ack, Mailbox, Mailboxes, Message
from tests.browser.push_rules import RefusedError
from tests.browser.push_vapid import decode

WHAT_ACKS_SAY = {100: "delivered", 101: "not decrypted", 102: "not delivered"}


class Autopush:
    """Registers the subscriptions of browsers and hands them their messages until they acknowledge them."""

    def __init__(self, mailboxes: Mailboxes, address: Callable[[Mailbox], str]) -> None:
        self.is_offline = False
        self._mailboxes, self._address = mailboxes, address
        self._browsers: dict[str, web.WebSocketResponse] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        app = web.Application()
        app.add_routes([web.get("/", self._talk)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self) -> str:
        """The websocket's URL, for Firefox's `dom.push.serverURL`."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"ws://localhost:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        await self.hang_up()
        await self._runner.cleanup()

    async def hang_up(self) -> None:
        """Close every connection, as when the service restarts or the network goes."""
        for socket in list(self._sockets):
            await socket.close()

    def browsers(self) -> list[str]:
        """The identities of the browsers that are connected now."""
        return list(self._browsers)

    async def deliver(self, mailbox: Mailbox, message: Message) -> bool:
        """Send `message` if its browser is connected; whether it was."""
        socket = self._browsers.get(mailbox.browser)
        if socket is None or socket.closed:
            return False
        try:
            await socket.send_json(_notification(mailbox, message))
        except ConnectionResetError:  # it has just gone; the message waits in its mailbox
            return False
        return True

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        if self.is_offline:
            return web.Response(status=503)
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        self._sockets.add(socket)
        browser = ""
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    browser = await self._answer(socket, browser, json.loads(frame.data or "{}"))
        finally:
            self._sockets.discard(socket)
            if self._browsers.get(browser) is socket:
                del self._browsers[browser]
        return socket

    async def _answer(self, socket: web.WebSocketResponse, browser: str, said: dict[str, Any]) -> str:
        """Answer one message of the browser; its identity."""
        match said.get("messageType"):
            case None:
                await socket.send_str("{}")  # a ping
            case "hello":
                return await self._greet(socket, said.get("uaid") or uuid.uuid4().hex)
            case "register":
                await socket.send_json(self._registered(browser, said))
            case "unregister":
                await socket.send_json(self._unregistered(said))
            case "ack" | "nack":
                for update in said.get("updates", [said]):
                    self._acknowledge(update)
        return browser

    async def _greet(self, socket: web.WebSocketResponse, browser: str) -> str:
        self._browsers[browser] = socket
        await socket.send_json(
            {"messageType": "hello", "uaid": browser, "status": 200, "use_webpush": True, "broadcasts": {}}
        )
        for mailbox, message in self._mailboxes.due(browser):
            await self.deliver(mailbox, message)
        return browser

    def _registered(self, browser: str, said: dict[str, Any]) -> dict[str, Any]:
        answer = {"messageType": "register", "channelID": said["channelID"]}
        if not browser or "key" not in said:  # a subscription without a key is open to everyone: not taken here
            return answer | {"status": 400}
        mailbox = Mailbox(said["channelID"], decode(said["key"]), browser)
        self._mailboxes.open(mailbox)
        return answer | {"status": 200, "pushEndpoint": self._address(mailbox)}

    def _unregistered(self, said: dict[str, Any]) -> dict[str, Any]:
        status = 200
        try:
            self._mailboxes.end(said["channelID"])
        except RefusedError as refusal:
            status = refusal.status
        return {"messageType": "unregister", "channelID": said["channelID"], "status": status}

    def _acknowledge(self, update: dict[str, Any]) -> None:
        outcome = WHAT_ACKS_SAY.get(update.get("code", 0), "unknown")
        self._mailboxes.acknowledge(Ack(update.get("channelID", ""), str(update.get("version", "")), outcome))


def _notification(mailbox: Mailbox, message: Message) -> dict[str, Any]:
    return {
        "messageType": "notification",
        "channelID": mailbox.id,
        "version": message.id,
        "ttl": message.order.ttl_s,
        "data": base64.urlsafe_b64encode(message.body).rstrip(b"=").decode(),
        "headers": {"encoding": "aes128gcm"},
    }
