"""A web push sender made of other people's code (RFC 8291, RFC 8292), to try the push services with."""

from __future__ import annotations

import base64
import json
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class ReferenceSender:
    """Holds a VAPID key and posts to endpoints whose authority is in `ca_file` (None: in the system's own list)."""

    def __init__(self, ca_file: Path | None) -> None:
        self._ca_file = ca_file
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._tls = ssl.create_default_context(cafile=ca_file)
        self.public_key = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def another(self) -> ReferenceSender:
        """The same but for the key."""
        return ReferenceSender(self._ca_file)

    def token(self, endpoint: str, **changes: Any) -> str:
        """A signed JWT for the origin of `endpoint`; `changes` replace claims."""
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(endpoint))
        claims = {"aud": origin, "exp": int(time.time()) + 3600, "sub": "mailto:duty@example.org"} | changes
        head = {"typ": "JWT", "alg": "ES256"}
        signed = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def authorization(self, endpoint: str, **changes: Any) -> str:
        return f"vapid t={self.token(endpoint, **changes)}, k={encode(self.public_key)}"

    def encrypt(self, subscription: dict[str, Any], payload: bytes) -> bytes:
        """`payload` in the aes128gcm coding for the `keys` of a browser's `PushSubscription.toJSON()`."""
        keys = subscription["keys"]
        body: bytes = http_ece.encrypt(
            payload,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=decode(keys["p256dh"]),
            auth_secret=decode(keys["auth"]),
            version="aes128gcm",
        )
        return body

    def send(self, subscription: dict[str, Any], message: dict[str, Any], **headers: str) -> int:
        """Encrypt `message` as JSON and post it, an hour to live if `TTL` says nothing else; the HTTP status."""
        endpoint = subscription["endpoint"]
        usual = {"TTL": "3600", "Content-Encoding": "aes128gcm", "Authorization": self.authorization(endpoint)}
        return self.post(endpoint, self.encrypt(subscription, json.dumps(message).encode()), usual | headers)

    def post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> int:
        """The HTTP status that `endpoint` answers with."""
        request = urllib.request.Request(endpoint, body, headers, method="POST")
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self._tls))
        try:
            with opener.open(request, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
