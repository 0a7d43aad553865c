"""After a restore nothing stale leaves: what was unsent when the dump was made may have left or ended since.

A table's comment holds where the table was when `beffroi migrate` last saw it; a dump carries it along, so in another
place it is wrong. Then workers send nothing, until `beffroi migrate` has stopped all that waits.
"""

from __future__ import annotations

import argparse
import sys
from typing import Final

from django.db import connections
from psycopg import sql

from beffroi.calls.models import Call
from beffroi.delivery import actions as delivery
from beffroi.delivery import shelves
from beffroi.errors import Unavailable
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes

PLACE: Final = """
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'delivery_shard'::regclass::oid)
"""
"""Another server, another database on it, or the same database filled again: each is another place."""
COMMENT: Final = "SELECT obj_description('delivery_shard'::regclass, 'pg_class')"


class DatabaseRestored(Unavailable):
    """This database comes from a dump, and `beffroi migrate` has not been run since: what waits in it may be stale."""

    code = "database-restored"


def is_restored(alias: str) -> bool:
    """Whether the tables were made elsewhere; of tables that never were marked nobody knows it."""
    return ask(alias, COMMENT) not in {ask(alias, PLACE), None}


def refuse() -> None:
    """Raise DatabaseRestored if so."""
    if is_restored("default"):
        raise DatabaseRestored


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Stop what waits in a restored database, and mark the place."""
    if is_restored("owner"):
        shelves.load()
        outcomes.expire(clock.now())  # what ended since the dump ends here too, before all is stopped: untold
        shards, letters, events = delivery.stop_everything()
        say("This database was restored from a dump. What waited in it will not be sent:")
        say(f"{shards} parts of calls, {letters} letters, {events} webhooks.")
        for call in Call.objects.filter(state="live", ending=None).order_by("issued_at"):
            until = f"{call.expires:%Y-%m-%d %H:%M} UTC"
            say(f"Live when the dump was made: {call.public_id}, {call.severity}, until {until}.")
        say("What has ended since the dump, end it again at the desk; what was issued since is not known here.")
    with connections["owner"].cursor() as cursor:
        mark = sql.SQL("COMMENT ON TABLE delivery_shard IS {}").format(sql.Literal(ask("owner", PLACE)))
        cursor.execute(mark)
    return 0


def ask(alias: str, question: str) -> str | None:
    """One value."""
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        found: str | None = cursor.fetchone()[0]
        return found


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")
