"""Texts in several languages at once, and what a person is told to look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beffroi.library import GENERAL, Finding, draft, load
from beffroi.library.model import LibraryUnknown
from beffroi.library.slots import LibrarySlotBad
from tests.library.samples import SLOTS


def test_the_texts_of_every_language_asked_for() -> None:
    found = draft("flood", "alert", {"es": SLOTS, "ca": replace(SLOTS, place="Riba-roja de Túria"), "en": SLOTS})
    assert list(found.texts) == ["es", "ca", "en"]
    assert found.texts["es"] == load().fill("flood", "alert", GENERAL, "es", SLOTS)
    assert "Riba-roja de Túria" in found.texts["ca"].headline
    assert found.findings == ()


def test_a_tag_is_served_by_the_language_of_its_first_part() -> None:
    found = draft("heat", "alert", {"ca-ES": SLOTS, "xx-ES": SLOTS})
    assert found.texts["ca-ES"].language == "ca"
    assert found.findings == (Finding("xx-ES", "language-missing"),)


def test_a_danger_without_texts_in_a_language_leaves_it_out() -> None:
    found = draft("heat", "alert", {"de": SLOTS, "fr": SLOTS})
    assert (list(found.texts), found.findings) == (["fr"], (Finding("de", "language-missing"),))


def test_a_language_with_a_hole_is_left_out_and_each_hole_is_named() -> None:
    found = draft("flood", "alert", {"es": replace(SLOTS, place="", phone=""), "fr": SLOTS})
    assert list(found.texts) == ["fr"]
    assert found.findings == (Finding("es", "slot-missing", "phone"), Finding("es", "slot-missing", "place"))


def test_an_audience_without_its_own_instruction_gets_everyones() -> None:
    found = draft("flood", "alert", {"es": SLOTS, "ar": SLOTS}, audience="drivers")
    assert found.texts["es"].instruction.startswith("Pare y deje el coche ya.")
    assert found.texts["ar"] == load().fill("flood", "alert", GENERAL, "ar", SLOTS)
    assert found.findings == (Finding("ar", "audience-missing", word="drivers"),)


def test_what_long_or_loud_values_spoil_is_said_once() -> None:
    found = draft("flood", "alert", {"en": replace(SLOTS, place="the TOWN " + "of many quarters " * 5)})
    assert {(one.code, one.part, one.word) for one in found.findings} == {
        ("too-long", "headline", str(len(found.texts["en"].headline))),
        ("too-long", "push", str(len(found.texts["en"].push))),
        ("sms-segments", "sms", "2"),
        ("capitals", "headline", "TOWN"),
    }


def test_what_the_library_has_not_at_all_is_an_error() -> None:
    for hazard, phase in (("comet", "alert"), ("flood", "alert-leave")):
        with pytest.raises(LibraryUnknown):
            draft(hazard, phase, {"es": SLOTS})
    naive = replace(SLOTS, time=SLOTS.time and SLOTS.time.replace(tzinfo=None))
    with pytest.raises(LibrarySlotBad):
        draft("flood", "alert", {"es": naive})
