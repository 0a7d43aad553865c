"""A certificate authority of our own for `localhost`, made for each run: what it takes to serve and to trust it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """`ca_file`: what a client must trust; `chain_file`: the server's certificate and key; both PEM.

    `spki` is the SHA-256 of the server's public key in base64, the form in which Chromium takes a pinned key.
    """

    ca_file: Path
    chain_file: Path
    spki: str

    def server_context(self) -> ssl.SSLContext:
        """TLS as a server that speaks HTTP/1.1 only and says so (ALPN), so that an HTTP/2 client knows to step down."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain_file)
        context.set_alpn_protocols(["http/1.1"])
        return context


def make_certificate(folder: Path) -> Certificate:
    """Write an authority and a certificate for `localhost` that it signed into `folder`."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Push stand-in authority")
    authority = _draft(ca_name, ca_name, ca_key, ca_key)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_usage(is_authority=True), critical=True)
    server = _draft(ca_name, _name("localhost"), key, ca_key)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    server = server.add_extension(_usage(is_authority=False), critical=True)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    server = server.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    ca_file, chain_file = folder / "push-ca.pem", folder / "push-server.pem"
    ca_file.write_bytes(authority.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain_file.write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM) + private)
    digest = hashlib.sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return Certificate(ca_file, chain_file, base64.b64encode(digest).decode())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _draft(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, ca_key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    draft = x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(key.public_key())
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + 7 * DAY)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return draft.add_extension(authority_key, critical=False)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
