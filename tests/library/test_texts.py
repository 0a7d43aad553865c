"""Filled texts say which of their parts a long value has pushed over the limit."""

from __future__ import annotations

from dataclasses import replace

from beffroi.library import GENERAL, load
from beffroi.library.texts import TooLong
from tests.library.samples import SLOTS


def test_a_call_takes_three_parts_and_the_law_stands_last() -> None:
    texts = load().fill("flood", "alert", GENERAL, "en", SLOTS)
    assert texts.written() == {
        "headline": texts.headline,
        "instruction": texts.instruction,
        "description": f"{texts.description}\n\n{texts.legal_note}",
    }
    over = load().fill("flood", "all-clear", GENERAL, "en", SLOTS)
    assert over.written()["description"] == over.description


def test_nothing_is_too_long_with_usual_values() -> None:
    assert load().fill("flood", "alert", "general", "es", SLOTS).too_long() == ()


def test_a_long_place_is_told_part_by_part() -> None:
    texts = load().fill("flood", "alert", "general", "es", replace(SLOTS, place="x" * 80))
    assert texts.too_long() == (
        TooLong("headline", len(texts.headline), 90),
        TooLong("push", len(texts.push), 240),
    )
    assert len(texts.headline) == 118
