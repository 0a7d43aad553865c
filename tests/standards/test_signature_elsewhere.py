"""Signatures of and for others: xmlsec1 (another implementation of XML-DSig) and agencies' real messages."""

from __future__ import annotations

import os
import shlex
import subprocess
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner

from beffroi.standards.signature import (
    Pinned,
    SignatureBroken,
    SignatureInvalid,
    SignatureNotAlone,
    SignatureNotValidThen,
    SignatureUnsupported,
    sign,
    verify,
)
from tests.standards import samples
from tests.standards.signing import BORN, canonical, identity, message, pinned, refused, unsigned
from tests.standards.wrapping import CAP, DS, EVIL

KEY_DATA = "rsa"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
DOCS = Path(__file__).parents[2] / "docs" / "signatures.md"


# xmlsec1, another implementation of XML-DSig


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def documented() -> list[str]:
    """The command that docs/signatures.md gives to receivers."""
    lines = [line.strip() for line in DOCS.read_text(encoding="utf-8").splitlines()]
    commands = [line for line in lines if line.startswith("xmlsec1 --verify ")]
    assert len(commands) == 1
    return [samples.tool("xmlsec1"), *shlex.split(commands[0])[1:]]


def xmlsec1_takes(folder: Path, data: bytes, command: list[str]) -> bool:
    """What xmlsec1 says with our certificate; the system trusts what is in folder/authorities."""
    (folder / "message.xml").write_bytes(data)
    (folder / "certificate.pem").write_bytes(pem(identity()[1]))
    trust = {"SSL_CERT_DIR": str(folder / "authorities")}
    run = subprocess.run(command, cwd=folder, capture_output=True, env={**os.environ, **trust}, check=False)
    return run.returncode == 0


def test_xmlsec1_verifies_what_we_sign_by_the_command_in_the_docs(tmp_path: Path) -> None:
    assert xmlsec1_takes(tmp_path, message(), documented())
    changed = message().replace(b"<scope>Public", b"<scope>Private")
    assert changed != message()
    assert not xmlsec1_takes(tmp_path, changed, documented())
    assert not xmlsec1_takes(tmp_path, message("Other"), documented())


def test_xmlsec1_by_that_command_takes_no_key_from_the_message(tmp_path: Path) -> None:
    forged = etree.tostring(XMLSigner().sign(etree.fromstring(unsigned()), key=identity("Other")[0]))
    careless = [word for word in documented() if word not in {"--enabled-key-data", KEY_DATA}]
    assert xmlsec1_takes(tmp_path, forged, careless)
    assert not xmlsec1_takes(tmp_path, forged, documented())


def test_xmlsec1_by_that_command_trusts_no_authority_of_the_system(tmp_path: Path) -> None:
    authority, key = identity("Authority")[0], identity("Other")[0]
    authorities = tmp_path / "authorities"
    authorities.mkdir()
    (authorities / "authority.pem").write_bytes(pem(issue(authority, "Authority", authority, is_authority=True)))
    subprocess.run([samples.tool("openssl"), "rehash", str(authorities)], check=True, capture_output=True)
    forged = sign(unsigned(), key=key, certificate=issue(key, "Other", authority))
    careless = ["x509" if word == KEY_DATA else word for word in documented()]
    assert xmlsec1_takes(tmp_path, forged, careless)
    assert not xmlsec1_takes(tmp_path, forged, documented())


def issue(
    key: rsa.RSAPrivateKey, name: str, authority: rsa.RSAPrivateKey, *, is_authority: bool = False
) -> x509.Certificate:
    """A certificate signed by `authority` under the name Authority."""
    issuer, subject = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("Authority", name)]
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(BORN)
        .not_valid_after(BORN + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(authority, hashes.SHA256())
    )


TEMPLATE = """<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{method}"/><ds:Reference URI="">
<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>{transform}</ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>
<ds:SignatureValue/></ds:Signature>"""
XPATH = """<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
not(ancestor-or-self::ds:Signature) and not(self::text()[contains(., 'gaz')])</ds:XPath></ds:Transform>"""
XSLT = """<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet version="1.0"
xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><always/></xsl:template></xsl:stylesheet>
</ds:Transform>"""


