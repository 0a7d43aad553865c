"""Signatures both ways: ours as others verify them, others' as we do, and every way round that we know of refused."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from lxml import etree

from beffroi.standards.cap.model import Alert
from beffroi.standards.cap.read import check
from beffroi.standards.cap.write import write
from beffroi.standards.signature import (
    SignatureNotValidThen,
    SigningError,
    is_signed,
    read_pins,
    sign,
    verify,
)
from tests.standards import samples
from tests.standards.signing import BORN, canonical, identity, made, make_identity, message, pinned, unsigned
from tests.standards.wrapping import DS


def test_what_we_sign_is_an_alert_with_the_signature_last() -> None:
    data = message()
    root = etree.fromstring(data)
    assert root[-1].tag == f"{DS}Signature"
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<alert ")
    own = b64decode(root[-1].findtext(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate", ""))
    assert own == identity()[1].public_bytes(Encoding.DER)
    assert is_signed(data)
    assert not is_signed(unsigned())


def test_signing_twice_gives_the_same_bytes() -> None:
    key, certificate = identity()
    assert sign(unsigned(), key=key, certificate=certificate) == message()


def test_verified_is_what_was_signed_and_nothing_else() -> None:
    verified = verify(message(), pinned=[identity("Other")[1], *pinned()], at=samples.SENT)
    assert verified.data == canonical(unsigned())
    assert (verified.method, verified.key_index) == ("raw", 1)


def test_a_receiver_that_strips_blanks_first_can_verify_it_too() -> None:
    indented = etree.tostring(etree.fromstring(message()), pretty_print=True)
    assert indented != message()
    verified = verify(indented, pinned=pinned(), at=samples.SENT)
    assert (verified.method, verified.data) == ("stripped", canonical(unsigned()))


def test_it_verifies_lifted_out_of_a_feed_in_another_encoding() -> None:
    feed = etree.fromstring(b"<f:feed xmlns:f='http://www.w3.org/2005/Atom' xmlns:x='urn:x'><f:entry/></f:feed>")
    feed[0].append(etree.fromstring(message()))
    lifted = etree.tostring(feed[0][0]).decode().encode("utf-16")
    assert "urn:x".encode("utf-16-le") in lifted
    assert verify(lifted, pinned=pinned(), at=samples.SENT).data == canonical(unsigned())


def test_our_reader_gives_the_same_alert_from_what_was_signed_and_from_what_was_verified() -> None:
    verified = verify(message(), pinned=pinned(), at=samples.SENT)
    assert check(message()).alert == check(verified.data).alert == samples.public()


def test_the_schema_of_oasis_takes_it() -> None:
    schema = etree.XMLSchema(etree.parse(samples.shared("data/cap/schema/CAP-v1.2.xsd")))
    schema.assertValid(etree.fromstring(message()))


@settings(max_examples=20, deadline=None)
@given(samples.ALERTS)
def test_any_alert_that_can_be_written_can_be_signed(alert: Alert) -> None:
    key, certificate = made("Later", datetime(2041, 1, 1, tzinfo=UTC))
    data = write(alert)
    verified = verify(sign(data, key=key, certificate=certificate), pinned=[certificate], at=alert.sent)
    assert verified.data == canonical(data)


@pytest.mark.parametrize(
    ("reason", "data", "signer"),
    [
        ("key-of-another-certificate", unsigned, "Other"),
        ("signature-not-valid-then", lambda: unsigned(sent=BORN - timedelta(days=2)), "City"),
        ("signature-not-valid-then", lambda: unsigned(sent=BORN + timedelta(days=4000)), "City"),
        ("signature-not-alone", message, "City"),
        ("not-cap-1.2", lambda: unsigned().replace(b"cap:1.2", b"cap:1.1"), "City"),
        ("not-cap-1.2", lambda: unsigned().replace(b"<alert ", b"<alert Id='a' "), "City"),
        ("sent", lambda: unsigned().replace(b"+01:00</sent>", b"</sent>"), "City"),
        ("sent", lambda: unsigned().replace(b"<sent>2026", b"<sent>then"), "City"),
    ],
)
def test_what_would_not_verify_is_not_signed(reason: str, data: Callable[[], bytes], signer: str) -> None:
    with pytest.raises(SigningError) as refusal:
        sign(data(), key=identity(signer)[0], certificate=identity()[1])
    assert (refusal.value.code, refusal.value.facts) == ("cannot-sign", {"reason": reason})


def test_old_messages_stay_verifiable_after_rotation() -> None:
    _, renewed = make_identity("City", now=BORN + timedelta(days=3600))
    old = verify(message(), pinned=[renewed, *pinned()], at=samples.SENT)
    assert old.key_index == 1


def pem(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def test_pins_are_certificates_or_one_bare_key() -> None:
    key, certificate = identity()
    both = certificate.public_bytes(Encoding.PEM) + identity("Other")[1].public_bytes(Encoding.PEM)
    assert read_pins(both) == (certificate, identity("Other")[1])
    (bare,) = read_pins(pem(key))
    late = samples.SENT + timedelta(days=365 * 30)
    assert verify(message(), pinned=[bare], at=late).key_index == 0  # a bare key has no dates
    with pytest.raises(SignatureNotValidThen):
        verify(message(), pinned=[certificate], at=late)


@pytest.mark.parametrize("content", [b"", b"no key", pem(ed25519.Ed25519PrivateKey.generate())])
def test_what_pins_nothing(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_pins(content)
