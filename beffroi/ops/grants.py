"""What the application's database role may do: work on rows, own nothing, make no account, change no log or message."""

from __future__ import annotations

from typing import Final

from django.db import connections

APP: Final = "beffroi_app"

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
REVOKE INSERT, UPDATE, DELETE ON people_person, people_key, django_migrations FROM {app};
GRANT UPDATE (password, last_login, language) ON people_person TO {app};
REVOKE INSERT, UPDATE, DELETE ON mfa_authenticator FROM {app};
GRANT UPDATE (last_used_at) ON mfa_authenticator TO {app};
"""
"""An administrator's browser runs as this role too, so it cannot mint an approver: accounts are made on the command
line."""


def give(alias: str, app: str = APP) -> None:
    """Grant, as the owner, in the database of `alias`."""
    with connections[alias].cursor() as cursor:
        cursor.execute(SQL.format(app=app))
