"""A browser's half of web push without a browser: its keys, its subscription, and decryption by another library."""

from __future__ import annotations

import json
import secrets
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beffroi.lib import base64url


class Phone:
    """Keys and the endpoint where its pushes go."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.auth = secrets.token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def p256dh(self) -> bytes:
        """The public key."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        """What PushSubscription.toJSON() gives."""
        keys = {"p256dh": base64url.encode(self.p256dh), "auth": base64url.encode(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    @property
    def address(self) -> dict[str, str]:
        """As the channel stores it."""
        return {"endpoint": self.endpoint, **self.subscription["keys"]}

    def read(self, body: bytes) -> dict[str, Any]:
        """What the service worker is given."""
        plain = http_ece.decrypt(body, private_key=self._key, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(plain)
        return found
