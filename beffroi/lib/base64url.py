"""Base64url (RFC 4648 section 5) without padding, as web push, signed tokens and browsers write it."""

from __future__ import annotations

import base64
import binascii
import re

TEXT = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)


def encode(raw: bytes) -> str:
    """Never padded."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Padded or not; `ValueError` for any other character or an impossible length."""
    if not TEXT.fullmatch(text):
        raise ValueError("not base64url")
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as err:
        raise ValueError("not base64url") from err
