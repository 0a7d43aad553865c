"""Published bytes: stored once, told to the fronts, and only when they are other ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg.conninfo import make_conninfo

from beffroi.delivery import publish, shelves
from beffroi.delivery.models import Page
from beffroi.delivery.shelves import Sheet


@pytest.fixture
def front(committed: None) -> Iterator[psycopg.Connection]:
    """Listens as a front does."""
    found = connection.settings_dict
    url = make_conninfo("", dbname=found["NAME"], user=found["USER"], password=found["PASSWORD"], host=found["HOST"])
    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute(f"LISTEN {publish.CHANNEL}")
        yield listening


def store(*sheets: Sheet) -> None:
    with connection.cursor() as cursor:
        for sheet in sheets:
            publish.store(cursor, sheet)


def heard(front: psycopg.Connection) -> list[str]:
    return [notice.payload for notice in front.notifies(timeout=0.3)]


def test_a_page_is_stored_once_and_the_fronts_are_told(front: psycopg.Connection) -> None:
    store(Sheet("/fr/", "text/html", b"un"), Sheet("/x", "text/plain", b"x"))
    first = Page.objects.get(path="/fr/")
    assert (bytes(first.body), first.content_type) == (b"un", "text/html")
    assert heard(front) == ["/fr/", "/x"]
    store(Sheet("/fr/", "text/html", b"un"))
    assert Page.objects.get(path="/fr/").changed_at == first.changed_at
    assert heard(front) == []


def test_an_etag_changes_with_the_bytes_and_the_type(front: psycopg.Connection) -> None:
    etags = set()
    for kind, body in (("text/html", b"un"), ("text/html", b"deux"), ("text/plain", b"deux")):
        store(Sheet("/fr/", kind, body))
        etags.add(Page.objects.get().etag)
    assert len(etags) == 3
    assert all(etag.startswith('"') and etag.endswith('"') and etag.isascii() for etag in etags)
    assert heard(front) == ["/fr/"] * 3


def test_a_page_is_taken_away(front: psycopg.Connection) -> None:
    store(Sheet("/fr/", "text/html", b"un"))
    store(Sheet("/fr/", "text/html", None))
    assert not Page.objects.exists()
    assert heard(front) == ["/fr/", "/fr/"]
    store(Sheet("/fr/", "text/html", None))
    assert heard(front) == []


def offer(monkeypatch: pytest.MonkeyPatch, sheets: Any) -> None:
    """One publisher instead of those of the house."""
    monkeypatch.setattr(shelves.publishers, "_parts", {"only": SimpleNamespace(sheets=sheets)})


def in_a_thread_of_its_own(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_what_is_issued_while_everything_is_rendered_is_not_overwritten(
    front: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, rounds = ["old"], []

    def sheets(call: object) -> Iterator[Sheet]:
        rendered = ", ".join(known)
        rounds.append(rendered)
        if len(known) == 1:  # a call is issued now, after we looked
            known.append("new")
            in_a_thread_of_its_own(lambda: store(Sheet("/fr/", "text/html", b"old, new"))).join()
        yield Sheet("/fr/", "text/html", rendered.encode())

    offer(monkeypatch, sheets)
    assert publish.everything() == 1
    assert rounds == ["old", "old, new"]
    assert bytes(Page.objects.get().body) == b"old, new"


def test_everything_takes_away_what_is_no_longer_made(
    front: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(Sheet("/fr/", "text/html", b"un"), Sheet("/de/", "text/html", b"eins"))
    heard(front)
    offer(monkeypatch, lambda call: [Sheet("/fr/", "text/html", b"un")])
    publish.everything()
    assert list(Page.objects.values_list("path", flat=True)) == ["/fr/"]
    assert heard(front) == ["/de/"]


def test_of_two_calls_issued_at_one_moment_the_second_sees_the_first(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each publishes the list of all; what stands for the calls are rows that the two transactions write."""
    began, may_end = threading.Event(), threading.Event()

    def sheets(call: Any) -> Iterator[Sheet]:
        paths = Page.objects.filter(path__startswith="/call/").order_by("path").values_list("path", flat=True)
        yield Sheet("/now/", "text/html", ",".join(paths).encode())

    def issue(name: str, *, waits: bool) -> None:
        with transaction.atomic():
            store(Sheet(f"/call/{name}", "text/html", b""))
            publish.refresh(SimpleNamespace())  # type: ignore[arg-type]
            if waits:
                began.set()
                assert may_end.wait(30)

    offer(monkeypatch, sheets)
    first = in_a_thread_of_its_own(lambda: issue("a", waits=True))
    assert began.wait(30)
    second = in_a_thread_of_its_own(lambda: issue("b", waits=False))
    second.join(0.3)
    may_end.set()
    first.join(30)
    second.join(30)
    assert bytes(Page.objects.get(path="/now/").body) == b"/call/a,/call/b"
