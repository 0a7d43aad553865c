"""The link that ends a subscription: ours only, for one row only, for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from beffroi.delivery import leaving
from beffroi.lib import clock, keys, tokens
from beffroi.lib.tokens import TokenBad

LATER = datetime(2066, 1, 1, tzinfo=UTC)


def token(row_id: int) -> str:
    base, _leave, found, end = leaving.url("https://town.example", row_id).rsplit("/", 3)
    assert (base, _leave, end) == ("https://town.example", "leave", "")
    return found


def test_a_link_in_an_old_mail_still_works(django_db_setup: None) -> None:
    assert leaving.subscription(token(42), clock.now()) == 42
    assert leaving.subscription(token(42), LATER) == 42


def test_a_link_that_is_not_ours_works_nowhere(django_db_setup: None) -> None:
    other_purpose = tokens.issue(keys.current().tokens, "confirm", "42", expires_at=LATER)
    other_key = tokens.issue(b"x" * 32, leaving.PURPOSE, "42", expires_at=LATER)
    changed = token(42)[:-2] + ("AA" if token(42)[-2:] != "AA" else "BB")
    for forged in (other_purpose, other_key, changed, token(42)[:-4], "", "42"):
        with pytest.raises(TokenBad):
            leaving.subscription(forged, clock.now())
