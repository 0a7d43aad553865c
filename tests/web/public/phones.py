"""Push subscriptions as browsers make them."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beffroi.lib import base64url

HOST = "localhost:8443"


def phone(endpoint: str = "") -> dict[str, Any]:
    """What `PushSubscription.toJSON()` gives."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "endpoint": endpoint or f"https://{HOST}/push/{secrets.token_urlsafe(24)}",
        "expirationTime": None,
        "keys": {"p256dh": base64url.encode(point), "auth": base64url.encode(secrets.token_bytes(16))},
    }
