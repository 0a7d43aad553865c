"""Signing of webhooks by Standard Webhooks 1.0 (standardwebhooks.com), symmetric: every library of it verifies."""

from __future__ import annotations

import base64
import hmac
import os
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A fresh secret, as the libraries take it."""
    return PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def headers(secret: str, message_id: str, body: bytes, *, at: int) -> list[str]:
    """The three headers of one attempt, as whole lines; `at` is its Unix time, which receivers compare with their own
    clock."""
    return [
        f"webhook-id: {message_id}",
        f"webhook-timestamp: {at}",
        f"webhook-signature: v1,{signature(secret, message_id, body, at=at)}",
    ]


def signature(secret: str, message_id: str, body: bytes, *, at: int) -> str:
    """HMAC-SHA256 over `id.timestamp.body`, base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, f"{message_id}.{at}.".encode() + body, "sha256")).decode()
