"""Lists page by page: newest first, and a cursor that stays right while new rows come."""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query

from beffroi.errors import BadInput
from beffroi.lib import base64url

MOST: Final = 100

Cursor = Annotated[str, Query(max_length=32, description="`next` of the page before; nothing for the newest.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Most items of a page.")]
Row = TypeVar("Row", bound=Model)


class CursorBad(BadInput):
    """A cursor that no page of this list has given."""

    code = "cursor-bad"


def page(rows: QuerySet[Row], cursor: str, limit: int) -> tuple[list[Row], str | None]:
    """The rows of one page, and the cursor of the next; None on the last."""
    if cursor:
        rows = rows.filter(pk__lt=number(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    more = base64url.encode(str(found[limit - 1].pk).encode()) if len(found) > limit else None
    return found[:limit], more


def number(cursor: str) -> int:
    """The row that a cursor stands for, or CursorBad."""
    try:
        told = base64url.decode(cursor).decode("ascii")
    except ValueError as err:
        raise CursorBad() from err
    if not (told.isdecimal() and len(told) < 19):
        raise CursorBad()
    return int(told)
