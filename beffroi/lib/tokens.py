"""Random ids, secret links and signed tokens that say one thing for one purpose until a moment."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from beffroi.errors import BadInput
from beffroi.lib import base64url

ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"  # no 0 o, no 1 i l, and no vowels: nothing to mistake, no words by chance
SHORT = 10  # 48 bits: public ids, unguessable enough to meet no other by chance, not a secret
MAC_BYTES, TIME_BYTES = 32, 8


class TokenBad(BadInput):
    """A link or token that we did not make for this purpose."""

    code = "token-bad"


class TokenExpired(BadInput):
    """A link or token of ours whose time is over."""

    code = "token-expired"
    status = 410


def fresh(bytes: int = 16) -> str:
    """A new secret of so many random bytes, safe in a URL."""
    return secrets.token_urlsafe(bytes)


def short_id() -> str:
    """A new public id: short, random, no letters that look alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SHORT))


def digest(token: str) -> bytes:
    """What is stored of a random secret (SHA-256, 32 bytes), so that the table does not open the door."""
    return hashlib.sha256(token.encode()).digest()


def issue(key: bytes, purpose: str, subject: str, *, expires_at: datetime) -> str:
    """A signed token: who holds it may do `purpose` to `subject` (readable, not secret) until `expires_at`."""
    body = int(expires_at.timestamp()).to_bytes(TIME_BYTES, "big") + subject.encode()
    return base64url.encode(_mac(key, purpose, body) + body)


def read(key: bytes, purpose: str, token: str, *, now: datetime) -> str:
    """The subject of a token issued with this key for this purpose; raises `TokenBad`, `TokenExpired`."""
    try:
        raw = base64url.decode(token)
    except ValueError as err:
        raise TokenBad from err
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, purpose, body)):
        raise TokenBad
    if now.timestamp() >= int.from_bytes(body[:TIME_BYTES], "big"):
        raise TokenExpired
    return body[TIME_BYTES:].decode()


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(key, b"beffroi token\0" + purpose.encode() + b"\0" + body, "sha256")
