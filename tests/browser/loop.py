"""An event loop in a thread of its own: plain synchronous tests, and Django's ORM in them, can use what is not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT_S = 180.0  # ends a hang; nothing is measured with it


async def _finish(work: Awaitable[T]) -> T:
    return await work


class LoopThread:
    """Runs coroutines of any thread in one loop. The test's own thread never has a running loop.

    That matters twice: pytest-asyncio refuses to start a test while one runs, and Django refuses the ORM.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[T], limit_s: float = LIMIT_S) -> T:
        """The result of `work`, run in this loop; its exception if it fails; `TimeoutError` after `limit_s` seconds."""
        future = asyncio.run_coroutine_threadsafe(_finish(work), self._loop)
        try:
            return future.result(limit_s)
        except TimeoutError:
            future.cancel()
            raise

    def call(self, act: Callable[[], T]) -> T:
        """The result of `act()`, called in this loop's thread: for state that belongs to the loop."""

        async def work() -> T:
            return act()

        return self.run(work())

    def close(self) -> None:
        """Cancel what is left, stop the loop and join the thread. Twice is once."""
        if self._loop.is_closed():
            return
        self.run(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


async def _cancel_the_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
