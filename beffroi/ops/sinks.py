"""`beffroi sinks`: where the demo's messages go. A push service and a mail server on this machine that keep the last
messages and show them; they take what is really sent, and the push sink really decrypts. Only for demos and tests."""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import os
import signal
import ssl
from collections import deque
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from beffroi.lib import clock
from beffroi.ops import pushkeys
from beffroi.ops.processes import die_with_parent

KEPT = 40
"""Messages shown of each kind."""
LARGEST = 4096 + 4096


@dataclass
class Seen:
    """What came, newest first."""

    pushes: int = 0
    mails: int = 0
    last_pushes: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT))
    last_mails: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT))


class PushSink(asyncio.Protocol):
    """One connection of a sender: HTTP/1.1 POSTs, answered 201 in order. Knows as much of HTTP as that takes."""

    def __init__(self, seen: Seen, keys: pushkeys.Pool) -> None:
        self.seen, self.keys = seen, keys
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take every whole request out of the buffer."""
        self.buffer += data
        answers: list[bytes] = []
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _colon, v in (line.partition(":") for line in head[1:])}
            size = int(headers.get("content-length", "0"))
            if size > LARGEST or len(self.buffer) < end + 4 + size:
                break
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            answers.append(self.answer(head[0], headers, body))
        if len(self.buffer) > 2 * LARGEST and self.transport is not None:
            self.transport.close()
        if answers and self.transport is not None:
            self.transport.write(b"".join(answers))

    def answer(self, line: str, headers: dict[str, str], body: bytes) -> bytes:
        """201 for a push that has what RFC 8030 and 8292 ask for, and 400 for any other."""
        method, path, _version = line.split(" ", 2)
        is_whole = method == "POST" and "ttl" in headers and headers.get("authorization", "").startswith("vapid t=")
        if not is_whole or headers.get("content-encoding") != "aes128gcm":
            return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        self.seen.pushes += 1
        if self.seen.pushes % 100 <= KEPT // 10:  # decrypting all would make the sink slower than what it measures
            self.seen.last_pushes.appendleft((f"{clock.now():%H:%M:%S.%f}", self.keys.decrypt(path, body)))
        return b"HTTP/1.1 201 Created\r\nLocation: /message\r\nContent-Length: 0\r\n\r\n"


class MailSink:
    """Takes every mail."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Keep the last ones."""
        self.seen.mails += 1
        mail = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        body = mail.get_body(("plain",))
        self.seen.last_mails.appendleft((str(mail["Subject"]), body.get_content() if body else ""))
        return "250 OK"


def shown(seen: Seen) -> bytes:
    """The page that shows what came."""
    rows = "".join(f"<li><b>{escape(a)}</b><pre>{escape(b)}</pre></li>" for a, b in seen.last_pushes)
    mails = "".join(f"<li><b>{escape(a)}</b><pre>{escape(b)}</pre></li>" for a, b in seen.last_mails)
    page = f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><title>Demo sinks</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap}}</style>
<h1>What the demo sent</h1><h2>{seen.pushes} pushes</h2><p>A sample, decrypted:</p><ul>{rows}</ul>
<h2>{seen.mails} mails</h2><ul>{mails}</ul>"""
    return page.encode()


async def show(seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one look at the page."""
    await reader.readuntil(b"\r\n\r\n")
    page = shown(seen)
    head = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(page)}",
        "Connection: close",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode() + page)
    await writer.drain()
    writer.close()


async def serve(options: argparse.Namespace, seen: Seen) -> None:
    """All three doors until told to stop."""
    loop = asyncio.get_running_loop()
    folder = Path(options.folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "sink.crt.pem", folder / "sink.pem")
    keys = pushkeys.Pool.load(folder)
    servers: list[Any] = [
        await loop.create_server(lambda: PushSink(seen, keys), "127.0.0.1", options.push_port, ssl=tls),
        await loop.create_server(lambda: SMTP(MailSink(seen), enable_SMTPUTF8=True), "127.0.0.1", options.mail_port),
        await asyncio.start_server(lambda r, w: show(seen, r, w), "127.0.0.1", options.page_port),
    ]
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for server in servers:
        server.close()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Ports and the folder with certificate and keys."""
    parser.add_argument("--folder", required=True, help="folder with sink.pem, sink.crt.pem and push-keys.json")
    parser.add_argument("--push-port", type=int, default=8443)
    parser.add_argument("--mail-port", type=int, default=8025)
    parser.add_argument("--page-port", type=int, default=8001)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    die_with_parent(os.getppid())
    asyncio.run(serve(options, Seen()))
    return 0
