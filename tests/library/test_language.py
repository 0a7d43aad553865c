"""What is known of each language is whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from beffroi.library import load
from beffroi.library.language import Language
from beffroi.library.read import LOCALE


@pytest.fixture(params=sorted(load().tongues))
def language(request: pytest.FixtureRequest) -> Language:
    return load().language(request.param)


def test_the_languages_of_the_first_cities_are_complete() -> None:
    assert {code for code, language in load().tongues.items() if language.is_complete} == {"en", "es", "ca", "fr"}


def test_only_arabic_is_written_from_right_to_left() -> None:
    assert [code for code, language in load().tongues.items() if language.is_rtl] == ["ar"]


def test_each_folder_of_a_language_is_a_language() -> None:
    assert set(load().tongues) == {path.name for path in LOCALE.iterdir() if path.is_dir()}


def test_a_time_tells_hour_and_minute_and_the_day_where_it_must(language: Language) -> None:
    moment = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    short, long = moment.strftime(language.time), moment.strftime(language.day_and_time)
    assert {"05", "06"} <= {short[:2], short[-2:]}
    assert long.endswith(short)
    assert long.startswith("04")
    assert "03" in long


def test_no_word_is_told_to_be_replaced_by_itself(language: Language) -> None:
    lists = {**language.abbreviations, **language.vague}
    assert all(word.casefold() != better.casefold() for word, better in lists.items())
    assert len(lists) == len(language.abbreviations) + len(language.vague)
