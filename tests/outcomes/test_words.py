"""The words of an end: an expiry never sounds like an all-clear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from beffroi import city
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


def test_the_library_knows_what_to_do_after_a_danger(django_db_setup: None) -> None:
    found = words.closing_texts(call(hazard="flood"), "all-clear")
    assert found["en"]["event"] == "Flood"
    assert found["en"]["headline"] == "You can come down: the flood in North-West is over"
    assert found["en"]["instruction"].startswith("You can come down. Keep away from water and mud.")
    assert "Sent by Town (test). Questions: 03 53 01 00 00." in found["en"]["description"]
    assert "Nord-Ouest" in found["fr"]["headline"]


def test_a_false_alarm_says_when_the_wrong_message_left(django_db_setup: None) -> None:
    left = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
    found = words.closing_texts(call(hazard="flood", issued_at=left), "false-alarm")
    assert found["en"]["headline"] == "Ignore the flood alert: it was a mistake, North-West"
    assert found["en"]["description"].startswith("It went to North-West at 23:05.")


def test_where_the_library_has_no_text_plain_sentences_stand(
    django_db_setup: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = words.closing_texts(call(hazard="attack"), "all-clear")
    assert plain["en"]["headline"] == "All clear: Flood in North-West is over"
    assert words.closing_texts(call(hazard="flood"), "expired") == words.closing_texts(call(), "expired")
    mute = replace(city.current(), phone="")
    monkeypatch.setattr(city, "current", lambda: mute)
    assert words.closing_texts(call(hazard="flood"), "all-clear") == plain


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
