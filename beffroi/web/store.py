"""Published bytes in memory: loaded at start, kept fresh by one LISTEN connection, served even while the database is
down."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo

from beffroi import city
from beffroi.delivery.publish import CHANNEL
from beffroi.lib import clock

log = logging.getLogger("beffroi.pages")

CHECKED: Final = b"<time data-checked></time>"
"""Stands in a page where the time goes at which we last knew that the page is the newest."""
BEAT_S: Final = 15.0
"""How often the database is asked whether it is still there."""
PAUSE_S: Final = 2.0
ZIP_FROM: Final = 600
"""Bytes below which compression saves no packet."""
ALL: Final = "SELECT path, content_type, body, etag FROM delivery_page"
ONE: Final = ALL + " WHERE path = %s"
TYPES: Final = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png", ".txt": "text/plain; charset=utf-8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """One answer, ready to go: identity bytes, the same compressed (or nothing where that would not pay), and a tag."""

    content_type: str
    body: bytes
    zipped: bytes | None
    etag: str
    raw: bytes | None = None
    """The page as published, where it has a time to fill in."""


def ready(content_type: str, body: bytes, etag: str, checked: datetime | None = None) -> Served:
    """Make an answer: put the time in, compress once."""
    raw = body if checked is not None and CHECKED in body else None
    if raw is not None and checked is not None:
        body = raw.replace(
            CHECKED, f'<time data-checked datetime="{checked:%Y-%m-%dT%H:%M%z}">{checked:%H:%M}</time>'.encode()
        )
        etag = f'{etag.rstrip(chr(34))}-{checked:%H%M}"'
    is_text = content_type.startswith(("text/", "application/", "image/svg"))
    zipped = gzip.compress(body, 6, mtime=0) if is_text and len(body) >= ZIP_FROM else None
    return Served(content_type, body, zipped, etag, raw)


def static_files(folder: Path) -> dict[str, Served]:
    """Every file of the static tree by its path, but what the browsers never ask for."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in TYPES:
            body = path.read_bytes()
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            found[path.relative_to(folder).as_posix()] = ready(TYPES[path.suffix], body, tag)
    return found


def conninfo() -> str:
    """How to reach Django's own database."""
    parts = connections["default"].settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: parts[key] for name, key in names.items() if parts[key]}
    return make_conninfo("", **given, connect_timeout=5, application_name="beffroi front")


class Store:
    """The pages of one process. `get` never waits and never asks the database."""

    def __init__(self) -> None:
        self.pages: dict[str, Served] = {}
        self.seen_at: datetime | None = None
        """When the database last answered: until then we know that what we serve is the newest."""
        self.is_listening = False
        self.zone = ZoneInfo(city.current().timezone)
        self.task: asyncio.Task[None] | None = None

    def get(self, path: str) -> Served | None:
        """The answer for a path."""
        return self.pages.get(path)

    async def start(self) -> None:
        """Load, then keep listening in the background. A database that is down does not stop the start."""
        first = asyncio.Event()
        self.task = asyncio.create_task(self.keep(first), name="pages")
        await first.wait()

    async def stop(self) -> None:
        """End the background task."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            self.task = None

    async def keep(self, first: asyncio.Event) -> None:
        """Listen for ever; after any break connect again and load everything again, for what was told meanwhile is
        lost."""
        while True:
            try:
                await self.listen(first)
            except (psycopg.Error, OSError) as err:
                log.warning("pages: the database does not answer (%s); serving what is in memory", type(err).__name__)
            self.is_listening = False
            first.set()
            await asyncio.sleep(PAUSE_S)

    async def listen(self, first: asyncio.Event) -> None:
        """One connection's life: listen first and load then, so that nothing falls between."""
        connection = await psycopg.AsyncConnection.connect(conninfo(), autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            await self.load(connection)
            self.is_listening = True
            first.set()
            while True:
                paths = {notice.payload async for notice in connection.notifies(timeout=BEAT_S, stop_after=1)}
                for path in paths:
                    await self.fetch(connection, path)
                if not paths:
                    await connection.execute("SELECT 1")
                self.beat()

    async def load(self, connection: psycopg.AsyncConnection) -> None:
        """Everything anew; pages that are gone go."""
        self.seen_at = clock.now()
        pages = {}
        async with connection.cursor() as cursor:
            await cursor.execute(ALL)
            async for path, content_type, body, etag in cursor:
                pages[path] = self.made(content_type, bytes(body), etag)
        self.pages = pages

    async def fetch(self, connection: psycopg.AsyncConnection, path: str) -> None:
        """One page anew."""
        async with connection.cursor() as cursor:
            await cursor.execute(ONE, [path])
            row = await cursor.fetchone()
        if row is None:
            self.pages.pop(path, None)
        else:
            self.pages[path] = self.made(row[1], bytes(row[2]), row[3])

    def made(self, content_type: str, body: bytes, etag: str) -> Served:
        """A page with the time of the last look in it."""
        seen = self.seen_at or clock.now()
        return ready(content_type, body, etag, seen.astimezone(self.zone))

    def beat(self) -> None:
        """The database has just answered: pages that tell the time of the last look tell this one."""
        now = clock.now()
        before, self.seen_at = self.seen_at, now
        if before is not None and now - before < timedelta(minutes=1) and now.minute == before.minute:
            return
        local = now.astimezone(self.zone)
        for path, page in list(self.pages.items()):
            if page.raw is not None:
                tag = page.etag.rpartition("-")[0] + '"'
                self.pages[path] = ready(page.content_type, page.raw, tag, local)
