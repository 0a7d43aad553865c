"""Published bytes in memory: fresh within a moment, there even when the database is not."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction

from beffroi.delivery import publish
from beffroi.delivery.shelves import Sheet
from beffroi.lib import clock
from beffroi.web import store
from beffroi.web.store import Store, ready

NOON = datetime(2026, 11, 21, 11, 59, 30, tzinfo=UTC)


def put(path: str, body: bytes | None) -> None:
    """Publish as delivery does, in a thread of its own."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            publish.store(cursor, Sheet(path, "text/html; charset=utf-8", body))
    finally:
        connections.close_all()


async def until(true: Callable[[], bool]) -> None:
    """Wait for it; the limit only ends a hang."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def kill_listeners() -> int:
    """What a restart of the database does to the front's connection."""
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'beffroi front' AND datname = current_database()"
            )
            return len(cursor.fetchall())
    finally:
        connections.close_all()


@pytest.mark.usefixtures("committed")
async def test_what_is_published_is_served_at_once() -> None:
    await asyncio.to_thread(put, "/before/", b"before")
    pages = Store()
    await pages.start()
    try:
        found = pages.get("/before/")
        assert found is not None
        assert found.body == b"before"
        assert pages.is_listening
        await asyncio.to_thread(put, "/after/", b"first")
        await until(lambda: pages.get("/after/") is not None)
        await asyncio.to_thread(put, "/after/", b"second")
        await until(lambda: getattr(pages.get("/after/"), "body", b"") == b"second")
        await asyncio.to_thread(put, "/after/", None)
        await until(lambda: pages.get("/after/") is None)
    finally:
        await pages.stop()


@pytest.mark.usefixtures("committed")
async def test_after_a_break_everything_is_loaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAUSE_S", 0.2)
    await asyncio.to_thread(put, "/page/", b"old")
    pages = Store()
    await pages.start()
    try:
        assert await asyncio.to_thread(kill_listeners) == 1
        await until(lambda: not pages.is_listening)
        found = pages.get("/page/")
        assert found is not None
        assert found.body == b"old"
        await asyncio.to_thread(put, "/page/", b"new")  # told while nobody listened
        await until(lambda: getattr(pages.get("/page/"), "body", b"") == b"new")
        assert pages.is_listening
    finally:
        await pages.stop()


async def test_a_start_without_database_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        return psycopg.conninfo.make_conninfo("", host="127.0.0.1", port=1, dbname="none", connect_timeout=2)

    monkeypatch.setattr(store, "conninfo", nowhere)
    pages = Store()
    await pages.start()
    assert not pages.is_listening
    assert pages.get("/") is None
    await pages.stop()


def test_the_time_of_the_last_look_is_filled_in_and_grows_with_the_clock() -> None:
    pages = Store()
    with clock.at(NOON):
        pages.seen_at = NOON
        pages.pages["/fr/"] = pages.made("text/html", b"<p>" + store.CHECKED + b"</p>", '"abc"')
    first = pages.pages["/fr/"]
    assert b'<time data-checked datetime="2026-11-21T12:59+0100">12:59</time>' in first.body
    assert first.etag == '"abc-1259"'
    with clock.at(NOON.replace(second=50)):
        pages.beat()
    assert pages.pages["/fr/"] is first
    with clock.at(NOON.replace(hour=12, minute=1)):
        pages.beat()
    assert b">13:01</time>" in pages.pages["/fr/"].body
    assert pages.pages["/fr/"].etag == '"abc-1301"'


def test_compressed_once_where_it_pays() -> None:
    long = ready("text/html; charset=utf-8", b"again and " * 500, '"a"')
    assert long.zipped is not None
    assert gzip.decompress(long.zipped) == long.body
    assert ready("text/html; charset=utf-8", b"short", '"a"').zipped is None
    assert ready("image/png", b"again and " * 500, '"a"').zipped is None


def test_static_files_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("1")
    (tmp_path / "LICENSE").write_text("not asked for")
    found = store.static_files(tmp_path)
    assert list(found) == ["js/a.js"]
    assert found["js/a.js"].content_type == "text/javascript; charset=utf-8"
