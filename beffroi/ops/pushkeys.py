"""Key pairs of the demo's invented phones, and the other half of RFC 8291: what a browser does with a push."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PAIRS: Final = 16
"""Twenty thousand invented phones share sixteen key pairs: real ones have one each."""
FILE: Final = "push-keys.json"
X962, POINT = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint


@dataclass(frozen=True, slots=True)
class Phone:
    """What a browser keeps to itself, and the two values that it hands out."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def p256dh(self) -> bytes:
        """The public key, 65 bytes."""
        return self.private.public_key().public_bytes(X962, POINT)


@dataclass(frozen=True, slots=True)
class Pool:
    """The phones, by their number in the endpoint's path: /push/NUMBER/NAME."""

    phones: tuple[Phone, ...]

    @classmethod
    def load(cls, folder: Path) -> Pool:
        """Read the pairs, or make them."""
        file = folder / FILE
        if not file.exists():
            numbers = [
                {"private": ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value, "auth": secrets.token_hex(16)}
                for _ in range(PAIRS)
            ]
            file.write_text(json.dumps(numbers), encoding="utf-8")
            file.chmod(0o600)
        pairs = json.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(
            Phone(ec.derive_private_key(pair["private"], ec.SECP256R1()), bytes.fromhex(pair["auth"])) for pair in pairs
        ))  # fmt: skip

    def decrypt(self, path: str, body: bytes) -> str:
        """The text of a push to one of the phones; says so when it cannot be read."""
        try:
            phone = self.phones[int(path.split("/")[2]) % PAIRS]
            return decrypt(phone, body).decode()
        except (ValueError, IndexError) as err:
            return f"cannot be read: {type(err).__name__}"


def decrypt(phone: Phone, body: bytes) -> bytes:
    """RFC 8291 section 3.4 with the single record of RFC 8188."""
    salt, id_length = body[:16], body[20]
    sender = body[21 : 21 + id_length]
    shared = phone.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    ikm = derive(phone.auth, shared, b"WebPush: info\0" + phone.p256dh + sender, 32)
    key = derive(salt, ikm, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, ikm, b"Content-Encoding: nonce\0", 12)
    plain = AESGCM(key).decrypt(nonce, body[21 + id_length :], None)
    return plain.rstrip(b"\0").removesuffix(b"\x02")


def derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
