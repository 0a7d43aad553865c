"""Identities and signed messages of the tests of signatures."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from beffroi.lib import keys
from beffroi.standards.cap.write import write
from beffroi.standards.signature import (
    Pinned,
    SignatureInvalid,
    sign,
    verify,
)
from tests.standards import samples

Identity = tuple[rsa.RSAPrivateKey, x509.Certificate]
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def make_identity(name: str, *, now: datetime) -> Identity:
    """A new key and a certificate of its own, valid from a day before `now`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return key, keys.self_signed(key, name, now)


@cache
def made(name: str, born: datetime) -> Identity:
    """One identity a name and date: making keys is slow."""
    return make_identity(name, now=born)


def identity(name: str = "City") -> Identity:
    """Ours is the one named City."""
    return made(name, BORN)


@cache
def message(name: str = "City") -> bytes:
    key, certificate = identity(name)
    return sign(unsigned(), key=key, certificate=certificate)


def pinned(name: str = "City") -> list[Pinned]:
    return [identity(name)[1]]


def unsigned(**changes: object) -> bytes:
    return write(samples.public(**changes))


def canonical(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n", exclusive=True)


def refused(data: bytes, why: type[SignatureInvalid], **facts: str) -> None:
    with pytest.raises(SignatureInvalid) as refusal:
        verify(data, pinned=pinned(), at=samples.SENT)
    assert (type(refusal.value), dict(refusal.value.facts)) == (why, facts)
