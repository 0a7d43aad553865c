"""Published bytes: rendered once when something changes, served as they are by web/front."""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from beffroi.calls.models import Call
from beffroi.delivery import shelves
from beffroi.delivery.shelves import Sheet

CHANNEL: Final = "beffroi_pages"
"""PostgreSQL NOTIFY channel; its payload is a path."""

STORE: Final = """
INSERT INTO delivery_page (path, content_type, body, etag, changed_at) VALUES (%s, %s, %s, %s, now())
ON CONFLICT (path) DO UPDATE SET content_type = EXCLUDED.content_type, body = EXCLUDED.body, etag = EXCLUDED.etag,
changed_at = now()
WHERE delivery_page.etag <> EXCLUDED.etag
"""


ALONE: Final = "SELECT pg_advisory_xact_lock(hashtext('pages'))"
"""Held to the end of the transaction: of two calls issued at one moment the second must see the first, or it would
publish a page without it."""
STANDING: Final = "SELECT md5(coalesce(string_agg(path || etag, ' ' ORDER BY path), '')) FROM delivery_page"
OTHERS: Final = "DELETE FROM delivery_page WHERE path <> ALL(%s) RETURNING pg_notify(%s, path)"


def refresh(call: Call) -> int:
    """Render and store, in the caller's transaction, what the change of `call` shows on; how many sheets."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        sheets = made(call)
        for sheet in sheets:
            store(cursor, sheet)
    return len(sheets)


def everything() -> int:
    """Publish everything again and take away what is no longer made; how many sheets.

    Rendering takes long in a city with many calls, so nobody who issues one waits for it: only storing is done alone,
    and what was rendered while a call was issued is thrown away and rendered again.
    """
    while True:
        before = standing()
        sheets = made(None)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ALONE)
            if standing() == before:
                for sheet in sheets:
                    store(cursor, sheet)
                cursor.execute(OTHERS, [[sheet.path for sheet in sheets], CHANNEL])
                return len(sheets)


def made(call: Call | None) -> list[Sheet]:
    """The sheets of every publisher."""
    return [sheet for name in shelves.publishers.names() for sheet in shelves.publishers.get(name).sheets(call)]


def standing() -> str:
    """A digest of all that is published."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return str(cursor.fetchone()[0])


def store(cursor: CursorWrapper, sheet: Sheet) -> None:
    """Put one sheet where the front finds it, and tell the fronts if it is another one than before."""
    if sheet.body is None:
        cursor.execute("DELETE FROM delivery_page WHERE path = %s", [sheet.path])
    else:
        etag = '"' + hashlib.sha256(sheet.content_type.encode() + sheet.body).hexdigest()[:32] + '"'
        cursor.execute(STORE, [sheet.path, sheet.content_type, sheet.body, etag])
    if cursor.rowcount:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, sheet.path])
