"""The door for programs: the key that a request bears, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from beffroi.errors import BeffroiError, NotAllowed
from beffroi.lib import tokens
from beffroi.people import access
from beffroi.people.models import Key
from beffroi.web.api.answers import answers


class KeyRefused(BeffroiError):
    """No key, or one that is unknown or ended."""

    code = "key-refused"
    status = 401


class KeyTooNarrow(NotAllowed):
    """The key does not open this: fact `action`."""

    code = "key-too-narrow"


class MethodRefused(BeffroiError):
    """A method that the address does not take: fact `allowed`."""

    code = "method-refused"
    status = 405


def bearer(request: HttpRequest) -> Key | None:
    """The open key that the request bears (`Authorization: Bearer ...`)."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    key = Key.objects.filter(digest=tokens.digest(token)).first()
    return key if key is not None and key.is_open else None


class Bearer(HttpBearer):
    """Opens to keys that have `action`, and to nobody else."""

    def __init__(self, action: str) -> None:
        if action not in access.FOR_PROGRAMS:
            raise LookupError(action)
        self.action = action
        super().__init__()

    def __call__(self, request: HttpRequest) -> Key:
        """The key, or KeyRefused, KeyTooNarrow."""
        key = bearer(request)
        if key is None:
            raise KeyRefused()
        if not access.may(key, self.action):
            raise KeyTooNarrow(action=self.action)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> None:
        """ninja asks for it; `__call__` does the work."""
        raise NotImplementedError


def opens(
    action: str, good: dict[int, Any], *errors: type[BeffroiError], headers: Sequence[str] = ()
) -> dict[str, Any]:
    """What an operation says of itself: who may do it, its good answers with their headers, and its errors."""
    told = answers(good, KeyRefused, KeyTooNarrow, *errors, headers=headers)
    told["openapi_extra"]["x-action"] = action
    return told | {"auth": Bearer(action)}


def key_of(request: HttpRequest) -> Key:
    """The key that opened this request."""
    key: Key = request.auth  # type: ignore[attr-defined]
    return key
