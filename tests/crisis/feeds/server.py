"""A weather service on loopback with its own certificate authority, which can misbehave in every way; and a canary."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.browser.certificate import make_certificate

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection; what a path answers is written by the test."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answer = self.server.pages.get(self.path)
        if answer is None:
            self.say(404, b"nothing")
        else:
            answer(self)

    def say(self, status: int, body: bytes, **headers: str) -> None:
        """A whole answer; `_` in a header's name stands for `-`."""
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """`pages`: path to what it answers; `asked`: every path with its headers."""

    daemon_threads = True

    def __init__(self, certificate: Any) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.is_ending = threading.Event()
        self.socket = certificate.server_context().wrap_socket(self.socket, server_side=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what we test, not a fault."""

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _headers in self.asked)


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[tuple[Server, Path]]:
    """A running server, and the authority that a client must trust."""
    certificate = make_certificate(folder)
    server = Server(certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server, certificate.ca_file
    finally:
        server.is_ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Canary:
    """A place where nobody must come."""

    port: int
    visits: list[Any] = field(default_factory=list)


@contextlib.contextmanager
def canary() -> Iterator[Canary]:
    """Listens, and writes down who connects."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        bird, is_over = Canary(listening.getsockname()[1]), threading.Event()

        def watch() -> None:
            while not is_over.is_set():
                with contextlib.suppress(TimeoutError):
                    visitor, address = listening.accept()
                    bird.visits.append(address)
                    visitor.close()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield bird
        finally:
            is_over.set()
            thread.join()


# -- what a server may answer ----------------------------------------------------------------------------------------


def page(body: bytes, status: int = 200, **headers: str) -> Answer:
    """This body."""
    return lambda handler: handler.say(status, body, **headers)


def redirect(to: str, status: int = 302) -> Answer:
    """Look there instead."""
    return page(b"", status, Location=to)


def tagged(body: bytes, etag: str) -> Answer:
    """The body, or 304 to whom knows it already."""

    def answer(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            handler.say(304, b"")
        else:
            handler.say(200, body, ETag=etag)

    return answer


def endless(handler: Handler) -> None:
    """A body without an end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.is_ending.is_set():
        handler.wfile.write(b"<feed>" * 10_000)


def slow(handler: Handler) -> None:
    """A body that comes in drops."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.is_ending.wait(0.05):
        handler.wfile.write(b" ")


def gzip_bomb(handler: Handler) -> None:
    """A small answer that is large."""
    handler.say(200, gzip.compress(b" " * 50_000_000), Content_Encoding="gzip")


def lying(handler: Handler) -> None:
    """Promises more than it gives."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"<feed/>")


def hanging_up(handler: Handler) -> None:
    """Says nothing."""
    handler.connection.close()


# -- feeds ------------------------------------------------------------------------------------------------------------


def atom(*entries: str) -> bytes:
    """An Atom feed."""
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>Warnings</title>'
    return f"{head}{''.join(entries)}</feed>".encode()


def linked(href: str, updated: str = "2026-01-01T00:00:00Z") -> str:
    """An entry that links to its message."""
    link = f'<link rel="alternate" type="application/cap+xml" href="{href}"/>'
    return f"<entry><id>{href[:50]}</id><updated>{updated}</updated>{link}</entry>"


def embedded(message: bytes) -> str:
    """An entry with the message inside."""
    return f'<entry><id>e</id><content type="text/xml">{message.decode().partition("?>")[2]}</content></entry>'


def rss(*hrefs: str) -> bytes:
    """An RSS feed of links."""
    items = "".join(f"<item><guid>{href}</guid><link>{href}</link></item>" for href in hrefs)
    return f'<rss version="2.0"><channel><title>Warnings</title>{items}</channel></rss>'.encode()
