"""SMS: what is counted is what is paid for, and a letter is given up only where that saves the whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.library.sms import BASIC, EXTENSION, Size, fit, measure


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(BASIC) == 127  # 128 places, one of which is the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("GSM-7", 0, 1)),
        ("x" * 160, Size("GSM-7", 160, 1)),
        ("x" * 161, Size("GSM-7", 161, 2)),
        ("x" * 306, Size("GSM-7", 306, 2)),
        ("x" * 307, Size("GSM-7", 307, 3)),
        ("€" * 80, Size("GSM-7", 160, 1)),
        ("x" * 152 + "€" + "x" * 152, Size("GSM-7", 306, 3)),  # the escape does not leave its letter: 152, 153, 1
        ("ó" * 70, Size("UCS-2", 70, 1)),
        ("ó" * 71, Size("UCS-2", 71, 2)),
        ("ó" * 66 + "🌊" + "ó" * 66, Size("UCS-2", 134, 3)),  # nor do the halves of an emoji
        ("Llueve\u00a0mucho", Size("UCS-2", 12, 1)),
    ],
)
def test_measure(text: str, size: Size) -> None:
    assert measure(text) == size


@pytest.mark.parametrize(
    ("text", "reduced"),
    [
        ("Prepárese, será rápido: Núñez", "Preparese, sera rapido: Nuñez"),
        ("Québec à l'été, ça brûle, cœur", "Québec à l'été, ca brule, coeur"),
        ("« Montez »\u00a0…", '" Montez " ...'),
        ("Marceli\u0301", "Marceli"),  # an accent apart from its letter
        ("Anul·lat, 1º", "Anul.lat, 1o"),
    ],
)
def test_a_long_text_is_reduced_to_the_cheap_alphabet(text: str, reduced: str) -> None:
    assert fit(text + "." * 70) == reduced + "." * 70


@pytest.mark.parametrize(
    "text",
    [
        "Suba ya: inundación en Llíria",  # fits one part with its accents
        "اصعد الآن إلى طابق عالٍ. " * 4 + "Llíria",  # would be as dear without them
        "Sube 🌊 " + "ó" * 100,
        "…" * 70,  # the dots would take more room than the sign
    ],
)
def test_nothing_is_given_up_for_nothing(text: str) -> None:
    assert fit(text) == text


@settings(derandomize=True, max_examples=300)
@given(
    st.text(st.one_of(st.sampled_from("aáàçñ€^ω🌊\u00a0·’"), st.characters(exclude_categories=["Cs"])), max_size=400)
)
def test_fitting_never_costs_more_and_is_done_at_once(text: str) -> None:
    once = fit(text)
    assert fit(once) == once
    assert once == text or measure(once).segments < measure(text).segments
