"""The city's keys: files in a folder outside the database, made once, never overwritten, never readable by others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from beffroi import env
from beffroi.errors import BeffroiError

SIGNING_BITS = 3072  # RSA, which every reader of XML signatures knows (docs/signatures.md)
YEARS = 10  # receivers pin the certificate, so it lives long; rotation is announced, not automatic
FILES = {
    "signing": "signing.pem",  # signs CAP messages; its certificate lies beside it and is public
    "vapid": "vapid.pem",  # tells push services who sends (RFC 8292); changing it ends every push subscription
    "address": "address.key",  # seals addresses; one key a line, the newest first
    "hash": "hash.key",  # finds an address without opening it
    "tokens": "tokens.key",  # signs links
    "django": "django.key",  # sessions
}
CERTIFICATE = "signing.crt.pem"


class KeyMissing(BeffroiError):
    """A key file that is not there; nothing is signed, sealed or sent without it."""

    code = "key-missing"


class KeyExposed(BeffroiError):
    """A secret key file that others than its owner may read or write."""

    code = "key-exposed"


class KeyBroken(BeffroiError):
    """A key file that does not hold what its name says."""

    code = "key-broken"


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of a city. Only the certificate may be shown."""

    certificate: x509.Certificate
    signing: rsa.RSAPrivateKey = field(repr=False)
    vapid: ec.EllipticCurvePrivateKey = field(repr=False)
    address: tuple[bytes, ...] = field(repr=False)
    hash: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    django: str = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every key; raises `KeyMissing`, `KeyExposed` or `KeyBroken` with the key's name."""
        signing, certificate = _signing_key(folder), _certificate(folder)
        if certificate.public_key() != signing.public_key():
            raise KeyBroken(name="certificate")
        return cls(
            certificate=certificate,
            signing=signing,
            vapid=_push_key(folder),
            address=_secrets(folder, "address"),
            hash=_secrets(folder, "hash")[0],
            tokens=_secrets(folder, "tokens")[0],
            django=_secret_text(folder, "django"),
        )


@cache
def current() -> Keyring:
    """The keys of this process, from the folder BEFFROI_KEYS; read once."""
    return Keyring.load(folder())


def folder() -> Path:
    """Where this machine keeps its keys."""
    return env.path("BEFFROI_KEYS", Path("var/keys"))


def create_missing(folder: Path, *, common_name: str, now: datetime) -> list[str]:
    """Make the keys that are not there yet, and say which; several processes may do so at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name, make in MAKERS.items() if _write_new(folder / FILES[name], make, mode=0o600)]
    # From the file, not from memory: another process may have won, and the certificate must fit its key.
    if _write_new(folder / CERTIFICATE, lambda: _new_certificate(folder, common_name, now), mode=0o644):
        made.append("certificate")
    return made


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_signing_key() -> bytes:
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=SIGNING_BITS))


def _new_push_key() -> bytes:
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _new_secret() -> bytes:
    return secrets.token_hex(32).encode() + b"\n"


MAKERS: dict[str, Callable[[], bytes]] = {
    name: {"signing": _new_signing_key, "vapid": _new_push_key}.get(name, _new_secret) for name in FILES
}


def _new_certificate(folder: Path, common_name: str, now: datetime) -> bytes:
    return self_signed(_signing_key(folder), common_name, now).public_bytes(serialization.Encoding.PEM)


def self_signed(key: rsa.RSAPrivateKey, common_name: str, now: datetime) -> x509.Certificate:
    """A certificate of our own for signatures only, from a day before `now` (other clocks) for ten years."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    start = now.replace(microsecond=0) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365.25 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_signature_only(), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _signature_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_new(path: Path, make: Callable[[], bytes], *, mode: int) -> bool:
    """Write a whole file or nothing, and only if there is none; false if there was one."""
    if path.exists():
        return False
    content = make()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename it fails where a file is already
        except FileExistsError:
            return False
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _read(folder: Path, name: str, file: str, *, is_secret: bool = True) -> bytes:
    path = folder / file
    try:
        if is_secret and path.stat().st_mode & 0o077:
            raise KeyExposed(name=name)
        return path.read_bytes()
    except FileNotFoundError as err:
        raise KeyMissing(name=name) from err


def _private_key(folder: Path, name: str) -> object:
    raw = _read(folder, name, FILES[name])
    try:
        return serialization.load_pem_private_key(raw, password=None)
    except (ValueError, TypeError) as err:  # TypeError: the file is encrypted
        raise KeyBroken(name=name) from err


def _signing_key(folder: Path) -> rsa.RSAPrivateKey:
    key = _private_key(folder, "signing")
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyBroken(name="signing")
    return key


def _push_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    key = _private_key(folder, "vapid")
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyBroken(name="vapid")
    return key


def _certificate(folder: Path) -> x509.Certificate:
    raw = _read(folder, "certificate", CERTIFICATE, is_secret=False)
    try:
        return x509.load_pem_x509_certificate(raw)
    except ValueError as err:
        raise KeyBroken(name="certificate") from err


def _secret_text(folder: Path, name: str) -> str:
    raw = _read(folder, name, FILES[name])
    try:
        text = raw.decode().strip()
    except UnicodeDecodeError as err:
        raise KeyBroken(name=name) from err
    if len(text) < 50:  # Django's own floor for a secret key
        raise KeyBroken(name=name)
    return text


def _secrets(folder: Path, name: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(bytes.fromhex(line) for line in _secret_text(folder, name).splitlines())
    except ValueError as err:
        raise KeyBroken(name=name) from err
    if any(len(key) != 32 for key in keys):
        raise KeyBroken(name=name)
    return keys
