"""Reads received messages: those of one event, those that stand now, those that wait for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from beffroi.crisis.chain import Standing
from beffroi.crisis.models import Message

WITHOUT_EFFECT: Final = ("rejected", "identifier-twice", "signature", "sender-not-expected", "references-too-many")
"""Held for one of these reasons a message never entered a chain."""

RELATED: Final = """
WITH RECURSIVE usable AS NOT MATERIALIZED (
  SELECT id, sender, identifier, "references" FROM crisis_message
  WHERE sent IS NOT NULL AND standing <> %(silent)s AND held <> ALL(%(without)s)
), name (sender, identifier) AS (
  SELECT * FROM unnest(%(senders)s::text[], %(identifiers)s::text[])
  UNION
  SELECT next.sender, next.identifier FROM name
  CROSS JOIN LATERAL (
    SELECT * FROM usable WHERE usable.sender = name.sender AND usable.identifier = name.identifier
    UNION ALL
    SELECT * FROM usable WHERE usable."references" @> jsonb_build_array(jsonb_build_array(name.sender, name.identifier))
  ) AS found
  CROSS JOIN LATERAL (
    SELECT found.sender, found.identifier UNION ALL
    SELECT triple ->> 0, triple ->> 1 FROM jsonb_array_elements(found."references") AS triple
  ) AS next
)
SELECT usable.id FROM usable JOIN name ON name.sender = usable.sender AND name.identifier = usable.identifier
"""
"""UNION drops names that were seen, so a circle of references ends; whoever refers to a name is found by the GIN
index."""


def names_in(message: Message) -> set[tuple[str, str]]:
    """The message and those it refers to, by sender and identifier."""
    return {
        (message.sender, message.identifier),
        *((sender, identifier) for sender, identifier, _at in message.references),
    }


def related(message: Message) -> list[Message]:
    """Every message of the same event that counts, also through messages that never came; without their bytes."""
    names = sorted(names_in(message))
    with connection.cursor() as cursor:
        cursor.execute(RELATED, {
            "senders": [sender for sender, _id in names], "identifiers": [identifier for _sender, identifier in names],
            "silent": Standing.SILENT, "without": list(WITHOUT_EFFECT),
        })  # fmt: skip
        ids = [row[0] for row in cursor.fetchall()]
    return list(Message.objects.filter(pk__in=ids).defer("raw", "findings").select_related("call").order_by("pk"))


def standing(now: datetime) -> QuerySet[Message]:
    """Warnings that stand at this moment: a stored standing knows of no clock, so the end is looked at here."""
    live = Message.objects.filter(standing=Standing.LIVE, is_deliverable=True, held="", expires__gt=now)
    return live.select_related("call").order_by("-received_at", "-pk")


def held() -> QuerySet[Message]:
    """Messages that wait for a person, newest first."""
    waiting = Message.objects.exclude(held="").filter(settled_at=None)
    return waiting.select_related("call").order_by("-received_at", "-pk")
