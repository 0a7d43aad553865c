"""`beffroi migrate`: an empty database becomes ours, again changes nothing, the application gets its rights, and what
is public is published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from beffroi.ops import postgres


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
        assert found == (postgres.APP, 0)
        published = application.execute("SELECT path FROM delivery_page").fetchall()
        assert {("/en/",), ("/fr/",), ("/feed.json",), ("/theme.css",)} <= set(published)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DELETE FROM calls_call")


def test_without_the_owner_it_is_refused(empty: dict[str, str], tmp_path: Path) -> None:
    found = migrate({**empty, "DATABASE_OWNER_URL": ""})
    assert (found.returncode, found.stderr) == (2, "beffroi: database-owner-missing\n")
    assert schema(empty) == set()


def test_the_citys_own_name_for_the_application(folder: Path, django_db_setup: None) -> None:
    server, name = postgres.ensure(folder), 'Stadt "Turm"; DROP'
    passwords = json.loads((folder / "passwords.json").read_text(encoding="utf-8"))
    root = make_conninfo(server.owner_url, user="postgres", password=passwords["postgres"])
    with psycopg.connect(root, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'tower'").format(sql.Identifier(name)))
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(server.app_url, user=name, password="tower"),
        "DATABASE_OWNER_URL": server.owner_url,
    }
    done = migrate(environment)
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(environment["DATABASE_URL"]) as application:
        assert application.execute("SELECT count(*) > 0 FROM delivery_page").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("UPDATE people_person SET password = 'x'")
    with psycopg.connect(server.app_url) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("SELECT FROM delivery_page")


def test_one_role_for_both_is_refused(empty: dict[str, str]) -> None:
    found = migrate({**empty, "DATABASE_URL": empty["DATABASE_OWNER_URL"]})
    assert (found.returncode, found.stderr) == (2, "beffroi: database-roles-same: role=beffroi_owner\n")
