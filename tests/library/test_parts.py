"""The parts of a warning: seen where they are, missed where they are not, in every language of the library."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beffroi.library import GENERAL, load
from beffroi.library.parts import Facts, fold, missing, verbs
from tests.library.samples import SLOTS

FACTS = Facts(source=["Emergencias"], hazard=["inund", "agua"], place=["Riba-roja", "Villarroja de la Ribera"])
WHOLE = "Suba ya a un piso alto. Inundación en Riba-roja hasta las 23:30. Emergencias"


def test_a_whole_warning_lacks_nothing() -> None:
    assert missing(WHOLE, "es", FACTS) == ()


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("Emergencias", "", "source"),
        ("Inundación", "Peligro", "hazard"),
        ("Inundación", "Reinundación", "hazard"),
        ("Riba-roja", "la zona", "place"),
        ("23:30", "tarde", "time"),
        ("Suba ya a un piso alto.", "Hay peligro.", "instruction"),
    ],
)
def test_each_part_is_missed(old: str, new: str, part: str) -> None:
    assert missing(WHOLE.replace(old, new), "es", FACTS) == (part,)


@pytest.mark.parametrize("text", [WHOLE.upper(), fold(WHOLE), WHOLE.replace("Riba-roja", "Villarroja de la Ribera")])
def test_capitals_and_accents_do_not_matter_and_one_name_is_enough(text: str) -> None:
    assert missing(text, "es", FACTS) == ()


@pytest.mark.parametrize("time", ["23:30", "7.05", "18h30", "18 h 30", "18 h", "24:00"])
def test_times_however_they_are_written(time: str) -> None:
    assert missing(WHOLE.replace("23:30", time), "es", FACTS) == ()


@pytest.mark.parametrize("time", ["25:00", "2026", "3.5 km", "112", "18:65"])
def test_what_is_no_time(time: str) -> None:
    assert missing(WHOLE.replace("23:30", time), "es", FACTS) == ("time",)


def test_nothing_lacks_everything() -> None:
    assert missing("", "es", FACTS) == ("source", "hazard", "place", "time", "instruction")
    assert "instruction" in missing(WHOLE, "xx", FACTS)
    assert missing(WHOLE, "es", Facts(source=[""], hazard=[], place=[])) == ("source", "hazard", "place")


@pytest.mark.parametrize(
    ("language", "orders", "facts"),
    [
        ("en", {"go", "leave", "stay", "close", "do"}, {"water", "valid", "if", "the"}),
        ("es", {"suba", "salga", "cierre", "no baje"}, {"no", "llega", "valido", "si", "hay"}),
        ("ca", {"puge", "isca", "tanque"}, {"arriba", "valid", "si"}),
        ("fr", {"montez", "fermez", "ne"}, {"valable", "si", "questions"}),
        ("de", {"gehen", "schliessen", "bleiben"}, {"gultig", "fragen"}),
        ("ar", {"اصعد", "ادخل"}, {"الماء", "صالح"}),
    ],
)
def test_how_instructions_begin_is_learnt_from_the_library(language: str, orders: set[str], facts: set[str]) -> None:
    assert orders <= verbs(language)
    assert not facts & verbs(language)


@pytest.mark.parametrize("language", load().languages("flood"))
def test_a_filled_push_names_every_part(language: str) -> None:
    names = load().names("flood", language)
    push = load().fill("flood", "alert", GENERAL, language, replace(SLOTS, place="Riba-roja")).push
    assert missing(push, language, Facts(source=["Emergencias"], hazard=names, place=["Riba-roja"])) == ()
