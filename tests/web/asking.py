"""Asks an ASGI application as a browser would, in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from beffroi.web.front import App, Message


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode()


async def ask(
    app: App, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, chunks: Iterable[bytes] = (b"",)
) -> Answer:
    """One request. Headers that are not given are those of a browser without wishes."""
    given = {"host": "localhost:8000", **(headers or {})}
    name, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": name, "raw_path": name.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(key.encode(), value.encode("latin-1")) for key, value in given.items()],
        "client": ("192.0.2.7", 50000), "server": ("localhost", 8000),
    }  # fmt: skip
    waiting = list(chunks)
    answer = Answer()

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()  # a browser stays until it has its answer
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {key.decode().lower(): value.decode("latin-1") for key, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer
