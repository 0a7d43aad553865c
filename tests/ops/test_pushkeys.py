"""The invented phones open what our sender seals, and nothing else; the certificate is for this machine alone."""

from __future__ import annotations

import json
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from beffroi.lib import base64url, webpush
from beffroi.ops import pushkeys
from tests.lib.test_webpush import RFC_AUTH, RFC_BODY, RFC_PLAIN


def test_the_example_of_the_standard() -> None:
    """RFC 8291, section 5: the phone of the example reads its message."""
    private = int.from_bytes(base64url.decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    phone = pushkeys.Phone(ec.derive_private_key(private, ec.SECP256R1()), base64url.decode(RFC_AUTH))
    assert pushkeys.decrypt(phone, base64url.decode(RFC_BODY)) == RFC_PLAIN


def test_phones_read_what_we_send(tmp_path: Path) -> None:
    pool = pushkeys.Pool.load(tmp_path)
    phone = pool.phones[3]
    sealed = webpush.encrypt("Pugeu al primer pis \u26a0".encode(), phone.p256dh, phone.auth)
    assert pool.decrypt("/push/3/name", sealed) == "Pugeu al primer pis \u26a0"
    assert pool.decrypt("/push/4/name", sealed).startswith("cannot be read")
    assert pool.decrypt("/push/3/name", sealed[:-1]).startswith("cannot be read")
    for path in ("/", "/push", "/push/x/name"):
        assert pool.decrypt(path, sealed).startswith("cannot be read")
    with pytest.raises(InvalidTag):
        pushkeys.decrypt(pool.phones[4], sealed)


def test_keys_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "sinks"
    pushkeys.make(folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    pushkeys.make(folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert len(json.loads(before[pushkeys.FILE])) == pushkeys.PAIRS
    for name in (pushkeys.FILE, pushkeys.KEY):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_the_certificate_names_this_machine_only(tmp_path: Path) -> None:
    pushkeys.make(tmp_path)
    certificate = x509.load_pem_x509_certificate((tmp_path / pushkeys.CERTIFICATE).read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    ssl.create_default_context(cafile=str(tmp_path / pushkeys.CERTIFICATE))
