"""Published bytes: rendered once when something changes, served as they are by web/front."""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import connection
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


def refresh(call: Call | None) -> int:
    """Render and store, in the caller's transaction, what the change of `call` shows on (None: everything); how many
    sheets."""
    sheets = [sheet for name in shelves.publishers.names() for sheet in shelves.publishers.get(name).sheets(call)]
    with connection.cursor() as cursor:
        for sheet in sheets:
            store(cursor, sheet)
    return len(sheets)


def store(cursor: CursorWrapper, sheet: Sheet) -> None:
    """Put one sheet where the front finds it, and tell the fronts if it is another one than before."""
    if sheet.body is None:
        cursor.execute("DELETE FROM delivery_page WHERE path = %s", [sheet.path])
    else:
        etag = '"' + hashlib.sha256(sheet.content_type.encode() + sheet.body).hexdigest()[:32] + '"'
        cursor.execute(STORE, [sheet.path, sheet.content_type, sheet.body, etag])
    if cursor.rowcount:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, sheet.path])
