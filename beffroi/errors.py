"""One tree of errors: a stable code and an HTTP status each, no words (those are in web/problems.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class BeffroiError(Exception):
    """Base of everything that Beffroi raises on purpose.

    `code` is stable for ever and documented in docs/errors.md; `status` is the HTTP status a door answers with;
    `facts` are plain values that fill the sentence shown to the reader (never personal data, never a secret).
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(self.code, dict(facts))


class BadInput(BeffroiError):
    """What was sent cannot be taken as it is; nothing was changed."""

    code = "bad-input"
    status = 400


class NotAllowed(BeffroiError):
    """This person may not do this."""

    code = "not-allowed"
    status = 403


class NotFound(BeffroiError):
    """There is no such thing, or it is not for this reader."""

    code = "not-found"
    status = 404


class Conflict(BeffroiError):
    """The thing has changed meanwhile, or is in a state that does not allow this."""

    code = "conflict"
    status = 409


class TooLarge(BeffroiError):
    """More bytes than the limit."""

    code = "too-large"
    status = 413


class TooMany(BeffroiError):
    """More requests than the limit."""

    code = "too-many"
    status = 429


class Unavailable(BeffroiError):
    """Something that Beffroi needs does not answer; nothing was done."""

    code = "unavailable"
    status = 503