def signed_by_xmlsec1(folder: Path, key: PrivateKey, transform: str = "") -> bytes:
    method = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa-sha256"
    template = TEMPLATE.format(method=method, transform=transform).encode()
    (folder / "template.xml").write_bytes(unsigned().replace(b"</alert>", b"\n" + template + b"\n</alert>"))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    command = [samples.tool("xmlsec1"), "--sign", "--privkey-pem", "key.pem", "template.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


@pytest.mark.parametrize("make", [lambda: identity()[0], lambda: ec.generate_private_key(ec.SECP256R1())])
def test_we_verify_what_xmlsec1_signs(tmp_path: Path, make: Callable[[], PrivateKey]) -> None:
    key = make()
    data = signed_by_xmlsec1(tmp_path, key)
    verified = verify(data, pinned=[identity("Other")[1], key.public_key()], at=samples.SENT)
    assert (verified.method, verified.key_index) == ("raw", 1)
    assert EVIL.encode() not in verified.data


@pytest.mark.parametrize("transform", [XPATH, XSLT])
def test_a_right_signature_over_a_chosen_part_is_refused(tmp_path: Path, transform: str) -> None:
    data = signed_by_xmlsec1(tmp_path, identity()[0], transform)
    refused(data, SignatureUnsupported, what="Transforms")


# Real messages

ECCC = "dawsonmac__T_WOCN20_C_CWVR_202210101743_2051382770.cap"
IPAWS = "willglynn__ipaws-5e6dd9de023f1930ef6548d9.xml"
SEYCHELLES, TOGO = "wmoim__sc_valid.xml", "wmoim__tg_valid.xml"


def real(name: str) -> tuple[bytes, x509.Certificate, datetime]:
    """Bytes, the certificate they carry, and `sent`."""
    data = samples.shared(f"data/cap/messages/{name}").read_bytes()
    root = etree.fromstring(data)
    text = root.findtext(f"{DS}Signature/{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate", "")
    sent = datetime.fromisoformat(root.findtext(f"{CAP}sent", ""))
    return data, x509.load_der_x509_certificate(b64decode(text)), sent


def key_in(certificate: x509.Certificate) -> Pinned:
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    return key


@pytest.mark.parametrize(
    ("name", "method", "is_dated"),
    [(ECCC, "raw", False), (IPAWS, "raw", True), (SEYCHELLES, "stripped", False), (TOGO, "stripped", False)],
)
def test_real_messages_verify(name: str, method: str, is_dated: bool) -> None:
    """`is_dated`: whether the certificate was valid at `sent`: three of four agencies signed outside its dates."""
    data, certificate, sent = real(name)
    verified = verify(data, pinned=[key_in(identity()[1]), key_in(certificate)], at=sent)
    assert (verified.method, verified.key_index) == (method, 1)
    near = sent if is_dated else certificate.not_valid_before_utc
    assert verify(data, pinned=[certificate], at=near).data == verified.data
    if not is_dated:
        with pytest.raises(SignatureNotValidThen):
            verify(data, pinned=[certificate], at=sent)


@pytest.mark.parametrize("name", [ECCC, IPAWS, SEYCHELLES, TOGO])
def test_real_messages_with_one_character_changed_do_not(name: str) -> None:
    data, certificate, sent = real(name)
    root = etree.fromstring(data)
    scope = root.find(f"{CAP}scope")
    assert scope is not None
    scope.text = "Publik"
    with pytest.raises(SignatureInvalid) as refusal:
        verify(etree.tostring(root), pinned=[key_in(certificate)], at=sent)
    assert type(refusal.value) is SignatureBroken


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("wmoim__sc_incorrect_digest.xml", "signature-untrusted"),
        ("wmoim__sc_incorrect_signature.xml", "signature-unsupported"),
        ("wmoim__sc_invalid_certificate.xml", "signature-unsupported"),
        ("wmoim__sc_invalid_digest.xml", "signature-unsupported"),
        ("wmoim__sc_invalid_signature.xml", "signature-unsupported"),
        ("wmoim__tg_invalid_certificate.xml", "signature-unsupported"),
        ("wmoim__tg_invalid_digest.xml", "signature-unsupported"),
        ("wmoim__tg_invalid_signature.xml", "signature-unsupported"),
        ("wmoim__tg_invalid_schema.xml", "signature-broken"),
    ],
)
def test_real_messages_that_must_not_verify_do_not(name: str, code: str) -> None:
    _, certificate, sent = real(SEYCHELLES if "_sc_" in name else TOGO)
    data = samples.shared(f"data/cap/messages/{name}").read_bytes()
    with pytest.raises(SignatureInvalid) as refusal:
        verify(data, pinned=[key_in(certificate)], at=sent)
    assert refusal.value.code == code


def test_an_id_that_is_no_xml_id_does_no_harm() -> None:
    """Canada's `Id="NAADS Signature"` has a blank in it; two signatures side by side, as there, are still refused."""
    named = message().replace(b"<ds:Signature ", b'<ds:Signature Id="NAADS Signature" ')
    assert verify(named, pinned=pinned(), at=samples.SENT).data == canonical(unsigned())


def test_canada_with_two_signatures_is_refused() -> None:
    data, certificate, sent = real("wmoim__ca_valid.xml")
    with pytest.raises(SignatureNotAlone):
        verify(data, pinned=[key_in(certificate)], at=sent)
