"""Which subscriptions a call concerns: the fast path. Cells, language, floor and mode in; ids out; no row becomes an
object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from beffroi.lib import packed

FLOOR: Final = 10
"""Counts below it are not shown to anybody: a small number can point at a person."""

Group = tuple[str, str]
"""Channel and language of the edition."""

CONCERNED: Final = """
SELECT s.channel, CASE WHEN s.language = ANY(%(languages)s) THEN s.language ELSE %(fallback)s END AS edition,
       array_agg(s.id ORDER BY s.id)
FROM (SELECT DISTINCT p.subscription_id
      FROM unnest(%(low)s::bigint[], %(high)s::bigint[]) AS r(low, high)
      JOIN audience_place p ON p.cell BETWEEN r.low AND r.high) AS inside
JOIN audience_subscription s ON s.id = inside.subscription_id
WHERE s.confirmed_at IS NOT NULL AND s.floor <= %(rank)s AND (s.is_exercise OR NOT %(exercise)s)
      AND s.channel = ANY(%(channels)s)
GROUP BY 1, 2
"""

STILL_HERE: Final = """
SELECT s.channel, CASE WHEN s.language = ANY(%(languages)s) THEN s.language ELSE %(fallback)s END AS edition,
       array_agg(s.id ORDER BY s.id)
FROM audience_subscription s
WHERE s.id = ANY(%(ids)s::bigint[]) AND s.confirmed_at IS NOT NULL AND s.channel = ANY(%(channels)s)
GROUP BY 1, 2
"""

ADDRESSES: Final = "SELECT id, address FROM audience_subscription WHERE id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whom does it concern? `ranges` as Call.ranges; `rank` is the call's severity (4 Extreme to 0 Unknown)."""

    ranges: bytes
    rank: int
    is_exercise: bool
    languages: Sequence[str]
    """Languages that the call has; the first is the fallback for all others."""
    channels: Sequence[str]


def grouped(sql: str, values: dict[str, Any]) -> dict[Group, list[int]]:
    """Run one of the two questions above."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {(channel, language): ids for channel, language, ids in cursor.fetchall()}


def concerned(question: Question) -> dict[Group, list[int]]:
    """Ids of the subscriptions inside, by channel and language of edition. No range, nobody: never everyone."""
    flat = packed.read(question.ranges)
    low, high = flat[0::2], flat[1::2]
    if not low:
        return {}
    return grouped(CONCERNED, {
        "low": low, "high": high, "rank": question.rank, "exercise": question.is_exercise,
        "languages": list(question.languages), "fallback": question.languages[0], "channels": list(question.channels),
    })  # fmt: skip


def still_here(ids: Sequence[int], languages: Sequence[str], channels: Sequence[str]) -> dict[Group, list[int]]:
    """Those of `ids` that have not left, by the channel and language that they have now."""
    if not ids:
        return {}
    return grouped(STILL_HERE, {
        "ids": list(ids), "languages": list(languages), "fallback": languages[0], "channels": list(channels),
    })  # fmt: skip


def count(question: Question) -> int:
    """How many subscriptions a call would reach; 0 stays 0, 1 to 9 is told as 10 (floor)."""
    found = sum(len(ids) for ids in concerned(question).values())
    return max(found, FLOOR) if found else 0


def addresses(ids: Sequence[int]) -> dict[int, bytes]:
    """Sealed addresses of those of `ids` that are still here."""
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, [list(ids)])
        return {row_id: bytes(address) for row_id, address in cursor.fetchall()}
