"""Packed numbers come back as they went."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib import packed


@settings(derandomize=True)
@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1)))
def test_there_and_back(values: list[int]) -> None:
    assert packed.read(packed.numbers(values)) == values
    assert packed.unsqueeze(packed.squeeze(values)) == values


def test_the_bytes_are_the_same_on_every_machine() -> None:
    assert packed.numbers([1, -2]) == bytes([1, 0, 0, 0, 0, 0, 0, 0, 0xFE, *[0xFF] * 7])


def test_sorted_ids_shrink() -> None:
    ids = list(range(1_000_000, 1_010_000))
    assert len(packed.squeeze(ids)) < len(packed.numbers(ids)) / 2
