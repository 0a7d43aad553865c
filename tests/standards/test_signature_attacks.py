"""Every way round a signature that we know of, refused."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from beffroi.standards.signature import (
    SignatureBroken,
    SignatureInvalid,
    SignatureMissing,
    SignatureNotAlone,
    SignatureNotValidThen,
    SignatureUnreadable,
    SignatureUnsupported,
    SignatureUntrusted,
    is_signed,
    verify,
)
from tests.standards import samples
from tests.standards.signing import BORN, canonical, identity, message, pinned, refused, unsigned
from tests.standards.wrapping import ATTACKS, CAP, DS, EVIL, MISPLACED, signature_of, wrapped


@pytest.mark.parametrize("name", ATTACKS)
def test_wrapping_a_signature_over_the_document_is_refused(name: str) -> None:
    attack = wrapped(name, message())
    assert EVIL.encode() in attack
    assert is_signed(attack)
    with pytest.raises(SignatureNotAlone if name in MISPLACED else SignatureBroken):
        verify(attack, pinned=pinned(), at=samples.SENT)


@cache
def signed_by_id() -> bytes:
    root = etree.fromstring(unsigned())
    root.set("Id", "m1")
    key, certificate = identity()
    return etree.tostring(XMLSigner().sign(root, key=key, cert=[certificate], reference_uri="#m1"))


def test_a_reference_to_the_id_of_the_root_is_the_document() -> None:
    verified = verify(signed_by_id(), pinned=pinned(), at=samples.SENT)
    assert b"Fuite de gaz" in verified.data
    assert b"Signature" not in verified.data


@pytest.mark.parametrize("evil_id", [None, "", "m2"])
@pytest.mark.parametrize("name", ATTACKS)
def test_wrapping_a_signature_over_an_id_is_refused(name: str, evil_id: str | None) -> None:
    attack = wrapped(name, signed_by_id(), evil_id)
    assert EVIL.encode() in attack
    with pytest.raises(SignatureNotAlone if name in MISPLACED else SignatureUnsupported):
        verify(attack, pinned=pinned(), at=samples.SENT)


def test_the_attacks_are_real_a_careless_verifier_falls_for_them() -> None:
    careless = SignatureConfiguration(verification_time=samples.SENT)
    fooled = []
    for name in ATTACKS:
        try:
            attack = wrapped(name, signed_by_id(), "m2")
            XMLVerifier().verify(attack, x509_cert=identity()[1], validate_schema=False, expect_config=careless)
            fooled.append(name)
        except SignXMLException as error:
            assert error.args  # the others are refused by signxml itself
    assert fooled == ["XSW2", "XSW3", "XSW4", "XSW5", "XSW6", "XSW7"]


def test_the_certificate_in_the_message_proves_nothing() -> None:
    refused(message("Other"), SignatureUntrusted)
    ours = signature_of(etree.fromstring(message())).find(f"{DS}KeyInfo")
    assert ours is not None
    mixed = etree.fromstring(message("Other"))
    signature = signature_of(mixed)
    signature.replace(signature[2], ours)
    refused(etree.tostring(mixed), SignatureUntrusted)
    with pytest.raises(SignatureUntrusted):
        verify(message(), pinned=[], at=samples.SENT)


def test_a_message_signed_with_our_public_key_as_a_secret_is_refused() -> None:
    secret = identity()[1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signer = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256)
    refused(
        etree.tostring(signer.sign(etree.fromstring(unsigned()), key=secret)),
        SignatureUnsupported,
        what="SignatureMethod",
    )


EXCLUSIVE = 'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"'
REFERENCE = '<ds:Reference URI="">'
FORMS: list[tuple[str, str, str]] = [
    ("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256", "SignatureMethod"),
    ("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", "SignatureMethod"),
    ("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1", "DigestMethod"),
    (EXCLUSIVE, EXCLUSIVE[:-1] + 'WithComments"', "CanonicalizationMethod"),
    (EXCLUSIVE, EXCLUSIVE.replace("2001/10/xml-exc-c14n#", "TR/1999/REC-xslt-19991116"), "CanonicalizationMethod"),
    ("xmldsig#enveloped-signature", "xmldsig#base64", "Transforms"),
    ("</ds:Transforms>", "<ds:Transform/></ds:Transforms>", "Transforms"),
    ("</ds:Transforms>", "<ds:Other/></ds:Transforms>", "Transforms"),
    (REFERENCE, '<ds:Reference URI="#x">', "URI"),
    (REFERENCE, '<ds:Reference URI="#">', "URI"),
    (REFERENCE, '<ds:Reference URI="#xpointer(/)">', "URI"),
    (REFERENCE, '<ds:Reference URI="http://example.org/a.xml">', "URI"),
    (REFERENCE, "<ds:Reference>", "URI"),
    ("</ds:Reference>", "</ds:Reference><ds:Reference/>", "form"),
    ("</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>", "form"),
    ("<ds:SignatureValue>", "<ds:SignatureValue><!-- x -->", "comment"),
    ("<ds:DigestValue>", "<ds:DigestValue><?x y?>", "comment"),
    ("<ds:DigestValue>", "<ds:DigestValue>!", "DigestValue"),
    ("<ds:SignatureValue>", "<ds:SignatureValue>A", "SignatureValue"),
    ("<ds:X509Data>", '<ds:RetrievalMethod URI="http://169.254.169.254/"/><ds:X509Data>', "RetrievalMethod"),
    ("</ds:DigestValue>", "<ds:X/></ds:DigestValue>", "parameter"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what"), FORMS)
def test_only_one_form_of_signature_is_taken(old: str, new: str, what: str) -> None:
    changed = message().decode().replace(old, new)
    assert changed != message().decode()
    refused(changed.encode(), SignatureUnsupported, what=what)


def test_there_is_one_spelling_of_a_signature() -> None:
    value = etree.fromstring(message()).findtext(f"{DS}Signature/{DS}SignedInfo/{DS}Reference/{DS}DigestValue", "")
    twin = value[:-2] + chr(ord(value[-2]) + 1) + "="
    assert b64decode(twin) == b64decode(value)
    refused(message().replace(value.encode(), twin.encode()), SignatureUnsupported, what="DigestValue")


def test_none_two_and_misplaced_signatures_are_refused() -> None:
    refused(unsigned(), SignatureMissing)
    two = etree.fromstring(message())
    two.append(signature_of(etree.fromstring(message())))
    refused(etree.tostring(two), SignatureNotAlone)
    deep = etree.fromstring(message())
    deep[-2].append(deep[-1])
    refused(etree.tostring(deep), SignatureNotAlone)
    refused(etree.tostring(signature_of(etree.fromstring(message()))), SignatureNotAlone)
    renamed = message().replace(b"<alert ", b"<feed ").replace(b"</alert>", b"</feed>")
    refused(renamed, SignatureNotAlone)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_a_doctype_is_refused_in_any_encoding(encoding: str) -> None:
    text = message().decode().split("\n", 1)[1]
    refused(f'<!DOCTYPE alert [<!ENTITY e "x">]>{text}'.encode(encoding), SignatureUnreadable, what="doctype")


def test_a_doctype_that_a_rare_encoding_hides_is_refused_too() -> None:
    hidden = (
        b'<?xml version="1.0" encoding="UTF-7"?>' + '<!DOCTYPE a [<!ENTITY e "x">]><a/>'.replace("<", "+ADw-").encode()
    )
    refused(hidden, SignatureUnreadable, what="doctype")


def test_a_comment_cannot_split_a_text() -> None:
    split = message().replace(b"alerte@example.be</sender>", b"alerte@example.be<!-- -->.evil</sender>")
    refused(split, SignatureBroken)
    harmless = message().replace(b"alerte@example.be</sender>", b"alerte@example<!-- -->.be</sender>")
    assert verify(harmless, pinned=pinned(), at=samples.SENT).data == canonical(unsigned())


def test_dates_are_judged_at_the_time_of_sending() -> None:
    certificate = identity()[1]
    for at in (certificate.not_valid_before_utc, certificate.not_valid_after_utc):
        assert verify(message(), pinned=[certificate], at=at).key_index == 0
    for at in (BORN - timedelta(days=2), BORN + timedelta(days=4000)):
        with pytest.raises(SignatureNotValidThen) as refusal:
            verify(message(), pinned=[certificate], at=at)
        assert set(refusal.value.facts) == {"since", "until"}
        assert verify(message(), pinned=[certificate, certificate.public_key()], at=at).key_index == 1  # type: ignore[list-item]
    with pytest.raises(ValueError, match="aware"):
        verify(message(), pinned=[certificate], at=samples.NAIVE)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_one_character_changed_is_one_too_many(data: st.DataObject) -> None:
    root = etree.fromstring(message())
    node = data.draw(st.sampled_from([n for n in root.iter(f"{CAP}*") if n.text]))
    text = node.text or ""
    index = data.draw(st.integers(0, len(text) - 1))
    node.text = text[:index] + ("x" if text[index] != "x" else "y") + text[index + 1 :]
    refused(etree.tostring(root), SignatureBroken)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(message()) - 1), st.integers(0, 7))
def test_one_bit_changed_is_refused_or_makes_no_difference(index: int, bit: int) -> None:
    changed = bytearray(message())
    changed[index] ^= 1 << bit
    try:
        assert verify(bytes(changed), pinned=pinned(), at=samples.SENT).data == canonical(unsigned())
    except SignatureInvalid as refusal:
        assert refusal.code.startswith("signature-")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(SignatureUnreadable):
        verify(data, pinned=pinned(), at=samples.SENT)
