"""Key pairs of the demo's invented phones, and the other half of RFC 8291: what a browser does with a push."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

PAIRS: Final = 16
"""Twenty thousand invented phones share sixteen key pairs: real ones have one each."""
FILE: Final = "push-keys.json"
KEY, CERTIFICATE = "sink.pem", "sink.crt.pem"
DAYS: Final = 3650
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
                {
                    "private": ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value,
                    "auth": secrets.token_hex(16),
                }
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
        except (ValueError, IndexError, InvalidTag) as err:
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


def make(folder: Path) -> None:
    """Key pairs, and a certificate for `localhost` that only the demo's own sender trusts, if they are not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    Pool.load(folder)
    if (folder / CERTIFICATE).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / KEY).write_bytes(pem)
    (folder / KEY).chmod(0o600)
    (folder / CERTIFICATE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
