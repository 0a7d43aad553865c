"""XML signatures on CAP messages: ours made, others' checked against pinned keys (XML-DSig 1.1; CAP 1.2, 3.3.4).

"See what is signed": a caller reads only `Verified.data`, never the bytes it passed in.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import cryptography.exceptions
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from beffroi.errors import BadInput, BeffroiError

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Pinned = x509.Certificate | PublicKey
"""A certificate is trusted for its own dates only, a bare key always."""

_CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_SIGNATURE = f"{_DS}Signature"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_C14N = {method.value for method in CanonicalizationMethod if "COMMENTS" not in method.name}
_METHODS = {
    SignatureMethod.RSA_SHA256: rsa.RSAPublicKey,
    SignatureMethod.RSA_SHA384: rsa.RSAPublicKey,
    SignatureMethod.RSA_SHA512: rsa.RSAPublicKey,
    SignatureMethod.ECDSA_SHA256: ec.EllipticCurvePublicKey,
    SignatureMethod.ECDSA_SHA384: ec.EllipticCurvePublicKey,
    SignatureMethod.ECDSA_SHA512: ec.EllipticCurvePublicKey,
}
_KEY_KINDS = {method.value: kind for method, kind in _METHODS.items()}
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_CONFIGURATION = SignatureConfiguration(
    require_x509=False,  # the key is ours, put in place of the message's KeyInfo
    location="./",
    expect_references=1,
    signature_methods=frozenset(_METHODS),
    digest_algorithms=_DIGESTS,
    default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,  # XML-DSig 1.1, section 4.4.3.2
)


class SignatureInvalid(BadInput):
    """Base of every reason not to believe a signature; nothing of the message may be used as signed."""

    code = "signature-invalid"


class SignatureUnreadable(SignatureInvalid):
    """Not well-formed XML, or it has a DOCTYPE. Fact: `what`."""

    code = "signature-unreadable"


class SignatureMissing(SignatureInvalid):
    """There is no Signature element."""

    code = "signature-missing"


class SignatureNotAlone(SignatureInvalid):
    """There is more than one Signature, or it is not a child of the root element `alert`."""

    code = "signature-not-alone"


class SignatureUnsupported(SignatureInvalid):
    """Not one signature over the whole document with a listed algorithm. Fact: `what`."""

    code = "signature-unsupported"


class SignatureUntrusted(SignatureInvalid):
    """No pinned key made this signature."""

    code = "signature-untrusted"


class SignatureBroken(SignatureInvalid):
    """A pinned key signed another content than this."""

    code = "signature-broken"


class SignatureNotValidThen(SignatureInvalid):
    """Signed by a pinned certificate outside its dates. Facts: `since`, `until` (ISO 8601)."""

    code = "signature-not-valid-then"


class SigningError(BeffroiError):
    """No signature that verifies could be made; the message must not be published. Fact: `reason`."""

    code = "cannot-sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """`data`: canonical XML of exactly what was signed (no Signature, no comments); `key_index` into `pinned`.

    `method` says whether the bytes verified as they came or only with blank text between elements removed.
    """

    data: bytes
    method: Literal["raw", "stripped"]
    key_index: int


def read_pins(pem: bytes) -> tuple[Pinned, ...]:
    """The certificates of a PEM file, else its one public key. ValueError when it holds neither, or a key of another
    kind than RSA and elliptic curves."""
    if b"-----BEGIN CERTIFICATE-----" in pem:
        return tuple(x509.load_pem_x509_certificates(pem))
    try:
        key = load_pem_public_key(pem)
    except cryptography.exceptions.UnsupportedAlgorithm as error:
        raise ValueError("unsupported key") from error
    if not isinstance(key, PublicKey):
        raise ValueError(f"not for signatures: {type(key).__name__}")  # noqa: TRY004 - a matter of the file's content
    return (key,)


def is_signed(data: bytes) -> bool:
    """Whether a Signature stands anywhere in `data`; a misplaced one counts, so that it is judged. See `verify`."""
    return next(_parse(data).iter(_SIGNATURE), None) is not None


def verify(data: bytes, *, pinned: Sequence[Pinned], at: datetime) -> Verified:
    """The one signature of a CAP message, checked against `pinned` keys; the message's own certificate is not read.

    `at`: aware, the message's `sent`: a certificate must have been valid then, not now. First the bytes as they are,
    then with blank text removed (WMO CAP Composer signs before it indents). Raises SignatureInvalid.
    """
    if at.utcoffset() is None:
        raise ValueError("`at` must be aware")
    refusal: SignatureInvalid = SignatureUntrusted()
    methods: tuple[Literal["raw", "stripped"], ...] = ("raw", "stripped")
    for method in methods:
        root = _parse(data, is_stripped=method == "stripped")
        signature = _only_signature(root)
        _check_form(root, signature)
        for index, pin in enumerate(pinned):
            try:
                signed = _signed_by(root, signature, _key_of(pin))
                _check_dates(pin, at)
            except SignatureUntrusted:
                continue
            except (SignatureBroken, SignatureNotValidThen) as reason:
                refusal = reason
            else:
                return Verified(data=signed, method=method, key_index=index)
    raise refusal


def _parse(data: bytes, *, is_stripped: bool = False) -> etree._Element:
    # A DOCTYPE is refused before the parser sees it: with the zero bytes gone, UTF-16 and UTF-32 show it too.
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise SignatureUnreadable(what="doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=is_stripped)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SignatureUnreadable(what="xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SignatureUnreadable(what="doctype")
    return root


def _only_signature(root: etree._Element) -> etree._Element:
    signatures = list(root.iter(_SIGNATURE))
    if not signatures:
        raise SignatureMissing
    if len(signatures) > 1 or signatures[0].getparent() is not root or etree.QName(root).localname != "alert":
        raise SignatureNotAlone
    return signatures[0]


def _check_form(root: etree._Element, signature: etree._Element) -> None:
    """Default deny: exactly the elements that an enveloped signature over the whole document needs, in their order."""
    if any(not isinstance(node.tag, str) for node in signature.iter()):
        raise SignatureUnsupported(what="comment")
    if next(signature.iter(f"{_DS}RetrievalMethod"), None) is not None:
        raise SignatureUnsupported(what="RetrievalMethod")
    info, value = _children(list(signature)[:2], "SignedInfo", "SignatureValue")
    c14n, method, reference = _children(list(info), "CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, digest, digest_value = _children(list(reference), "Transforms", "DigestMethod", "DigestValue")
    _check_transforms(transforms)
    if any(len(leaf) for leaf in (c14n, method, value, digest, digest_value, *transforms)):
        raise SignatureUnsupported(what="parameter")
    if c14n.get("Algorithm") not in _C14N:
        raise SignatureUnsupported(what="CanonicalizationMethod")
    if method.get("Algorithm") not in _KEY_KINDS:
        raise SignatureUnsupported(what="SignatureMethod")
    if digest.get("Algorithm") not in {known.value for known in _DIGESTS}:
        raise SignatureUnsupported(what="DigestMethod")
    _check_uri(root, reference.get("URI"))
    for text in (value, digest_value, *signature.iter(f"{_DS}X509Certificate")):
        _check_base64(text)


def _children(children: list[etree._Element], *names: str) -> list[etree._Element]:
    if [child.tag for child in children] != [f"{_DS}{name}" for name in names]:
        raise SignatureUnsupported(what="form")
    return children


def _check_transforms(transforms: etree._Element) -> None:
    """Enveloped, then at most one canonicalisation: XSLT and XPath choose what is signed and are refused."""
    algorithms = [transform.get("Algorithm") for transform in transforms]
    if any(transform.tag != f"{_DS}Transform" for transform in transforms) or algorithms[:1] != [_ENVELOPED]:
        raise SignatureUnsupported(what="Transforms")
    if len(algorithms) > 2 or not _C14N.issuperset(algorithms[1:]):
        raise SignatureUnsupported(what="Transforms")


def _check_uri(root: etree._Element, uri: str | None) -> None:
    """The whole document, by "" or by the root's Id, which then must be the only attribute anywhere with that value."""
    if uri == "":
        return
    name = root.get("Id")
    if not name or uri != f"#{name}" or root.xpath("count(//@*[. = $name])", name=name) != 1:
        raise SignatureUnsupported(what="URI")


