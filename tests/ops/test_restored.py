"""Backup and restore with PostgreSQL's own programs: the same pages are served, and nothing stale leaves."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from beffroi.calls.models import Call
from beffroi.delivery.models import Note, Page, Shard
from beffroi.ops import binaries, postgres, restored, tasks
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until
from tests.post_office import PostOffice

pytestmark = pytest.mark.usefixtures("machine", "town")


def beffroi(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "beffroi", *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def tool(name: str, *words: str | Path) -> None:
    done = binaries.run(name, *words)
    assert done.returncode == 0, done.stdout


@dataclass
class Elsewhere:
    """A database of its own, and how commands find it."""

    owner_url: str
    env: dict[str, str]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.owner_url) as owner:
            return owner.execute(question.encode()).fetchall()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """An empty database, as the operator makes it before a restore."""
    server, name = postgres.ensure(postgres.state("tests")), f"restored_{os.getpid()}"
    app_url, owner_url = (make_conninfo(url, dbname=name) for url in (server.app_url, server.owner_url))
    with psycopg.connect(server.owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield Elsewhere(owner_url, {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url})
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def dump(folder: Path, owner_url: str) -> Path:
    """Where a dump may lie that the server's account writes."""
    folder.mkdir(parents=True)
    binaries.own(folder)
    return folder / "beffroi.dump"


def test_the_same_pages_and_nothing_stale(
    bruno: Any, chiara: Any, dump: Path, owner_url: str, elsewhere: Elsewhere
) -> None:
    make.mail_subscription("ada")
    live = make.live(bruno, chiara)
    outcomes.inform(bruno, live.public_id)
    assert beffroi("migrate").returncode == 0
    pages = {path: bytes(body) for path, body in Page.objects.values_list("path", "body")}
    tool("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={owner_url}")

    tool("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", f"--dbname={elsewhere.owner_url}", dump)
    done = beffroi("migrate", **elsewhere.env)
    assert done.returncode == 0, done.stderr
    assert "1 parts of calls, 2 letters, 0 webhooks." in done.stdout.splitlines()
    assert f"Live when the dump was made: {live.public_id}, Severe, until " in done.stdout
    assert elsewhere.ask("SELECT state, stale, accepted FROM delivery_shard") == [("stopped", 1, 0)]
    assert elsewhere.ask("SELECT DISTINCT state FROM delivery_note") == [("expired",)]
    logged = elsewhere.ask("SELECT facts FROM people_entry WHERE action = 'delivery.stop'")
    assert logged == [({"shards": 1, "letters": 2, "webhooks": 0},)]
    same = {path: bytes(body) for path, body in elsewhere.ask("SELECT path, body FROM delivery_page")}
    assert same.keys() == pages.keys()
    changed = {path for path, body in same.items() if body != pages[path]}
    assert changed <= {"/exercise/feed.atom"}, "an empty feed says when it was made"
    assert b"<h1>Go upstairs</h1>" in served(f"/en/alert/{live.public_id}/", elsewhere.env)
    again = beffroi("migrate", **elsewhere.env)
    assert "restored" not in again.stdout


def served(path: str, env: dict[str, str]) -> bytes:
    """What a web process on that database gives."""
    port = free_port()
    command = [sys.executable, "-m", "beffroi", "web", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **env})

    def body() -> bytes:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            return b""

    try:
        wait_until(lambda: body() or process.poll() is not None)
        return body()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def mark(place: str) -> None:
    """Say that the tables were seen there."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("COMMENT ON TABLE delivery_shard IS {}").format(sql.Literal(place)))


def test_a_worker_that_was_left_running_sends_nothing(
    post_office: PostOffice, bruno: Any, chiara: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make.mail_subscription("ada")
    outcomes.inform(bruno, make.live(bruno, chiara).public_id)
    mark("another server")
    with pytest.raises(restored.DatabaseRestored):
        tasks.wake()
    with pytest.raises(restored.DatabaseRestored):
        tasks.send_notes()
    with pytest.raises(restored.DatabaseRestored):
        tasks.sweep(timestamp=0)
    restored.run(argparse.Namespace())
    tasks.wake()
    tasks.send_notes()
    assert post_office.mails == []
    make.live(bruno, chiara)
    tasks.wake()
    assert len(post_office.mails) == 1, "what is issued after the restore leaves"


def test_what_ended_since_the_dump_ends_untold(bruno: Any, chiara: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make.mail_subscription("ada")
    make.expire(make.live(bruno, chiara))
    mark("another server")
    restored.run(argparse.Namespace())
    assert Call.objects.get(ending="expired").state == "live"
    assert set(Shard.objects.values_list("state", flat=True)) == {"stopped"}
    assert not Note.objects.filter(state="waiting").exists()
    assert "Live when" not in capsys.readouterr().out


def test_in_its_own_place_all_that_waits_still_leaves(bruno: Any, chiara: Any) -> None:
    assert beffroi("migrate").returncode == 0
    make.mail_subscription("ada")
    make.live(bruno, chiara)
    assert "restored" not in beffroi("migrate").stdout
    assert Shard.objects.get().state == "waiting"
    restored.refuse()


def test_the_same_database_filled_again_is_another_place() -> None:
    assert beffroi("migrate").returncode == 0
    restored.refuse()
    server, database, table = str(restored.ask("default", restored.COMMENT)).split("/")
    mark(f"{server}/{database}/{int(table) + 1}")
    with pytest.raises(restored.DatabaseRestored):
        restored.refuse()
    assert "restored" in beffroi("migrate").stdout
    restored.refuse()
