"""The OpenAPI 3.1 document: ninja's operations with our problems, and what is served without it (published.py)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from beffroi.web.api import once, published
from beffroi.web.api.answers import PROBLEM, problem
from beffroi.web.api.programs import api
from beffroi.web.doors import public

REPEATED: Final = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A name of your own for this request. Sent again within a day, it has no second effect.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}  # fmt: skip
ONCE: Final = (once.IdempotencyKeyBad, once.RequestInProgress, once.IdempotencyKeyReused)
HEADERS: Final = {"401": "WWW-Authenticate", "405": "Allow", "429": "Retry-After"}


@require_safe
@public
@conditional_page
def show(request: HttpRequest) -> HttpResponse:
    """The document; open to pages of other sites, as every feed is."""
    answer = HttpResponse(document(), content_type="application/json")
    answer["Access-Control-Allow-Origin"], answer["Cross-Origin-Resource-Policy"] = "*", "cross-origin"
    answer["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=1)
def document() -> bytes:
    """The document as it is served."""
    return json.dumps(build(), ensure_ascii=False, separators=(",", ":")).encode()


def build() -> dict[str, Any]:
    """The document as a value."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="api/")))
    for operations in made["paths"].values():
        for method, operation in operations.items():
            complete(method, operation)
    made["paths"] |= published.paths()
    made["webhooks"] = published.WEBHOOKS
    made["components"]["schemas"] |= published.SCHEMAS
    made["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    made["servers"] = [{"url": settings.BASE_URL}]
    return made


def complete(method: str, operation: dict[str, Any]) -> None:
    """What ninja cannot say: the action of the key, how a POST is repeated, and that problems are of their own type."""
    if action := operation.pop("x-action", None):
        operation["security"] = [{"Bearer": [action]}]
    answers = operation["responses"]
    if method == "post":
        operation["parameters"].append(REPEATED)
        for error in ONCE:
            add(answers, str(error.status), f"`{error.code}`")
    for status, told in answers.items():
        if told.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref") == PROBLEM["$ref"]:
            told["content"] = problem()
        if status in HEADERS:
            told["headers"] = {HEADERS[status]: {"schema": {"type": "string"}}}


def add(answers: dict[str, Any], status: str, code: str) -> None:
    """One more problem among the answers."""
    told = answers.setdefault(status, {"description": "", "content": {}})
    told["description"] = ", ".join(filter(None, (told["description"], code)))
    if told["content"].get("application/json", {}).get("schema") != PROBLEM:
        told["content"] |= problem()
