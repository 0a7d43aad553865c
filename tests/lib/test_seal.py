"""Sealed fields open with their key in their place, and in no other way."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib.seal import SealBroken, Sealer, keyed_hash, same

OLD, NEW, OTHER = bytes(32), bytes([1] * 32), bytes([2] * 32)


def twins() -> tuple[bytes, bytes]:
    """Two keys that share their key id."""
    first: dict[int, bytes] = {}
    for number in range(300):
        key = number.to_bytes(32, "big")
        key_id = Sealer(key).seal(b"", context=b"")[1]
        if key_id in first:
            return first[key_id], key
        first[key_id] = key
    raise AssertionError("300 keys and no two with the same of 256 ids")


@settings(derandomize=True)
@given(st.binary(max_size=300), st.binary(max_size=30))
def test_there_and_back(plain: bytes, context: bytes) -> None:
    sealed = Sealer(NEW).seal(plain, context=context)
    assert Sealer(NEW).open(sealed, context=context) == plain
    assert len(sealed) == len(plain) + 30
    assert Sealer(NEW).seal(plain, context=context) != sealed, "never the same twice"


def test_old_seals_open_after_a_rotation_and_new_ones_use_the_new_key() -> None:
    sealed = Sealer(OLD).seal(b"ada@example.org", context=b"address")
    rotated = Sealer(NEW, OLD)
    assert rotated.open(sealed, context=b"address") == b"ada@example.org"
    assert Sealer(NEW).open(rotated.seal(b"x", context=b"address"), context=b"address") == b"x"
    with pytest.raises(SealBroken):
        Sealer(NEW).open(sealed, context=b"address")


def test_two_keys_of_the_same_id_are_both_tried() -> None:
    one, other = twins()
    for key in (one, other):
        assert Sealer(one, other).open(Sealer(key).seal(b"x", context=b"c"), context=b"c") == b"x"


def test_a_seal_moved_to_another_place_does_not_open() -> None:
    sealed = Sealer(NEW).seal(b"ada@example.org", context=b"address")
    with pytest.raises(SealBroken):
        Sealer(NEW).open(sealed, context=b"contact")


def test_any_changed_bit_is_noticed() -> None:
    sealed = Sealer(NEW).seal(b"ada", context=b"address")
    for bit in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            Sealer(NEW, OTHER).open(bytes(broken), context=b"address")


def test_any_shortened_seal_is_noticed() -> None:
    sealed = Sealer(NEW).seal(b"ada", context=b"address")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            Sealer(NEW).open(sealed[:length], context=b"address")


@pytest.mark.parametrize("keys", [(), (b"short",), (NEW, bytes(31)), (bytes(33),)])
def test_a_sealer_needs_whole_keys(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(*keys)


def test_a_keyed_hash_is_hmac_sha256_and_bound_to_its_purpose_and_key() -> None:
    found = keyed_hash(NEW, b"ada@example.org", purpose="address")
    assert found == hmac.new(NEW, b"address\0ada@example.org", hashlib.sha256).digest()
    assert found != keyed_hash(NEW, b"ada@example.org", purpose="contact")
    assert found != keyed_hash(OLD, b"ada@example.org", purpose="address")


def test_same() -> None:
    assert same(b"abc", b"abc")
    assert not same(b"abc", b"abd")
    assert not same(b"abc", b"ab")
