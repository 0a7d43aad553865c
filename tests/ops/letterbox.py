"""A mail server on loopback that keeps what comes, and may be slow."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from aiosmtpd.smtp import SMTP, Envelope, Session


class Letterbox:
    """`mails`: recipient and raw content of each; `delay_s` before each is taken."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.delay_s = 0.0
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay_s)
        self.mails.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        return "250 OK"


@contextlib.contextmanager
def letterbox() -> Iterator[Letterbox]:
    """One that listens."""
    box, ready = Letterbox(), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> asyncio.Server:
        server = await loop.create_server(lambda: SMTP(box, enable_SMTPUTF8=True), "127.0.0.1", 0)
        box.port = server.sockets[0].getsockname()[1]
        ready.set()
        return server

    def run() -> None:
        server = loop.run_until_complete(serve())
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def wait_until(is_so: Callable[[], object], *, longest_s: float = 60) -> None:
    """Look again and again; a failure when it does not come true."""
    end = time.monotonic() + longest_s
    while not is_so():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)
