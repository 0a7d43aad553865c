"""The link in each message that ends a subscription by one POST (RFC 8058). It names the row by a signed token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from beffroi.lib import keys, tokens

PURPOSE: Final = "leave"
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A link in an old mail must still work; deleting the row is what ends it."""


def url(base_url: str, subscription_id: int) -> str:
    """Where the POST goes."""
    token = tokens.issue(keys.current().tokens, PURPOSE, str(subscription_id), expires_at=NEVER)
    return f"{base_url}/leave/{token}/"


def subscription(token: str, now: datetime) -> int:
    """The row that a token names, or TokenBad."""
    return int(tokens.read(keys.current().tokens, PURPOSE, token, now=now))
