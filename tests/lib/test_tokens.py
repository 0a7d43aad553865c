"""Random ids are random; signed tokens say what was signed, for one purpose, until their time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib import base64url, tokens

KEY = bytes(32)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def test_fresh_secrets_have_the_length_asked_and_never_repeat() -> None:
    assert len(base64url.decode(tokens.fresh())) == 16
    assert len(base64url.decode(tokens.fresh(32))) == 32
    assert len({tokens.fresh() for _ in range(1000)}) == 1000


def test_short_ids_are_short_and_hard_to_misread() -> None:
    ids = {tokens.short_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(one) for one in ids} == {10}
    letters = set("".join(ids))
    assert letters == set(tokens.ALPHABET), "every letter comes up"
    assert not letters & set("01iloua") and not any(letter.isupper() for letter in letters)


def test_digest_is_sha256() -> None:
    assert tokens.digest("x") == hashlib.sha256(b"x").digest()


@settings(derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.integers(1, 10**9))
def test_a_token_says_what_was_signed(subject: str, left_s: int) -> None:
    token = tokens.issue(KEY, "leave", subject, expires_at=NOON + timedelta(seconds=left_s))
    assert token.isascii() and not set(token) & set("+/= ")
    assert tokens.read(KEY, "leave", token, now=NOON) == subject


def test_a_token_ends_at_its_moment() -> None:
    token = tokens.issue(KEY, "leave", "7", expires_at=LATER)
    assert tokens.read(KEY, "leave", token, now=LATER - timedelta(seconds=1)) == "7"
    for now in (LATER, LATER + timedelta(days=1)):
        with pytest.raises(tokens.TokenExpired) as caught:
            tokens.read(KEY, "leave", token, now=now)
        assert (caught.value.code, caught.value.status) == ("token-expired", 410)


def test_a_token_may_last_as_long_as_time() -> None:
    token = tokens.issue(KEY, "leave", "7", expires_at=datetime(9999, 1, 1, tzinfo=UTC))
    assert tokens.read(KEY, "leave", token, now=datetime(9998, 1, 1, tzinfo=UTC)) == "7"


def test_a_token_is_for_one_purpose_and_one_key() -> None:
    token = tokens.issue(KEY, "leave", "7", expires_at=LATER)
    for key, purpose in ((KEY, "confirm"), (KEY, "leav"), (bytes([1] * 32), "leave")):
        with pytest.raises(tokens.TokenBad):
            tokens.read(key, purpose, token, now=NOON)


def test_a_forged_token_is_bad_even_when_it_is_expired() -> None:
    token = tokens.issue(KEY, "leave", "7", expires_at=NOON - timedelta(days=1))
    with pytest.raises(tokens.TokenBad):
        tokens.read(KEY, "confirm", token, now=NOON)


def test_any_changed_bit_is_noticed() -> None:
    raw = base64url.decode(tokens.issue(KEY, "leave", "7", expires_at=LATER))
    for bit in range(len(raw) * 8):
        broken = bytearray(raw)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(tokens.TokenBad):
            tokens.read(KEY, "leave", base64url.encode(bytes(broken)), now=NOON)


@pytest.mark.parametrize("bad", ["", "A", "x" * 40, "é", "../../etc", "A" * 100_000, "a b", "AAAA\n"])
def test_what_is_no_token_is_bad(bad: str) -> None:
    with pytest.raises(tokens.TokenBad):
        tokens.read(KEY, "leave", bad, now=NOON)
