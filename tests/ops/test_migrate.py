"""`beffroi migrate`: an empty database becomes ours, again changes nothing, the application gets its rights, and what
is public is published."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from beffroi.ops import grants, postgres


@pytest.fixture
def empty(django_db_setup: None) -> Iterator[dict[str, str]]:
    """The environment of commands on a database without tables."""
    server, name = postgres.database("tests"), f"empty_{os.getpid()}"
    with psycopg.connect(server.owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {
            **os.environ,
            "DATABASE_URL": make_conninfo(server.app_url, dbname=name),
            "DATABASE_OWNER_URL": make_conninfo(server.owner_url, dbname=name),
        }
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def migrate(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "beffroi", "migrate"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def schema(environment: dict[str, str]) -> set[tuple[str, str]]:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as owner:
        found = owner.execute(
            "SELECT tablename, coalesce("
            "string_agg(grantee || privilege_type, ' ' ORDER BY grantee, privilege_type), '') "
            "FROM pg_tables LEFT JOIN information_schema.table_privileges ON table_name = tablename "
            "WHERE schemaname = 'public' GROUP BY tablename"
        )
        return set(found.fetchall())


def test_twice_is_once(empty: dict[str, str]) -> None:
    first = migrate(empty)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith(" pages and feeds are published\n")
    made = schema(empty)
    assert {"calls_call", "delivery_shard", "audience_subscription", "people_entry"} <= {
        table for table, _rights in made
    }
    assert migrate(empty).returncode == 0
    assert schema(empty) == made
    with psycopg.connect(empty["DATABASE_URL"]) as application:
        found = application.execute("SELECT current_user, count(*) FROM calls_call").fetchone()
        assert found == (grants.APP, 0)
        published = application.execute("SELECT path FROM delivery_page").fetchall()
        assert {("/en/",), ("/fr/",), ("/feed.json",), ("/theme.css",)} <= set(published)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DELETE FROM calls_call")


def test_without_the_owner_it_is_refused(empty: dict[str, str], tmp_path: Path) -> None:
    found = migrate({**empty, "DATABASE_OWNER_URL": ""})
    assert (found.returncode, found.stderr) == (2, "beffroi: database-owner-missing\n")
    assert schema(empty) == set()
