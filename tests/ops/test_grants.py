"""The application's rights, table by table, as the database knows them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections

from beffroi.ops import grants, postgres

pytestmark = pytest.mark.usefixtures("committed")

ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
LESS: dict[str, tuple[set[str], set[str]]] = {
    #  table               what may be done with rows        columns that may be changed
    "people_entry":        ({"SELECT", "INSERT"},             set()),
    "people_person":       ({"SELECT"},                       {"last_login", "language"}),
    "people_key":          ({"SELECT"},                       set()),
    "people_invitation":   ({"SELECT"},                       set()),
    "mfa_authenticator":   ({"SELECT"},                       {"last_used_at"}),
    "calls_call":          ({"SELECT", "INSERT", "UPDATE"},   set()),
    "calls_edition":       ({"SELECT", "INSERT", "DELETE"},   set()),
    "calls_phase":         ({"SELECT", "INSERT"},             set()),
    "crisis_message":      ({"SELECT", "INSERT"},             {"standing", "held", "settled_at", "call_id"}),
    "delivery_webhook":    ({"SELECT", "INSERT"},             {"ended_at"}),
    "web_reply":           ({"SELECT", "INSERT", "DELETE"},   set()),
    "django_migrations":   ({"SELECT"},                       set()),
}  # fmt: skip


def asked(sql: str, *values: str) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def rights() -> dict[str, set[str]]:
    """What the application may do with whole rows of each table."""
    found: dict[str, set[str]] = {}
    kinds = "'SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'"
    for table, kind in asked(
        f"SELECT tablename, kind FROM pg_tables, unnest(ARRAY[{kinds}]) AS kind WHERE schemaname = 'public' "
        "AND has_table_privilege(%s, quote_ident(tablename), kind)", postgres.APP,
    ):  # fmt: skip
        found.setdefault(table, set()).add(kind)
    return found


def test_rows() -> None:
    found = rights()
    tables = {table for (table,) in asked("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert found == {table: LESS.get(table, (ROWS, set()))[0] for table in tables}
    assert set(LESS) <= tables


def test_columns() -> None:
    for table, (may, columns) in LESS.items():
        if "UPDATE" not in may:
            found = asked(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
                "AND has_column_privilege(%s, attrelid, attnum, 'UPDATE')", table, postgres.APP,
            )  # fmt: skip
            assert {name for (name,) in found} == columns, table


def test_it_owns_nothing_and_is_nobody_special() -> None:
    assert (
        asked("SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE rolname = %s", postgres.APP) == []
    )
    assert asked("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = %s",
                 postgres.APP) == [(False,)]  # fmt: skip
    assert asked("SELECT has_schema_privilege(%s, 'public', 'CREATE')", postgres.APP) == [(False,)]
    assert (
        asked("SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE rolname = %s", postgres.APP)
        == []
    )


def test_the_tests_run_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (postgres.APP,)


def test_rights_that_were_given_by_hand_are_taken_again() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT UPDATE, DELETE ON people_person, people_entry TO beffroi_app")
    grants.give("owner")
    test_rows()


def test_an_application_that_is_the_owner_is_refused() -> None:
    with pytest.raises(grants.RolesSame) as caught:
        grants.give("default")
    assert caught.value.facts == {"role": postgres.APP}
