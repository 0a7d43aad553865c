"""A real SMTP server on loopback that keeps what it takes, and refuses, hangs up or falls silent when told to."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.browser.loop import LoopThread

logging.getLogger("mail.log").setLevel(logging.WARNING)  # the server tells of every command

DROP = "drop"
"""Hang up instead of answering."""
HANG = "hang"
"""Never answer."""
GATE = "gate"
"""Take it, once `open_gate` was called."""
OK = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail as it came over the wire."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """Its parts."""
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def text(self, kind: str = "plain") -> str:
        """The text of its plain or its HTML part."""
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class Script:
    """What is answered next, by command (MAIL, RCPT, DATA); for RCPT also by recipient. After that, OK."""

    next: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    recipients: dict[str, str] = field(default_factory=dict)


class PostOffice:
    """Runs in a thread of its own from construction to `close`; `url` is for BEFFROI_SMTP."""

    def __init__(self, *, is_8bit: bool = True) -> None:
        self.mails: list[Mail] = []
        self.script = Script()
        self.connections = 0
        self._is_8bit = is_8bit
        self._servers: list[SMTP] = []
        self._loop = LoopThread("post-office")
        self._gate = asyncio.Event()
        self.waiting = 0
        self.pause_s = 0.0
        """Before each answer to MAIL, RCPT and DATA."""
        self._server = self._loop.run(self._start())
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    async def _start(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._connect, "127.0.0.1", 0)

    def _connect(self) -> SMTP:
        self.connections += 1
        server = SMTP(self, hostname="post-office", loop=asyncio.get_running_loop())
        self._servers.append(server)
        return server

    def close(self) -> None:
        """Hang up and stop listening."""
        self._loop.run(self._stop())
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        self._hang_up()
        await self._server.wait_closed()

    def _hang_up(self) -> None:
        for server in self._servers:
            if isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
        self._servers.clear()

    def forget(self) -> None:
        """A new day: nothing kept, nobody connected, everything is taken."""
        self._loop.call(self._hang_up)
        self.open_gate()
        self._gate = asyncio.Event()
        self.waiting = 0
        self.pause_s = 0.0
        self.mails.clear()
        self.script = Script()
        self.connections = 0

    def say(self, command: str, *answers: str) -> None:
        """The next answers to a command: a status line, DROP or HANG."""
        self.script.next[command].extend(answers)

    def refuse(self, recipient: str, answer: str) -> None:
        """What is answered whenever this recipient is named."""
        self.script.recipients[recipient] = answer

    def open_gate(self) -> None:
        """Whoever waits at the gate may pass."""
        self._loop.call(self._gate.set)

    def to(self, recipient: str) -> list[Mail]:
        """Mails to one recipient, oldest first."""
        return [mail for mail in list(self.mails) if mail.recipient == recipient]

    async def _answer(self, server: SMTP, answer: str) -> str:
        await asyncio.sleep(self.pause_s)
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == GATE:
            self.waiting += 1
            await self._gate.wait()
            return OK
        if answer == DROP or answer.startswith("421"):
            if answer != DROP:
                await server.push(answer)
            assert server.transport is not None
            server.transport.close()
            raise asyncio.CancelledError  # the server's own way to leave a connection that is gone
        return answer

    def _next(self, command: str) -> str:
        waiting = self.script.next[command]
        return waiting.popleft() if waiting else OK

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if self._is_8bit or "8BITMIME" not in line]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if options and not self._is_8bit:
            return "555 what is that"
        answer = await self._answer(server, self._next("MAIL"))
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(server, self.script.recipients.get(address) or self._next("RCPT"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._next("DATA")
        if answer in {DROP, GATE, OK}:  # dropped after the final dot: it was taken, and nobody knows
            raw = envelope.original_content or b""
            self.mails.extend(Mail(str(recipient), raw) for recipient in envelope.rcpt_tos)
        return await self._answer(server, answer)
