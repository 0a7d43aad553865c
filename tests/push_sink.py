"""A push origin on loopback, HTTPS, that answers each address as it is told: what push services do on bad days."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from tests.browser.certificate import make_certificate
from tests.browser.loop import LoopThread

DROP, HANG = 0, -1
"""In place of a status: hang up without an answer; never answer."""

Answer = int | tuple[int, Mapping[str, str]]
"""A status, or a status and headers."""


@dataclass(frozen=True)
class Push:
    """One POST."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class PushSink:
    """Runs in a thread of its own. An address answers what it was given, one after the other, and keeps to the last."""

    def __init__(self, folder: Path) -> None:
        certificate = make_certificate(folder)
        self.ca_file = certificate.ca_file
        self.pushes: list[Push] = []
        self._answers: dict[str, list[Answer]] = {}
        self._loop = LoopThread("push-sink")
        self._end = asyncio.Event()
        app = web.Application()
        app.add_routes([web.post("/{name:.*}", self._receive)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        self._loop.run(self._runner.setup())
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=certificate.server_context())
        self._loop.run(site.start())
        self.host = f"localhost:{self._runner.addresses[0][1]}"

    def close(self) -> None:
        """Stop."""
        self._loop.call(self._end.set)
        self._loop.run(self._runner.cleanup())
        self._loop.close()

    def forget(self) -> None:
        """Forget what came."""
        self.pushes.clear()

    def endpoint(self, *answers: Answer) -> str:
        """A new address, and what it will answer (201 when nothing is said)."""
        path = f"/{secrets.token_hex(8)}"
        self._answers[path] = list(answers) or [201]
        return f"https://{self.host}{path}"

    def at(self, endpoint: str) -> list[Push]:
        """What was posted to an address."""
        return [push for push in list(self.pushes) if endpoint.endswith(push.path)]

    async def _receive(self, request: web.Request) -> web.Response:
        self.pushes.append(Push(request.path, dict(request.headers), await request.read()))
        answers = self._answers[request.path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        if status == HANG:
            await self._end.wait()
            status = DROP
        if status <= 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=max(status, 200), headers=headers)
