"""One parent for several processes: it starts them, names their output, restarts what dies, stops them together."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from beffroi.errors import Unavailable

STOP_S = 10.0  # from SIGTERM to SIGKILL: enough to end streams and give back what was claimed
PAUSE_S = 0.5  # before the first restart, then doubled
STEADY_S = 60.0  # who lived that long starts counting its deaths anew
DEATHS = 5  # in a row, each soon after the start: it will not get better by itself
LAST_WORDS_S = 1.0  # what it said just before its end; a grandchild that fled its session may keep the pipe open
LINE_BYTES = 1 << 20  # a longer line is cut, so that a child that never ends its line cannot fill our memory
PR_SET_PDEATHSIG = 1

_prctl = getattr(ctypes.CDLL(None), "prctl", None)  # looked up here: between fork and exec is no time for it


class ChildLost(Unavailable):
    """A child could not be started, or died too often."""

    code = "process-lost"


class OutputLost(Unavailable):
    """Whoever read our output is gone: a terminal that was closed, a pipe that ended."""

    code = "output-lost"


@dataclass(frozen=True)
class Child:
    """A process to keep. `env` is added to ours. A task does its work once and is not started again when it ends."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    is_task: bool = False


def run(children: Sequence[Child]) -> int:
    """Keep the children until SIGINT, SIGTERM or SIGHUP, or until all tasks are done (0), or one died too often (1).

    Each child leads a session of its own: Ctrl-C reaches this process alone, which stops them (a second one kills
    them). On Linux the kernel kills them when this process dies, even by `kill -9`; what a child starts itself should
    call `die_with_parent`. Call this in the main thread: to the kernel the parent is the thread.
    """
    return asyncio.run(_run(children))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill the calling process when its parent, of that id, ends. On Linux; elsewhere no effect."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it was watched
            os._exit(1)


async def _run(children: Sequence[Child]) -> int:
    width = max(len(child.name) for child in children)
    loop, code = asyncio.get_running_loop(), 0
    try:
        async with asyncio.TaskGroup() as group:
            keepers = [group.create_task(_keep(child, f"{child.name:<{width}} |")) for child in children]
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, lambda: [keeper.cancel() for keeper in keepers])
    except* (ChildLost, OutputLost):
        code = 1
    return code


async def _keep(child: Child, title: str) -> None:
    deaths = 0
    while True:
        began = time.monotonic()
        code = await _live(child, title)
        if child.is_task and code == 0:
            return
        _say(title, f"ended with {code}")
        if child.is_task:
            return
        deaths = deaths + 1 if time.monotonic() - began < STEADY_S else 1
        if deaths == DEATHS:
            _say(title, f"ended {deaths} times in a row: everything stops")
            raise ChildLost(name=child.name, status=code)
        await asyncio.sleep(PAUSE_S * 2 ** (deaths - 1))


async def _live(child: Child, title: str) -> int:
    """One life of a child, to its end or ours; returns its exit status (negative: the signal that killed it)."""
    async with asyncio.TaskGroup() as group:
        # A pipe of our own: asyncio's would make wait() hang for as long as a grandchild keeps it open (Python 3.11).
        source, sink = os.pipe()
        copying = group.create_task(_copy(source, title))
        try:
            process = await _start(child, title, sink)
        finally:
            os.close(sink)
        try:
            return await process.wait()
        finally:
            await _end(process)
            await asyncio.wait([copying], timeout=LAST_WORDS_S)
            copying.cancel()


async def _start(child: Child, title: str, sink: int) -> Process:
    parent = os.getpid()
    try:
        return await asyncio.create_subprocess_exec(
            *child.command,
            stdin=DEVNULL,
            stdout=sink,
            stderr=STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent),
        )
    except OSError as err:
        _say(title, f"cannot be started: {err}")
        raise ChildLost(name=child.name, reason=str(err)) from err


async def _end(process: Process) -> None:
    """SIGTERM to the child and all it started; SIGKILL to what is left after a while, or when we are told again."""
    try:
        if process.returncode is None:
            with contextlib.suppress(
                ProcessLookupError, TimeoutError
            ):  # gone already, or deaf: the next signal is not asked
                os.killpg(process.pid, signal.SIGTERM)
                async with asyncio.timeout(STOP_S):
                    await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _copy(source: int, title: str) -> None:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(source, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    with contextlib.closing(transport):
        rest = b""
        while data := await reader.read(1 << 16):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                _say(title, line.decode(errors="replace"))
            if len(rest) > LINE_BYTES:
                _say(title, rest.decode(errors="replace"))
                rest = b""
        if rest:
            _say(title, rest.decode(errors="replace"))


def _say(title: str, line: str) -> None:
    try:
        print(title, line, flush=True)
    except OSError as err:
        raise OutputLost from err
