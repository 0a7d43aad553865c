"""A POST that comes twice has its effect once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from beffroi.errors import BadInput, Conflict
from beffroi.lib import clock
from beffroi.people.models import Key
from beffroi.web.api import actions, door

NAME: Final = re.compile(r"[!-~]{1,200}")


class IdempotencyKeyBad(BadInput):
    """An Idempotency-Key is 1 to 200 visible ASCII characters."""

    code = "idempotency-key-bad"


class IdempotencyKeyReused(BadInput):
    """The same Idempotency-Key came with another request before."""

    code = "idempotency-key-reused"
    status = 422


class RequestInProgress(Conflict):
    """The request of this Idempotency-Key is being answered at this moment."""

    code = "request-in-progress"


def answer(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `work`, or the one that this key's program was given to the same request within a day.

    Effect and stored answer are one transaction. An error is not stored: it had no effect, so trying again is right.
    """
    name = request.headers.get("Idempotency-Key")
    with transaction.atomic():
        key = door.bearer(request) if name is not None and request.method == "POST" else None
        return work() if name is None or key is None else first_or_same(request, key, name, work)


def first_or_same(request: HttpRequest, key: Key, name: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer that is kept under this name, or a first one."""
    if NAME.fullmatch(name) is None:
        raise IdempotencyKeyBad()
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    mark = hashlib.sha256(asked).digest()
    if not actions.claim(key, name):
        raise RequestInProgress()
    known = actions.reply(key, name, clock.now())
    if known is None:
        return actions.keep(key, name, mark, work())
    if bytes(known.request) != mark:
        raise IdempotencyKeyReused()
    return actions.replay(known)
