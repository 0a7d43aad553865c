"""A security key in a few lines: it makes a credential and signs challenges, or does so wrongly as told (WebAuthn
sections 6.1 and 6.5)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

USER_PRESENT, USER_VERIFIED, ATTESTED = 1, 4, 64
ORIGIN = "http://localhost:8000"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Passkey:
    """One credential for one site. `origin` and `flags` can be those of a liar."""

    def __init__(self, site: str = "localhost") -> None:
        self.site = site
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: dict[str, Any], *, origin: str = ORIGIN, flags: int = USER_PRESENT | USER_VERIFIED) -> str:
        """RegistrationResponseJSON."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))  # type: ignore[no-untyped-call]
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        statement = {"fmt": "none", "attStmt": {}, "authData": self.data(flags | ATTESTED) + attested}
        client = self.client("webauthn.create", options, origin)
        return self.said({"clientDataJSON": encoded(client), "attestationObject": encoded(cbor.encode(statement))})

    def signed(
        self, options: dict[str, Any], *, origin: str = ORIGIN, flags: int = USER_PRESENT | USER_VERIFIED
    ) -> str:
        """AuthenticationResponseJSON."""
        client, data = self.client("webauthn.get", options, origin), self.data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self.said({
            "clientDataJSON": encoded(client), "authenticatorData": encoded(data), "signature": encoded(signature),
        })  # fmt: skip

    def data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + bytes(4)

    def client(self, type: str, options: dict[str, Any], origin: str) -> bytes:
        return json.dumps({"type": type, "challenge": options["publicKey"]["challenge"], "origin": origin}).encode()

    def said(self, response: dict[str, str]) -> str:
        return json.dumps({
            "id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": response,
            "clientExtensionResults": {},
        })  # fmt: skip


def options_of(page: bytes) -> dict[str, Any]:
    """What a page of ours asks a browser with."""
    found: dict[str, Any] = json.loads(page.decode().split('<script type="application/json">')[1].split("</script>")[0])
    return found
