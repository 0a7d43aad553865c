"""Sealing of small fields (addresses, contacts) with a key outside the database, and keyed hashes to find them."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beffroi.errors import BeffroiError

VERSION = 1
KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16


class SealBroken(BeffroiError):
    """A sealed field that no key of ours opens: changed, moved to another place, or sealed with a lost key."""

    code = "seal-broken"


class Sealer:
    """AES-256-GCM: version (1 byte), key id (1), nonce (12), ciphertext and tag; the first key seals, any opens.

    `context` names what is sealed and where (for example b"subscription.address"): a field copied to another place
    does not open. With random nonces one key is good for 2^32 seals (NIST SP 800-38D section 8.3).
    """

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError("a sealer needs one or more keys of 32 bytes, the newest first")
        self._keys: Sequence[tuple[int, AESGCM]] = [(_key_id(key), AESGCM(key)) for key in keys]

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """30 bytes longer than `plain`; never the same twice."""
        key_id, key = self._keys[0]
        head, nonce = bytes((VERSION, key_id)), os.urandom(NONCE_BYTES)
        return head + nonce + key.encrypt(nonce, plain, head + context)

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """What was sealed; raises `SealBroken`."""
        head, nonce, rest = sealed[:2], sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
        if len(rest) < TAG_BYTES or head[0] != VERSION:
            raise SealBroken
        for key_id, key in self._keys:
            if key_id != head[1]:
                continue
            try:
                return key.decrypt(nonce, rest, head + context)
            except InvalidTag:  # one key id in 256 is shared by chance: the next key may fit
                continue
        raise SealBroken


def keyed_hash(key: bytes, value: bytes, *, purpose: str) -> bytes:
    """HMAC-SHA256: finds equal values without saying what they are; hashes of different purposes never match."""
    return hmac.digest(key, purpose.encode() + b"\0" + value, "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Equality in a time that does not tell where the two differ."""
    return hmac.compare_digest(one, other)


def _key_id(key: bytes) -> int:
    return hashlib.sha256(b"beffroi key id\0" + key).digest()[0]
