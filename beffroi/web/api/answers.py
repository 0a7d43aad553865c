"""What an operation may answer: its good answers, and every problem (RFC 9457) by its code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from beffroi.errors import BadInput, BeffroiError, TooLarge, TooMany, Unavailable

FAULTS: Final = 20


class RequestBad(BadInput):
    """The request is not as the OpenAPI document has it: fact `fields` (name to reason)."""

    code = "request-bad"


class Problem(Schema):
    """An error by RFC 9457. `code` is stable for ever (docs/errors.md); title and detail are for a person to read, in
    the language of `Accept-Language`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    facts: dict[str, Any]


PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
ALWAYS: Final[tuple[type[BeffroiError], ...]] = (RequestBad, TooLarge, TooMany, BeffroiError, Unavailable)
"""What any request may be answered."""


def answers(good: dict[int, Any], *errors: type[BeffroiError], headers: Sequence[str] = ()) -> dict[str, Any]:
    """The answers of an operation, as ninja wants them; `headers` are those of its good answers."""
    bad = by_status(*errors)
    told: dict[int, dict[str, Any]] = {status: {"description": codes} for status, codes in bad.items()}
    for status in good if headers else ():
        told[status] = {"headers": {name: {"schema": {"type": "string"}} for name in headers}}
    return {"response": {**good, **dict.fromkeys(bad, Problem)}, "openapi_extra": {"responses": told}}


def by_status(*errors: type[BeffroiError]) -> dict[int, str]:
    """The codes of these errors and of those that may always come, by HTTP status."""
    found: dict[int, list[str]] = {}
    for error in dict.fromkeys((*errors, *ALWAYS)):
        found.setdefault(error.status, []).append(f"`{error.code}`")
    return {status: ", ".join(codes) for status, codes in sorted(found.items())}


def problem() -> dict[str, Any]:
    """The content of a problem, in OpenAPI's words."""
    return {"application/problem+json": {"schema": PROBLEM}}


def refuse_invalid(request: HttpRequest, err: Any) -> HttpResponse:
    """ninja's words for a request that does not fit, as ours."""
    raise RequestBad(fields=faults(err) if isinstance(err, ValidationError) else {"body": "not-json"}) from err


def faults(err: ValidationError) -> dict[str, str]:
    """Place in the request to kind of fault; without the name that the body has inside."""
    found: dict[str, str] = {}
    for one in err.errors[:FAULTS]:
        place = [str(part) for part in one["loc"]]
        inner = place[2:] if place[0] == "body" and len(place) > 2 else place[1:]
        found[".".join(inner) or place[0]] = str(one["type"])
    return found


def speak_our_words(api: NinjaAPI) -> None:
    """Let ninja raise our errors; web/problems.py answers them as everywhere."""
    api.add_exception_handler(ValidationError, refuse_invalid)
    api.add_exception_handler(HttpError, refuse_invalid)
