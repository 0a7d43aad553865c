"""Keys are made once, kept from others, and an unfit one is named."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from beffroi.lib import keys
from beffroi.lib.keys import KeyBroken, KeyExposed, KeyMissing, Keyring, create_missing

NOW = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
ALL = ["signing", "vapid", "address", "hash", "tokens", "django"]


def make(folder: Path) -> list[str]:
    return create_missing(folder, common_name="Trial city", now=NOW)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("state") / "new" / "keys"
    assert make(made) == [*ALL, "certificate"]
    return made


@pytest.fixture
def folder(master: Path, tmp_path: Path) -> Path:
    """A copy of keys made once: finding the large primes of the signing key takes its time."""
    return Path(shutil.copytree(master, tmp_path / "keys"))


def test_all_keys_are_made_and_load(folder: Path) -> None:
    ring = Keyring.load(folder)
    assert ring.signing.key_size == 3072
    assert isinstance(ring.vapid.curve, ec.SECP256R1)
    secret = [*ring.address, ring.hash, ring.tokens]
    assert {len(key) for key in secret} == {32} and len(set(secret)) == 3
    assert len(ring.django) >= 50


def test_only_the_owner_may_read_secrets(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes.pop(keys.CERTIFICATE) == 0o644
    assert set(modes) == set(keys.FILES.values()), "and no draft is left"
    assert set(modes.values()) == {0o600}


def test_secrets_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make(tmp_path / "keys")
    finally:
        os.umask(before)
    Keyring.load(tmp_path / "keys")


def test_nothing_is_ever_overwritten(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert make(folder) == []
    (folder / "hash.key").unlink()
    assert make(folder) == ["hash"]
    after = {path: path.read_bytes() for path in folder.iterdir()}
    lost = before.pop(folder / "hash.key")
    assert after.pop(folder / "hash.key") != lost
    assert after == before


def test_a_lost_certificate_is_made_for_the_key_that_is_there(folder: Path) -> None:
    (folder / keys.CERTIFICATE).unlink()
    assert make(folder) == ["certificate"]
    Keyring.load(folder)


def test_several_processes_may_make_them_at_once(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(make(tmp_path / "keys"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == sorted([*ALL, "certificate"]), "each by one of them"
    Keyring.load(tmp_path / "keys")


def test_the_certificate(folder: Path) -> None:
    certificate = Keyring.load(folder).certificate
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == "CN=Trial city"
    assert certificate.not_valid_before_utc <= NOW - timedelta(hours=23)
    assert timedelta(days=3651) <= certificate.not_valid_after_utc - NOW <= timedelta(days=3653)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)
    certificate.verify_directly_issued_by(certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and not usage.key_cert_sign


def test_the_ring_shows_no_secret(folder: Path) -> None:
    ring, shown = Keyring.load(folder), repr(Keyring.load(folder))
    assert ring.django not in shown
    for name in ("signing", "vapid", "address", "hash", "tokens", "django"):
        assert f"{name}=" not in shown


@pytest.mark.parametrize("name", ALL)
def test_a_missing_key_is_named(folder: Path, name: str) -> None:
    (folder / keys.FILES[name]).unlink()
    with pytest.raises(KeyMissing) as caught:
        Keyring.load(folder)
    assert caught.value.facts == {"name": name}


def test_a_missing_certificate_is_named(folder: Path) -> None:
    (folder / keys.CERTIFICATE).unlink()
    with pytest.raises(KeyMissing) as caught:
        Keyring.load(folder)
    assert caught.value.facts == {"name": "certificate"}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_an_exposed_key_is_not_used(folder: Path, name: str, mode: int) -> None:
    (folder / keys.FILES[name]).chmod(mode)
    with pytest.raises(KeyExposed) as caught:
        Keyring.load(folder)
    assert caught.value.facts == {"name": name}


def torn(_: Path) -> bytes:
    return b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def signing(folder: Path) -> bytes:
    return (folder / keys.FILES["signing"]).read_bytes()


def vapid(folder: Path) -> bytes:
    return (folder / keys.FILES["vapid"]).read_bytes()


def other_curve(_: Path) -> bytes:
    return ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def locked(_: Path) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"word")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *((name, lambda _: b"") for name in ALL),
        *((name, lambda _: b"\xff\xfe" * 40) for name in ALL),
        ("vapid", torn),
        ("vapid", signing),
        ("vapid", other_curve),
        ("vapid", locked),
        ("signing", torn),
        ("signing", vapid),
        ("signing", locked),
        ("hash", lambda _: b"0" * 62),
        ("hash", lambda _: b"0" * 66),
        ("hash", lambda _: b"x" * 64),
        ("address", lambda _: b"0" * 64 + b"\n" + b"0" * 10),
        ("django", lambda _: b"short"),
    ],
)
def test_a_broken_key_is_named(folder: Path, name: str, content: Callable[[Path], bytes]) -> None:
    (folder / keys.FILES[name]).write_bytes(content(folder))
    with pytest.raises(KeyBroken) as caught:
        Keyring.load(folder)
    assert caught.value.facts == {"name": name}


def test_a_certificate_of_another_key_is_not_used(folder: Path, tmp_path: Path) -> None:
    assert make(tmp_path / "other")
    for wrong in ((tmp_path / "other" / keys.CERTIFICATE).read_bytes(), b"", b"-----BEGIN CERTIFICATE-----\n"):
        (folder / keys.CERTIFICATE).write_bytes(wrong)
        with pytest.raises(KeyBroken) as caught:
            Keyring.load(folder)
        assert caught.value.facts == {"name": "certificate"}


def test_several_address_keys_stand_in_their_order(folder: Path) -> None:
    file = folder / keys.FILES["address"]
    old = bytes.fromhex(file.read_text().strip())
    file.write_text("ab" * 32 + "\n" + old.hex() + "\n")
    assert Keyring.load(folder).address == (bytes([0xAB] * 32), old)


def test_the_keys_of_this_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFFROI_KEYS", str(folder))
    keys.current.cache_clear()
    try:
        assert keys.folder() == folder
        assert keys.current().tokens == Keyring.load(folder).tokens
        assert keys.current() is keys.current()
    finally:
        keys.current.cache_clear()
