"""The only way out: fetching a feed, and posting very many small messages; a guard says who may be reached."""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Self
from urllib.parse import urljoin

import pycurl

from beffroi.errors import Unavailable
from beffroi.lib.fuse import Fuses
from beffroi.lib.guard import Guard, HttpRefused, HttpUnreachable, Origin, is_public

CONNECT_S = 3.0
MAX_HOPS = 3
REDIRECTS = {301, 302, 303, 307, 308}
FOR_NOW = {401, 403, 408, 425, 429}  # with all of 5xx: said of the moment, or of us, not of this message
RESTS = "http-rests"
ANSWER_BYTES = 4096  # of an answer to a POST; nothing in it is of use to us
PARKED_PER_STREAM = 8
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HttpTimeout(Unavailable):
    """No complete answer before the deadline."""

    code = "http-timeout"
    status = 504


class HttpTooLarge(Unavailable):
    """An answer, unpacked, of more bytes than the limit."""

    code = "http-too-large"
    status = 502


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of any status; header names in lower case, the body unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


def if_changed(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Headers of a conditional request, from what an earlier answer said; what no header may hold is left out."""
    said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in said.items() if value and value.isascii() and value.isprintable()}


def fetch(
    url: str,
    *,
    guard: Guard,
    allowed_hosts: Sequence[str] | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
    max_bytes: int = 10_000_000,
    timeout_s: float = 20.0,
) -> Response:
    """GET; at most three redirects, each judged anew; `max_bytes` count after unpacking, `timeout_s` is for everything.

    Never raises for a status. Raises `HttpRefused`, `HttpUnreachable`, `HttpTimeout`, `HttpTooLarge`.
    """
    deadline = time.monotonic() + timeout_s
    lines = _whole_lines([f"{name}: {value}" for name, value in headers.items()])
    for _ in range(MAX_HOPS + 1):
        origin = guard.origin(url, allowed_hosts=allowed_hosts)
        response = Getter(guard, origin, max_bytes).get(url, lines, deadline - time.monotonic())
        if response.status not in REDIRECTS or "location" not in response.headers:
            return response
        try:
            url = urljoin(url, response.headers["location"])
        except ValueError as err:
            raise HttpRefused(host=origin.host, why="form") from err
    raise HttpRefused(host=origin.host, why="redirects")


class Post(NamedTuple):
    """One message to send; `tag` comes back in its answer, `headers` are whole lines."""

    tag: int
    url: str
    headers: Sequence[str]
    body: bytes


class Answer(NamedTuple):
    """The status that came, or 0 and an error's code; `retry_after_s` is what the other end asked for, at most 6 h."""

    tag: int
    status: int
    retry_after_s: int | None = None
    error: str | None = None

    @property
    def is_for_now(self) -> bool:
        """Whether it may be otherwise in a while, with the same message to the same address."""
        return self.error is not None or self.status >= 500 or self.status in FOR_NOW


class Poster:
    """Very many POSTs over kept HTTP/2 connections (HTTP/1.1 where the other end has no other), for one thread.

    At most `streams` are under way, at most `per_origin` of them at one origin: a slow one cannot take every slot.
    Redirects are answers. A status that arrived counts, whatever happens to the connection after it. Posts to an
    origin that rests after many failures (`fuses`, which posters may share) are answered RESTS and not sent.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        allowed_hosts: Sequence[str] | None,
        streams: int = 200,
        per_origin: int = 100,
        deadline_s: float = 10.0,
    ) -> None:
        self.fuses = Fuses()
        self._guard = guard
        self._allowed_hosts = allowed_hosts
        self._per_origin = min(per_origin, streams)
        self._parked_limit, self._parked = streams * PARKED_PER_STREAM, 0
        self._lanes: dict[Origin, _Lane] = {}
        self._made: list[socket.socket] = []
        self._busy: dict[pycurl.Curl, _Slot] = {}
        self._free = [_Slot(guard, self._made, deadline_s) for _ in range(streams)]
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, self._per_origin)  # as many only where it is HTTP/1.1
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, self._per_origin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up what is under way and close every connection."""
        self._give_up()
        for slot in self._free:
            slot.curl.close()
        self._multi.close()

    def send(self, posts: Iterable[Post]) -> Iterator[Answer]:
        """Answers as they come, one for each post, in any order; takes from `posts` only what it has a slot for.

        Ask for the next answer at once: nothing moves, but deadlines pass, while the caller holds one. Closing the
        iterator gives up what is under way, which may or may not have arrived.
        """
        if self._busy:
            raise RuntimeError("this poster is sending already")
        feed = iter(posts)
        has_more = True
        try:
            while has_more or self._busy:
                while has_more and self._free and self._parked < self._parked_limit:
                    post = next(feed, None)
                    has_more = post is not None
                    refused = self._take(post) if post else None
                    if refused:
                        yield refused
                yield from self._turn()
        finally:
            self._give_up()

    def _take(self, post: Post) -> Answer | None:
        """Start a post, or park it behind others of its origin; an answer at once if it may not go."""
        try:
            origin = self._guard.origin(post.url, allowed_hosts=self._allowed_hosts)
        except HttpRefused as err:
            return Answer(post.tag, 0, error=err.code)
        if rest_s := self.fuses.rest_s(origin):
            return Answer(post.tag, 0, math.ceil(rest_s), RESTS)
        lane = self._lanes.get(origin) or self._lanes.setdefault(origin, _Lane(origin))
        if lane.under_way < self._limit(origin):
            self._start(lane, post)
        else:
            lane.parked.append(post)
            self._parked += 1
        return None

    def _limit(self, origin: Origin) -> int:
        return 1 if self.fuses.is_on_trial(origin) else self._per_origin

    def _start(self, lane: _Lane, post: Post) -> None:
        slot = self._free[-1]
        slot.load(lane, post)  # may raise: then the slot stays free
        self._free.pop()
        lane.under_way += 1
        self._busy[slot.curl] = slot
        self._multi.add_handle(slot.curl)

    def _turn(self) -> Iterator[Answer]:
        """Let curl work, then hand out what is done; wait a little if nothing is."""
        self._multi.perform()
        _close_all(self._made)
        _, done, failed = self._multi.info_read()
        if not done and not failed:
            self._wait()
        for curl in done:
            yield from self._finish(curl, 0)
        for curl, errno, _ in failed:
            yield from self._finish(curl, errno)

    def _wait(self) -> None:
        before = time.monotonic()
        if self._busy and not self._multi.select(0.05) and time.monotonic() - before < 0.001:
            time.sleep(0.001)  # curl had no socket to wait for (it is looking up a name)

    def _finish(self, curl: pycurl.Curl, errno: int) -> list[Answer]:
        """Its answer, and those of the parked ones behind it if their origin rests from now on."""
        slot = self._busy.pop(curl)
        self._multi.remove_handle(curl)
        answer, lane = slot.answer(errno), slot.lane
        self._free.append(slot)
        lane.under_way -= 1
        self.fuses.answered(lane.origin, has_failed=answer.is_for_now, asked_s=answer.retry_after_s)
        answers, rest_s = [answer], self.fuses.rest_s(lane.origin)
        while lane.parked and (rest_s or (self._free and lane.under_way < self._limit(lane.origin))):
            self._parked -= 1
            if rest_s:
                answers.append(Answer(lane.parked.popleft().tag, 0, math.ceil(rest_s), RESTS))
            else:
                self._start(lane, lane.parked.popleft())
        if not lane.under_way:  # strangers choose endpoints: idle origins are not kept
            del self._lanes[lane.origin]
        return answers

    def _give_up(self) -> None:
        for curl, slot in self._busy.items():
            self._multi.remove_handle(curl)
            self._free.append(slot)
        self._busy.clear()
        self._lanes.clear()
        self._parked = 0
        _close_all(self._made)


@dataclass(slots=True)
class _Lane:
    """The posts of one origin."""

    origin: Origin
    under_way: int = 0
    parked: deque[Post] = field(default_factory=deque)


class _Door:
    """Opens curl's sockets, and sees the very address before a packet goes there: a name cannot change its mind."""

    def __init__(self, made: list[socket.socket]) -> None:
        self.is_open = False
        self.has_refused = False
        self._made = made

    def open(self, _purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> socket.socket | int:
        family, kind, protocol, place = address
        if family not in {socket.AF_INET, socket.AF_INET6} or not (self.is_open or is_public(place[0])):
            self.has_refused = True
            return pycurl.SOCKET_BAD
        made = socket.socket(family, kind, protocol)
        self._made.append(made)  # curl works with a duplicate; ours is closed after its turn
        return made


class _Slot:
    """A curl handle that is used for one POST after another."""

    lane: _Lane

    def __init__(self, guard: Guard, made: list[socket.socket], deadline_s: float) -> None:
        self.curl = pycurl.Curl()
        self.door = _Door(made)
        self.tag = 0
        self.headers: Sequence[str] = ()
        self.size = 0
        _prepare(self.curl, guard, self.door)
        self.curl.setopt(pycurl.POST, 1)
        # At a new origin the others wait for the first connection, to share it, rather than open a hundred of their
        # own. The price: where it turns out to be HTTP/1.1 they wait for the first answer too.
        self.curl.setopt(pycurl.PIPEWAIT, 1)
        self.curl.setopt(pycurl.TIMEOUT_MS, int(deadline_s * 1000))
        self.curl.setopt(pycurl.WRITEFUNCTION, self._write)

    def load(self, lane: _Lane, post: Post) -> None:
        self.lane, self.tag, self.size = lane, post.tag, 0
        self.door.is_open, self.door.has_refused = lane.origin.is_open, False
        self.curl.setopt(pycurl.URL, post.url)
        self.curl.setopt(pycurl.POSTFIELDS, post.body)
        headers = tuple(post.headers)
        if headers != self.headers:  # mostly the same: setting them costs more than comparing
            self.curl.setopt(pycurl.HTTPHEADER, _whole_lines(headers))
            self.headers = headers

    def answer(self, errno: int) -> Answer:
        status = int(self.curl.getinfo(pycurl.RESPONSE_CODE))
        if status < 200:
            return Answer(self.tag, 0, error=_error(errno, has_refused=self.door.has_refused).code)
        answer = Answer(self.tag, status, int(self.curl.getinfo(pycurl.RETRY_AFTER)) or None)
        return answer if answer.is_for_now else answer._replace(retry_after_s=None)

    def _write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        return len(chunk) if self.size <= ANSWER_BYTES else 0


class Getter:
    """One GET; or one POST, where there is a body, whose answer is read."""

    def __init__(self, guard: Guard, origin: Origin, max_bytes: int) -> None:
        self.origin = origin
        self.max_bytes = max_bytes
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.made: list[socket.socket] = []
        self.door = _Door(self.made)
        self.door.is_open = origin.is_open
        self.curl = pycurl.Curl()
        _prepare(self.curl, guard, self.door)

    def get(self, url: str, headers: Sequence[str], timeout_s: float, body: bytes = b"") -> Response:
        if timeout_s <= 0:
            raise HttpTimeout(host=self.origin.host)
        self.curl.setopt(pycurl.URL, url)
        self.curl.setopt(pycurl.HTTPHEADER, headers)
        self.curl.setopt(pycurl.ACCEPT_ENCODING, "gzip, deflate")
        if body:
            self.curl.setopt(pycurl.POSTFIELDS, body)
        self.curl.setopt(pycurl.TIMEOUT_MS, max(1, int(timeout_s * 1000)))
        self.curl.setopt(pycurl.HEADERFUNCTION, self._header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._write)
        try:
            self.curl.perform()
            status = int(self.curl.getinfo(pycurl.RESPONSE_CODE))
        except pycurl.error as err:
            if len(self.body) > self.max_bytes:
                raise HttpTooLarge(host=self.origin.host, limit=self.max_bytes) from err
            kind = _error(err.args[0], has_refused=self.door.has_refused)
            raise kind(host=self.origin.host, why=err.args[0]) from err
        finally:
            self.curl.close()
            _close_all(self.made)
        return Response(status, self.headers, bytes(self.body), url)

    def _header(self, line: bytes) -> None:
        name, colon, value = line.decode("latin-1").partition(":")
        if name.startswith("HTTP/"):  # a status line: what came before was an interim answer
            self.headers.clear()
        elif colon:
            self.headers[name.strip().lower()] = value.strip()

    def _write(self, chunk: bytes) -> int:
        self.body += chunk
        return len(chunk) if len(self.body) <= self.max_bytes else 0


def _prepare(curl: pycurl.Curl, guard: Guard, door: _Door) -> None:
    """What every request has: no proxy, no redirect, no other protocol, TLS 1.2 or newer, our door."""
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.USERAGENT, "Beffroi")
    curl.setopt(pycurl.PROXY, "")  # a proxy from the environment would look up names behind the guard's back
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    curl.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, int(CONNECT_S * 1000))
    curl.setopt(pycurl.OPENSOCKETFUNCTION, door.open)
    authorities = guard.ca_file or ssl.get_default_verify_paths().cafile
    if authorities:
        curl.setopt(pycurl.CAINFO, authorities)


def _error(errno: int | str, *, has_refused: bool) -> type[HttpRefused | HttpTimeout | HttpUnreachable]:
    if has_refused and errno == pycurl.E_COULDNT_CONNECT:
        return HttpRefused
    return HttpTimeout if errno == pycurl.E_OPERATION_TIMEDOUT else HttpUnreachable


def _whole_lines(headers: Sequence[str]) -> Sequence[str]:
    """The same, if no header ends early and begins another."""
    if any(not (line.isascii() and line.isprintable()) for line in headers):
        raise ValueError("a header with a line break or a letter that no header may hold")
    return headers


def _close_all(sockets: list[socket.socket]) -> None:
    while sockets:
        sockets.pop().close()
