"""Workers for tests: in threads, and as a process of its own that can be killed; and a look at the shards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.models import Sum
from psycopg.conninfo import make_conninfo

from beffroi.calls.models import Call
from beffroi.delivery import fanout
from beffroi.delivery.models import Shard

COUNTS = ("accepted", "gone", "failed", "stale")


class Worker(threading.Thread):
    """Sends until nothing is due."""

    def __init__(self) -> None:
        super().__init__()
        self.claimed = 0
        self.start()

    def run(self) -> None:
        try:
            self.claimed = fanout.run()
        finally:
            connections.close_all()


RUN = """
import django; django.setup()
from beffroi.delivery import fanout, shelves; shelves.load(); fanout.run()
"""


def process() -> subprocess.Popen[bytes]:
    """A worker that shares nothing with us but the database."""
    found = connections["default"].settings_dict
    url = make_conninfo("", dbname=found["NAME"], user=found["USER"], password=found["PASSWORD"], host=found["HOST"])
    wires = {
        "DATABASE_URL": url, "BEFFROI_SMTP": settings.SMTP_URL, "BEFFROI_MAIL_FROM": settings.MAIL_FROM,
        "BEFFROI_PUSH_HOSTS": " ".join(settings.PUSH_HOSTS), "BEFFROI_OPEN_HOSTS": " ".join(settings.OPEN_HOSTS),
        "BEFFROI_CA_FILE": settings.CA_FILE,
    }  # fmt: skip
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "beffroi.settings", **wires}
    return subprocess.Popen([sys.executable, "-c", RUN], env=env)


def sql(statement: str, *values: Any) -> None:
    """What only time would do otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def lose_leases() -> None:
    """All workers have been silent for too long."""
    sql("UPDATE delivery_shard SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL")


def hasten() -> None:
    """All pauses are over."""
    sql("""UPDATE delivery_shard SET retry_at = now(), held = (
             SELECT coalesce(jsonb_agg(jsonb_build_array(h -> 0, h -> 1, 0)), '[]')
             FROM jsonb_array_elements(held) AS h)
           WHERE retry_at IS NOT NULL""")


def tally(call: Call) -> dict[str, int]:
    """What became of a call, after seeing that every shard that is over adds up."""
    for shard in Shard.objects.filter(call=call).exclude(state="waiting"):
        assert shard.size == sum(getattr(shard, name) for name in COUNTS)
    found = Shard.objects.filter(call=call).aggregate(owed=Sum("size"), **{name: Sum(name) for name in COUNTS})
    return {name: count for name, count in found.items() if count}


NO_ROOM = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
"""


@contextmanager
def full(event: str, table: str = "delivery_shard") -> Iterator[None]:
    """The database's disk is full for writes of this kind, as PostgreSQL says it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"{NO_ROOM} CREATE TRIGGER no_room BEFORE {event} ON {table} EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP TRIGGER no_room ON {table}; DROP FUNCTION no_room()")
