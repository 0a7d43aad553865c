"""What log-in remembers for minutes, for all web processes together: codes that were used, tries that failed.

A process's own memory would let a code pass once in each process. Django's cache in the database would do, but it
unpickles what the table holds: who can write a row could run code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from beffroi.lib import keys, seal

SET: Final = """
INSERT INTO people_mark (digest, value, expires_at) VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (digest) DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
"""
ADD: Final = SET + "WHERE people_mark.expires_at <= clock_timestamp()"
"""Of two that add the same at one moment one writes a row; the other one waits for it and finds it taken."""
GET: Final = "SELECT value FROM people_mark WHERE digest = %s AND expires_at > clock_timestamp()"
DELETE: Final = "DELETE FROM people_mark WHERE digest = %s"
FORGET: Final = "DELETE FROM people_mark WHERE expires_at <= clock_timestamp()"


class Marks(BaseCache):
    """Django's cache, as far as log-in (allauth) uses it: values are JSON, and every one expires."""

    def __init__(self, location: str, params: Mapping[str, Any]) -> None:  # noqa: ARG002
        super().__init__(dict(params))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether it was not there: of many that ask at once, one hears yes."""
        return run(ADD, [self.digest(key, version), json.dumps(value), self.seconds(timeout)]) == 1

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Write it, whether it was there or not."""
        run(SET, [self.digest(key, version), json.dumps(value), self.seconds(timeout)])

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is there and has not expired."""
        with connection.cursor() as cursor:
            cursor.execute(GET, [self.digest(key, version)])
            row = cursor.fetchone()
        return default if row is None else json.loads(row[0])

    def delete(self, key: str, version: int | None = None) -> bool:
        """Take it away."""
        return run(DELETE, [self.digest(key, version)]) == 1

    def clear(self) -> None:
        """Forget everything."""
        run("DELETE FROM people_mark", [])

    def digest(self, key: str, version: int | None) -> bytes:
        """A keyed hash: names hold addresses of visitors, and codes."""
        name = self.make_key(key, version=version)
        return seal.keyed_hash(keys.current().hash, name.encode(), purpose="mark")

    def seconds(self, timeout: Any) -> float:
        """How long it lasts."""
        return float(self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout)  # type: ignore[arg-type]


def forget_expired() -> int:
    """Delete what is over; how many."""
    return run(FORGET, [])


def run(sql: str, values: list[Any]) -> int:
    """How many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
