"""The words of an end: an expiry never sounds like an all-clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from beffroi.calls.models import Call
from beffroi.outcomes import words
from tests import make


def call(**changes: Any) -> Call:
    values = {"texts": make.texts(), "area": {"areaDesc": {"fr": "Nord-Ouest", "en": "North-West"}}}
    return Call(**(values | changes))


def test_every_language_of_the_call_gets_words_with_what_and_where(django_db_setup: None) -> None:
    for ending in ("all-clear", "false-alarm", "expired"):
        found = words.closing_texts(call(), ending)
        assert list(found) == ["fr", "en"]
        assert "Inondation" in found["fr"]["headline"]
        assert "Nord-Ouest" in found["fr"]["headline"]
        assert "North-West" in found["en"]["headline"]
        assert all(text["instruction"] and text["event"] for text in found.values())


def test_an_expiry_says_that_it_is_no_all_clear(django_db_setup: None) -> None:
    text = words.closing_texts(call(), "expired")["en"]
    assert text["headline"] == "This warning has ended and was not renewed: Flood in North-West"
    assert text["instruction"].startswith("This is not an all-clear.")
    assert "all clear" not in text["headline"].lower()
    assert "passed" not in text["instruction"]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_three_ends_sound_different_in_every_language(language: str) -> None:
    with translation.override(language):
        said = [
            words.sentences(ending, {"event": "x", "where": "y"}) for ending in ("all-clear", "false-alarm", "expired")
        ]
    assert len({headline for headline, _instruction in said}) == 3
    assert len({instruction for _headline, instruction in said}) == 3


def test_a_headline_fits_the_composer(django_db_setup: None) -> None:
    long = call(area={"areaDesc": {"": "Saint-Exemple-sur-Rivière, " * 12}})
    assert len(words.closing_texts(long, "expired")["fr"]["headline"]) <= 160
