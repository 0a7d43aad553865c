"""Many whole numbers as bytes: int64, little-endian, compressed where asked."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable


def numbers(values: Iterable[int]) -> bytes:
    """int64 each, 8 bytes a value."""
    flat = array("q", values)
    if sys.byteorder == "big":
        flat.byteswap()
    return flat.tobytes()


def read(packed: bytes) -> list[int]:
    """The values again."""
    flat = array("q")
    flat.frombytes(bytes(packed))
    if sys.byteorder == "big":
        flat.byteswap()
    return flat.tolist()


def squeeze(values: Iterable[int]) -> bytes:
    """The same, compressed (zlib level 1: a sorted array of ids shrinks to a third)."""
    return zlib.compress(numbers(values), level=1)


def unsqueeze(packed: bytes) -> list[int]:
    """The values again."""
    return read(zlib.decompress(bytes(packed)))
