"""Pages of lists: whole, in order, and no cursor but ours."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.lib import base64url
from beffroi.web.api import pages
from tests import make


def test_page_by_page_everything_comes_once(town: None) -> None:
    made = [calls.draft(None, make.content()).pk for _ in range(5)]
    cursor: str | None = ""
    seen: list[Any] = []
    sizes = []
    while cursor is not None:
        found, cursor = pages.page(Call.objects.all(), cursor, 2)
        seen += [call.pk for call in found]
        sizes.append(len(found))
    assert (seen, sizes) == (made[::-1], [2, 2, 1])


def test_a_full_last_page_has_no_next(town: None) -> None:
    calls.draft(None, make.content())
    assert pages.page(Call.objects.all(), "", 1)[1] is None
    assert pages.page(Call.objects.none(), "", 1) == ([], None)


@pytest.mark.parametrize("cursor", [
    "!", "a", base64url.encode(b"x"), base64url.encode(b"-1"), base64url.encode(b"\xff"), base64url.encode(b"1" * 19),
    base64url.encode("٣".encode()),
])  # fmt: skip
def test_what_is_no_cursor(cursor: str) -> None:
    with pytest.raises(pages.CursorBad):
        pages.number(cursor)
