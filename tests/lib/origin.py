"""A web server for the tests of http.py: HTTP/2 and HTTP/1.1 over TLS, as well or badly behaved as asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded, StreamReset


@dataclass
class Reply:
    """What to answer; `gate` holds the answer back until it is set, `drip` sends the body a byte at a time."""

    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    gate: threading.Event | None = None
    wait_for: int = 0  # requests that must have come first
    is_dripping: bool = False
    is_hasty: bool = False  # answers before the request is whole, then resets it without an error
    is_cut: bool = False  # closes the connection instead


@dataclass
class Request:
    """What came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class Origin:
    """Serves `replies` by path (201 for any other) in a thread until the end of its `with`."""

    def __init__(
        self, folder: Path, replies: Mapping[str, Reply], protocols: Sequence[str] = ("h2", "http/1.1")
    ) -> None:
        self.replies = replies
        self.requests: list[Request] = []
        self.connections = 0
        self.ends: list[BaseException] = []
        self.under_way = self.peak = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._tls.set_alpn_protocols(list(protocols))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls, ssl_handshake_timeout=60)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        protocol = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        try:
            await (_Two(self, writer).serve(reader) if protocol == "h2" else self._serve_one(reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError) as err:
            self.ends.append(err)  # the client left, or the test is over
        finally:
            writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            reply = await self.take(Request(method, path, headers, body))
            self.under_way -= 1
            if reply.is_cut:
                return
            sent = {"content-length": str(len(reply.body)), **reply.headers}
            lines = [f"HTTP/1.1 {reply.status} X", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
            writer.write("\r\n".join(lines).encode())
            if reply.is_dripping:
                for byte in reply.body:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(0.05)
            else:
                writer.write(reply.body)
            await writer.drain()
            if int(sent["content-length"]) > len(reply.body):
                return

    async def take(self, request: Request) -> Reply:
        """Note a request, and wait if its reply says so."""
        self.requests.append(request)
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        reply = self.replies.get(request.path, Reply())
        while (reply.gate and not reply.gate.is_set()) or len(self.requests) < reply.wait_for:
            await asyncio.sleep(0.01)
        return reply


class _Two:
    """One HTTP/2 connection."""

    def __init__(self, origin: Origin, writer: asyncio.StreamWriter) -> None:
        self.origin = origin
        self.writer = writer
        self.two = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.coming: dict[int, Request] = {}

    async def serve(self, reader: asyncio.StreamReader) -> None:
        self.two.initiate_connection()
        self.flush()
        async with asyncio.TaskGroup() as group:
            while data := await reader.read(65536):
                for event in self.two.receive_data(data):
                    match event:
                        case RequestReceived(stream_id=int(stream), headers=headers):
                            sent = {str(name): str(value) for name, value in headers or ()}
                            self.coming[stream] = Request(sent[":method"], sent[":path"], sent)
                            if self.origin.replies.get(sent[":path"], Reply()).is_hasty:
                                self.answer_early(stream)
                        case DataReceived(stream_id=int(stream), data=bytes(part), flow_controlled_length=int(size)):
                            self.two.acknowledge_received_data(size, stream)
                            if stream in self.coming:
                                self.coming[stream].body += part
                        case StreamEnded(stream_id=int(stream)) if stream in self.coming:
                            group.create_task(self.answer(stream, self.coming.pop(stream)))
                        case StreamReset(stream_id=int(stream)):
                            self.coming.pop(stream, None)
                        case ConnectionTerminated():
                            return
                self.flush()

    async def answer(self, stream: int, request: Request) -> None:
        reply = await self.origin.take(request)
        self.origin.under_way -= 1
        if reply.is_cut:
            self.writer.transport.abort()
            return
        head = [(":status", str(reply.status)), *reply.headers.items()]
        self.two.send_headers(stream, head, end_stream=not reply.body)
        for at in range(0, len(reply.body), 16384):
            self.two.send_data(stream, reply.body[at : at + 16384], end_stream=at + 16384 >= len(reply.body))
        self.flush()

    def answer_early(self, stream: int) -> None:
        self.origin.requests.append(self.coming.pop(stream))
        self.two.send_headers(stream, [(":status", "201")], end_stream=True)
        self.two.reset_stream(stream, 0)

    def flush(self) -> None:
        self.writer.write(self.two.data_to_send())
