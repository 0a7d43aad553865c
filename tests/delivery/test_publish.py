"""Published bytes: stored once, told to the fronts, and only when they are other ones."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from beffroi.delivery import publish
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