def _check_base64(element: etree._Element) -> None:
    """Only the one right spelling: decoders that skip rubbish or spare bits would take many texts for one signature."""
    text = "".join((element.text or "").split())
    try:
        is_canonical = bool(text) and b64encode(b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        is_canonical = False
    if not is_canonical:
        raise SignatureUnsupported(what=etree.QName(element).localname)


def _key_of(pin: Pinned) -> PublicKey:
    key = pin.public_key() if isinstance(pin, x509.Certificate) else pin
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise SignatureUntrusted
    return key


def _signed_by(root: etree._Element, signature: etree._Element, key: PublicKey) -> bytes:
    """Canonical bytes that `key` has signed. What the message says about its key is replaced by the key itself."""
    if not isinstance(key, _KEY_KINDS[signature[0][1].get("Algorithm", "")]):
        raise SignatureUntrusted
    for rest in list(signature)[2:]:
        signature.remove(rest)
    form = PublicFormat.SubjectPublicKeyInfo
    info = etree.SubElement(signature, f"{_DS}KeyInfo")
    value = etree.SubElement(info, "{http://www.w3.org/2009/xmldsig11#}DEREncodedKeyValue")
    value.text = b64encode(key.public_bytes(Encoding.DER, form)).decode()
    try:
        # The schema is not asked: Canada's Id is no xs:ID, and `_check_form` is stricter.
        result = XMLVerifier().verify(root, validate_schema=False, expect_config=_CONFIGURATION)
    except InvalidDigest as error:
        raise SignatureBroken from error
    except cryptography.exceptions.InvalidSignature as error:
        raise SignatureUntrusted from error
    except (etree.LxmlError, ValueError) as error:
        raise SignatureUnsupported(what="form") from error
    if isinstance(result, list) or result.signature_key != key.public_bytes(Encoding.PEM, form):
        raise SignatureUntrusted
    return bytes(result.signed_data)


def _check_dates(pin: Pinned, at: datetime) -> None:
    if not isinstance(pin, x509.Certificate):
        return
    since, until = pin.not_valid_before_utc, pin.not_valid_after_utc
    if not since <= at <= until:
        raise SignatureNotValidThen(since=since.isoformat(), until=until.isoformat())


def sign(data: bytes, *, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> bytes:
    """The CAP 1.2 document `data` with an enveloped signature as last child of `alert`; serve it byte for byte.

    RSA-SHA256, which every XML-DSig tool has (IPAWS and Canada use it; .NET's SignedXml knows no ECDSA). Exclusive
    canonicalisation, so that the message still verifies when lifted out of a feed or envelope. What is returned was
    verified at its own `sent`, the certificate's dates included. Raises SigningError, SignatureUnreadable.
    """
    root = _parse(data)
    if root.tag != f"{_CAP}alert" or root.attrib:
        raise SigningError(reason="not-cap-1.2")
    if key.public_key() != certificate.public_key():
        raise SigningError(reason="key-of-another-certificate")
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    tree = signer.sign(root, key=key, cert=[certificate])
    signed = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    try:
        verify(signed, pinned=[certificate], at=_sent(root))
    except SignatureInvalid as error:
        raise SigningError(reason=error.code) from error
    return signed


def _sent(root: etree._Element) -> datetime:
    try:
        at = datetime.fromisoformat(root.findtext(f"{_CAP}sent", ""))
    except ValueError as error:
        raise SigningError(reason="sent") from error
    if at.utcoffset() is None:
        raise SigningError(reason="sent")
    return at
