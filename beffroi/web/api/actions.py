"""Keeps the answers that programs were given, for a day (web/api/once.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.http import HttpResponse

from beffroi.audience import address as addresses
from beffroi.people.models import Key
from beffroi.web.models import Reply

KEEP_S: Final = 24 * 3600
CONTEXT: Final = b"reply"
CLAIM: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


def claim(key: Key, name: str) -> bool:
    """Whether nobody else is answering this key's request of this name; until the transaction ends, it is ours."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [f"reply {key.pk} {name}"])
        return bool(cursor.fetchone()[0])


def reply(key: Key, name: str, now: datetime) -> Reply | None:
    """The answer that is kept under this name; whatever is older than a day is forgotten, whosever it was."""
    Reply.objects.filter(made_at__lt=now - timedelta(seconds=KEEP_S)).delete()
    return Reply.objects.filter(key=key, name=name).first()


def keep(key: Key, name: str, request: bytes, answer: HttpResponse) -> HttpResponse:
    """Keep an answer and give it back."""
    Reply.objects.create(
        key=key, name=name, request=request, status=answer.status_code, headers=dict(answer.items()),
        body=addresses.sealer().seal(answer.content, context=CONTEXT),
    )  # fmt: skip
    return answer


def replay(known: Reply) -> HttpResponse:
    """The same answer again."""
    body = addresses.sealer().open(bytes(known.body), context=CONTEXT)
    return HttpResponse(body, status=known.status, headers=known.headers)
