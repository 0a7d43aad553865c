"""What the application's database role may do: work on rows, own nothing, make no account, change no log or message."""

from __future__ import annotations

from typing import Final

from django.db import connections
from psycopg import sql

from beffroi.errors import BeffroiError

SQL: Final = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app};
REVOKE UPDATE, DELETE, TRUNCATE ON people_entry FROM {app};
REVOKE DELETE ON calls_call, calls_phase FROM {app};
REVOKE UPDATE ON calls_edition, calls_phase FROM {app};
REVOKE UPDATE ON web_reply FROM {app};
REVOKE UPDATE, DELETE ON delivery_webhook FROM {app};
GRANT UPDATE (ended_at) ON delivery_webhook TO {app};
REVOKE UPDATE, DELETE ON crisis_message FROM {app};
GRANT UPDATE (standing, held, settled_at, call_id) ON crisis_message TO {app};
REVOKE INSERT, UPDATE, DELETE ON people_person, people_key, people_invitation, django_migrations FROM {app};
GRANT UPDATE (last_login, language) ON people_person TO {app};
REVOKE INSERT, UPDATE, DELETE ON mfa_authenticator FROM {app};
GRANT UPDATE (last_used_at) ON mfa_authenticator TO {app};
"""
"""An administrator's browser runs as this role too, so it cannot mint an approver: accounts and links to set them up
are made on the command line. What a link may do, people_enrol does (people/migrations/0005_invitation.py). Nor can the
role change a password by itself, not even to make its hash stronger (people/models.py)."""


class RolesSame(BeffroiError):
    """DATABASE_URL and DATABASE_OWNER_URL name the same role: nothing would hold the application back."""

    code = "database-roles-same"


def give(alias: str) -> None:
    """Grant, as the owner, in the database of `alias`; to whom DATABASE_URL logs in as, whatever its name is."""
    app, owner = role("default"), role(alias)
    if app == owner:
        raise RolesSame(role=app)
    with connections[alias].cursor() as cursor:
        cursor.execute(sql.SQL(SQL).format(app=sql.Identifier(app)))


def role(alias: str) -> str:
    """Who we are in a database: the server knows, where the address may leave it to the account or a service file."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])
