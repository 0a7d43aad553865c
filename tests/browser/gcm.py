"""The side of a push service that Chromium sees: Google's check-in, registration and MCS (tag, length, protobuf).

Field numbers are those of Chromium's google_apis/gcm/protocol/*.proto.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from dataclasses import dataclass, field

from aiohttp import web

from tests.browser import protobuf
from tests.browser.certificate import Certificate
from tests.browser.push_mailbox import Ack, Mailbox, Mailboxes, Message
from tests.browser.push_vapid import decode

VERSION = 41
PING, PING_ACK, LOGIN, LOGGED_IN, CLOSE, IQ, DATA = 0, 1, 2, 3, 4, 7, 8  # the tags of MCS that matter here
LAST_RECEIVED = {PING: 2, PING_ACK: 2, IQ: 10, DATA: 11}  # the field with the last message of ours that it has


@dataclass
class Line:
    """One MCS connection. `count`: how many messages we sent; `unconfirmed`: which of them carried a push."""

    writer: asyncio.StreamWriter
    count: int = 0
    unconfirmed: dict[int, tuple[str, str]] = field(default_factory=dict)

    async def send(self, tag: int, body: bytes) -> None:
        self.count += 1
        self.writer.write(bytes([tag]) + protobuf.varint(len(body)) + body)
        await self.writer.drain()


class Gcm:
    """Registers the subscriptions of Chromium and hands it their messages until it confirms them."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.arguments: list[str] = []  # Chromium's, to find this service
        self._mailboxes = mailboxes
        self._subscriptions: dict[tuple[str, str], str] = {}  # device and its name for the subscription -> mailbox
        self._lines: dict[str, Line] = {}
        self._talks: set[asyncio.Task[None]] = set()
        app = web.Application()
        app.add_routes([web.post("/checkin", self._check_in), web.post("/register3", self._register)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        self._server: asyncio.Server

    async def start(self, certificate: Certificate) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        http = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        tls = certificate.server_context()
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, ssl=tls)
        self.arguments = [
            f"--gcm-checkin-url={http}/checkin",
            f"--gcm-registration-url={http}/register3",
            f"--gcm-mcs-endpoint=https://localhost:{self._server.sockets[0].getsockname()[1]}",
            f"--ignore-certificate-errors-spki-list={certificate.spki}",
        ]

    async def stop(self) -> None:
        self._server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await self._runner.cleanup()

    async def deliver(self, mailbox: Mailbox, message: Message) -> bool:
        """Send `message` if its browser is connected; whether it was."""
        line = self._lines.get(mailbox.browser)
        if line is None:
            return False
        line.unconfirmed[line.count + 1] = (mailbox.id, message.id)
        try:
            await line.send(DATA, _stanza(self._name_of(mailbox), mailbox, message))
        except ConnectionError:  # it has just gone; the message waits in its mailbox
            return False
        return True

    async def _check_in(self, request: web.Request) -> web.Response:
        await request.read()
        device, token = secrets.randbits(62) | 1, secrets.randbits(62) | 1
        body = protobuf.field(1, 1) + protobuf.field(3, int(time.time() * 1000))
        body += protobuf.fixed64(7, device) + protobuf.fixed64(8, token)
        return web.Response(body=body, content_type="application/x-protobuf")

    async def _register(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        name = (form["device"], form.get("X-subtype", ""))
        if form.get("delete") == "true":
            if name in self._subscriptions:
                self._mailboxes.end(self._subscriptions.pop(name))
        elif form.get("X-subtype", "").startswith("wp:"):
            mailbox = Mailbox(secrets.token_urlsafe(24), decode(form["sender"]), form["device"])
            self._mailboxes.open(mailbox)
            self._subscriptions[name] = mailbox.id
            return web.Response(text=f"token={mailbox.id}")
        return web.Response(text="token=none")  # Chromium registers itself too; nobody sends to that

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk in a task that `stop` can end, and end quietly however it ends: the browser goes as it likes."""
        talk = asyncio.create_task(self._talk(reader, Line(writer)))
        self._talks.add(talk)
        await asyncio.wait([talk])
        self._talks.discard(talk)
        self._lines = {browser: line for browser, line in self._lines.items() if line.writer is not writer}
        writer.transport.abort()
        error = None if talk.cancelled() else talk.exception()
        if error and not isinstance(error, ConnectionError | asyncio.IncompleteReadError):
            raise error

    async def _talk(self, reader: asyncio.StreamReader, line: Line) -> None:
        await reader.readexactly(1)  # the version; answered with ours before the first message
        line.writer.write(bytes([VERSION]))
        tag = -1
        while tag != CLOSE:
            (tag,) = await reader.readexactly(1)
            said = protobuf.parse(await reader.readexactly(await protobuf.read_varint(reader)))
            self._confirm(line, said.get(LAST_RECEIVED.get(tag, -1), []))
            if tag == LOGIN:
                await self._log_in(line, said)
            elif tag == PING:
                await line.send(PING_ACK, b"")

    async def _log_in(self, line: Line, said: dict[int, list[int | bytes]]) -> None:
        browser = _text(said[3][0])
        await line.send(LOGGED_IN, protobuf.field(1, _text(said[1][0])))
        self._lines[browser] = line
        for mailbox, waiting in self._mailboxes.due(browser):
            await self.deliver(mailbox, waiting)

    def _confirm(self, line: Line, last_received: list[int | bytes]) -> None:
        for last in last_received:
            for number in [n for n in line.unconfirmed if isinstance(last, int) and n <= last]:
                self._mailboxes.acknowledge(Ack(*line.unconfirmed.pop(number), "received"))

    def _name_of(self, mailbox: Mailbox) -> str:
        return next(name for (_, name), box in self._subscriptions.items() if box == mailbox.id)


def _text(value: int | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _pair(key: str, value: str) -> bytes:
    return protobuf.field(7, protobuf.field(1, key) + protobuf.field(2, value))


def _stanza(name: str, mailbox: Mailbox, message: Message) -> bytes:
    """A DataMessageStanza that carries an encrypted push; `immediate_ack`: it shall confirm at once."""
    return b"".join(
        [
            protobuf.field(2, message.id),
            protobuf.field(3, base64.urlsafe_b64encode(mailbox.key).rstrip(b"=")),  # it finds its keys by this
            protobuf.field(5, "org.chromium.linux"),
            _pair("subtype", name),
            _pair("content-encoding", "aes128gcm"),
            protobuf.field(9, message.id),
            protobuf.field(17, message.order.ttl_s),
            protobuf.field(18, int(time.time() * 1000)),
            protobuf.field(21, message.body),
            protobuf.field(24, 1),
        ]
    )
