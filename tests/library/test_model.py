"""What the library answers: which texts there are, filled texts in every one of them, CAP's defaults, what follows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from beffroi.errors import BeffroiError
from beffroi.library import GENERAL, Library, load
from beffroi.library.model import Defaults, LibraryUnknown
from beffroi.library.plain import sentences
from beffroi.library.slots import SLOT, LibrarySlotMissing
from beffroi.library.sms import measure
from tests.library.samples import SLOTS

BASE = ("pre-alert", "alert", "update", "all-clear", "false-alarm", "exercise")


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def test_the_dangers(library: Library) -> None:
    assert library.hazards() == (
        "all-purpose", "attack-threat", "chemical", "flood", "heat", "missing-child", "power-outage", "rainstorm",
        "smoke-toxic", "storm-wind", "unexploded-ordnance", "water-outage", "wildfire",
    )  # fmt: skip


def test_phases_come_in_order_and_some_dangers_have_two_alerts(library: Library) -> None:
    assert library.phases("flood") == BASE
    assert library.phases("wildfire") == (*BASE[:2], "alert-stay-inside", *BASE[2:])
    assert library.phases("chemical") == (*BASE[:2], "alert-leave", *BASE[2:])
    assert library.phases("water-outage") == (*BASE[:2], "alert-do-not-drink", *BASE[2:])


def test_languages_and_audiences(library: Library) -> None:
    assert library.languages("heat") == ("ca", "en", "es", "fr")
    assert library.languages("flood") == ("ar", "ca", "de", "en", "es", "fr", "it", "nl", "pt")
    own = (GENERAL, "ground-floor", "drivers", "schools", "outdoors", "reduced-mobility")
    assert library.audiences("flood", "alert", "es") == own
    assert library.audiences("flood", "alert", "ar") == (GENERAL,)
    assert library.audiences("flood", "update", "es") == (GENERAL,)


def test_each_text_of_each_danger_phase_audience_and_language_can_be_filled(library: Library) -> None:
    count = 0
    for hazard in library.hazards():
        for phase, language in product(library.phases(hazard), library.languages(hazard)):
            for audience in library.audiences(hazard, phase, language):
                texts = library.fill(hazard, phase, audience, language, SLOTS)
                single = (texts.headline, texts.push, texts.sms, texts.instruction, texts.description)
                assert all(part and not SLOT.search(part) for part in (*single, *texts.easy_to_read))
                assert measure(texts.sms).segments <= (3 if language == "ar" else 1)
                assert "Riba-roja" in texts.headline
                assert texts.too_long() == ()
                count += 1
    assert count == 575


def test_a_flood_in_spanish(library: Library) -> None:
    texts = library.fill("flood", "alert", GENERAL, "es", SLOTS)
    assert texts.event == "Inundación"
    assert texts.headline == "Suba ya a un piso alto: inundación en Riba-roja"
    assert texts.description == (
        "Llega agua muy rápido a Riba-roja. Válido desde 19:05 hasta 23:30. Lo envía Emergencias. "
        "Preguntas: 963 000 000. Si hay una vida en peligro, llame al 112."
    )
    assert texts.easy_to_read[:2] == ("Viene mucha agua.", "Suba ya a un piso alto.")
    assert texts.sms.endswith("Llega agua muy rapido a Riba-roja. Emergencias")
    assert "consejo" in texts.legal_note


def test_an_audience_has_its_own_instruction_and_everyones_other_texts(library: Library) -> None:
    everyone = library.fill("flood", "alert", GENERAL, "es", SLOTS)
    drivers = library.fill("flood", "alert", "drivers", "es", SLOTS)
    assert drivers.instruction.startswith("Pare y deje el coche ya.")
    assert replace(drivers, instruction=everyone.instruction) == everyone


def test_the_free_text_danger(library: Library) -> None:
    texts = library.fill("all-purpose", "alert", GENERAL, "es", SLOTS)
    assert texts.headline == "Salga del parque. (árbol caído en Riba-roja)"
    assert texts.push.startswith("Salga del parque. Árbol caído en Riba-roja. Hágalo ya")
    assert library.slots("all-purpose", "alert", "es") == {
        "place", "time", "until", "source", "phone", "action", "hazard",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["place", "source", "phone", "time", "until"])
def test_a_text_with_a_hole_is_never_given_out(library: Library, name: str) -> None:
    nothing: Any = None if name in {"time", "until"} else ""
    empty = replace(SLOTS, **{name: nothing})
    with pytest.raises(LibrarySlotMissing) as caught:
        library.fill("flood", "alert", GENERAL, "es", empty)
    assert caught.value.facts["slots"] == name


def test_an_all_clear_needs_no_end(library: Library) -> None:
    texts = library.fill("flood", "all-clear", GENERAL, "es", replace(SLOTS, until=None))
    assert "terminó a las 19:05" in texts.description


@pytest.mark.parametrize(
    ("phase", "has_note"),
    [
        ("pre-alert", True),
        ("alert", True),
        ("update", True),
        ("all-clear", False),
        ("false-alarm", False),
        ("exercise", False),
    ],
)
def test_the_legal_note_goes_with_what_asks_something_of_people(library: Library, phase: str, has_note: bool) -> None:
    assert bool(library.fill("flood", phase, GENERAL, "fr", SLOTS).legal_note) is has_note


def test_each_alert_has_its_correction(library: Library) -> None:
    texts = library.fill("flood", "false-alarm", GENERAL, "es", SLOTS)
    assert "Fue un error. Se envió a Riba-roja a las 19:05." in texts.push
    assert library.cap_defaults("flood", "false-alarm").msgType == "Cancel"


def test_cap_defaults(library: Library) -> None:
    assert library.cap_defaults("flood", "alert") == Defaults(
        status="Actual", msgType="Alert", urgency="Immediate", severity="Extreme", certainty="Likely",
        responseType=("Shelter", "Avoid"), category=("Met",),
    )  # fmt: skip
    assert library.cap_defaults("flood", "exercise").status == "Exercise"


@pytest.mark.parametrize(
    ("hazard", "phase", "follows"),
    [
        ("flood", "alert", "update"),
        ("flood", "pre-alert", "pre-alert"),
        ("flood", "update", "update"),
        ("chemical", "alert", "update"),
        ("chemical", "alert-leave", "alert-leave"),  # the update of the other alert says: stay inside
        ("wildfire", "alert-stay-inside", "alert-stay-inside"),
        ("water-outage", "alert-do-not-drink", "update"),
        ("flood", "exercise", "exercise"),
        ("flood", "all-clear", None),
        ("flood", "false-alarm", None),
    ],
)
def test_an_update_never_says_the_opposite(library: Library, hazard: str, phase: str, follows: str | None) -> None:
    assert library.follow_up(hazard, phase) == follows


def test_a_first_message_is_an_alert_or_an_exercise(library: Library) -> None:
    assert library.openings("chemical") == ("pre-alert", "alert", "alert-leave", "exercise")


def test_what_a_phase_says_at_a_glance(library: Library) -> None:
    assert library.outline("flood", "alert", "en") == "Go upstairs now: flood in …"


def test_a_text_tells_the_phase_that_it_was_written_from(library: Library) -> None:
    for hazard in library.hazards():
        for phase, language in product(library.phases(hazard), library.languages(hazard)):
            texts = library.fill(hazard, phase, GENERAL, language, SLOTS)
            told = library.phase_of(hazard, language, texts.instruction + " Two words more.")
            begins = sentences(library.voices[hazard, language].messages[phase].instruction)[:2]
            is_open = any(SLOT.search(sentence) for sentence in begins)  # the officer's own words: nobody can know
            assert told == (None if is_open else phase)
    assert library.phase_of("flood", "en", "") is None


@pytest.mark.parametrize(
    ("hazard", "phase", "audience", "language", "facts"),
    [
        ("comet", "alert", GENERAL, "es", {"hazard": "comet"}),
        ("flood", "alert-leave", GENERAL, "es", {"hazard": "flood", "phase": "alert-leave"}),
        ("heat", "alert", GENERAL, "ar", {"hazard": "heat", "language": "ar"}),
        ("flood", "alert", GENERAL, "xx", {"hazard": "flood", "language": "xx"}),
        (
            "flood",
            "update",
            "drivers",
            "es",
            {"hazard": "flood", "phase": "update", "audience": "drivers", "language": "es"},
        ),
        (
            "flood",
            "alert",
            "drivers",
            "ar",
            {"hazard": "flood", "phase": "alert", "audience": "drivers", "language": "ar"},
        ),
    ],
)
def test_what_the_library_has_not_it_says(
    library: Library, hazard: str, phase: str, audience: str, language: str, facts: dict[str, str]
) -> None:
    with pytest.raises(LibraryUnknown) as caught:
        library.fill(hazard, phase, audience, language, SLOTS)
    assert (caught.value.code, caught.value.status, caught.value.facts) == ("library-unknown", 404, facts)


def test_every_question_about_nothing_is_an_error(library: Library) -> None:
    questions = (
        lambda: library.phases("comet"),
        lambda: library.languages("comet"),
        lambda: library.audiences("flood", "comet", "es"),
        lambda: library.slots("flood", "alert", "xx"),
        lambda: library.event("comet", "es"),
        lambda: library.names("flood", "xx"),
        lambda: library.language("xx"),
        lambda: library.cap_defaults("flood", "comet"),
        lambda: library.follow_up("flood", "comet"),
        lambda: library.openings("comet"),
        lambda: library.outline("flood", "comet", "es"),
        lambda: library.phase_of("flood", "xx", "Go up."),
    )
    for question in questions:
        with pytest.raises(BeffroiError, match="library-unknown"):
            question()


def test_names_and_events(library: Library) -> None:
    assert library.event("flood", "fr") == "Inondation"
    assert library.names("flood", "fr") == ("inond", "eau")
    assert library.names("all-purpose", "fr") == ()
    assert library.language("fr").exercise_word == "Exercice"
