"""Base64url against the vectors of RFC 4648 and against any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib import base64url


@settings(derandomize=True)
@given(st.binary(max_size=100))
def test_there_and_back(raw: bytes) -> None:
    text = base64url.encode(raw)
    assert "=" not in text
    assert base64url.decode(text) == raw
    assert base64url.decode(text + "=" * (-len(text) % 4)) == raw


def test_the_vectors_of_rfc_4648() -> None:
    assert [base64url.encode(b"foobar"[:n]) for n in range(7)] == [
        "",
        "Zg",
        "Zm8",
        "Zm9v",
        "Zm9vYg",
        "Zm9vYmE",
        "Zm9vYmFy",
    ]
    assert base64url.encode(b"\xfb\xff\xfe") == "-__-"


@pytest.mark.parametrize("bad", ["A", "AAAAA", "AA+A", "AA/A", "AA A", "AA\n", "=A", "A===", "é", "ＡＡ"])
def test_anything_else_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        base64url.decode(bad)
