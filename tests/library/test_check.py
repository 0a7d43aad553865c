"""The shipped library keeps every rule, and each rule fails on a text that is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from beffroi.library import Library, load
from beffroi.library.check import check
from tests.library.samples import small, with_phase, with_text, with_voice


def faults(library: Library) -> set[tuple[str, str]]:
    return {(result.where, result.rule) for result in check(library) if result.fault}


def message(library: Library, phase: str = "alert", language: str = "es", part: str = "push") -> str:
    (hazard,) = library.by_code
    return str(getattr(library.voices[hazard, language].messages[phase], part))


def test_every_text_that_ships_keeps_every_rule() -> None:
    results = list(check(load()))
    assert [result for result in results if result.fault] == []
    assert len(results) > 18_000


def test_a_piece_of_it_does_too() -> None:
    assert faults(small()) == set()


Break = Callable[[Library], Library]


def text(phase: str = "alert", language: str = "es", **changes: str) -> Break:
    """Replace parts of one message."""
    return lambda library: with_text(library, phase, language, **changes)


def swap(part: str, old: str, new: str, phase: str = "alert", language: str = "es") -> Break:
    """Replace words in one part of one message."""

    def broken(library: Library) -> Library:
        before = message(library, phase, language, part)
        assert old in before
        return with_text(library, phase, language, **{part: before.replace(old, new)})

    return broken


def phase(name: str, **changes: object) -> Break:
    return lambda library: with_phase(library, name, **changes)


def lines(*easy: str) -> Break:
    return lambda library: with_text(library, "alert", "es", easy_to_read=easy)


def without(language: str, gone: str) -> Break:
    """A language without one of its phases."""

    def broken(library: Library) -> Library:
        voice = library.voices["flood", language]
        messages = {name: message for name, message in voice.messages.items() if name != gone}
        return with_voice(library, language, replace(voice, messages=messages))

    return broken


def audience(language: str, *names: str) -> Break:
    """A language with these audiences only."""

    def broken(library: Library) -> Library:
        texts = dict(library.voices["flood", "es"].messages["alert"].audience)
        return with_text(library, "alert", language, audience={name: texts[name] for name in names})

    return broken


def tongue(**changes: object) -> Break:
    return lambda library: replace(
        library,
        tongues={**library.tongues, "es": replace(library.tongues["es"], **changes)},  # type: ignore[arg-type]
    )


def no_update(library: Library) -> Library:
    hazard = library.by_code["flood"]
    phases = {name: phase for name, phase in hazard.phases.items() if name != "update"}
    voices = {
        key: replace(voice, messages={name: text for name, text in voice.messages.items() if name != "update"})
        for key, voice in library.voices.items()
    }
    return replace(library, by_code={"flood": replace(hazard, phases=phases)}, voices=voices)


OFFICE = (
    "Consecuentemente, la población residente procederá inmediatamente a la adopción de precauciones individuales "
    "preventivas recomendadas por las autoridades municipales responsables de la planificación y coordinación "
    "operativa intermunicipal de emergencias hidrológicas extraordinarias, evitando desplazamientos automovilísticos "
    "interurbanos particulares no imprescindibles."
)
ES = "flood.alert.es"
BROKEN: list[tuple[str, Break, set[tuple[str, str]]]] = [
    ("no update phase", no_update, {("flood", "phase-missing")}),
    ("follow-up to another alert", phase("alert", follow_up="pre-alert"), {("flood.alert", "follow-up")}),
    ("no follow-up", phase("alert", follow_up=""), {("flood.alert", "follow-up")}),
    ("an ending with a follow-up", phase("all-clear", follow_up="update"), {("flood.all-clear", "follow-up")}),
    ("live exercise", phase("exercise", status="Actual"), {("flood.exercise", "exercise-status")}),
    ("alert as an exercise", phase("alert", status="Exercise"), {("flood.alert", "exercise-status")}),
    ("exercise that wakes", phase("exercise", severity="Severe"), {("flood.exercise", "exercise-wakes")}),
    ("correction as an update", phase("false-alarm", msgType="Update"), {("flood.false-alarm", "msgType")}),
    ("update as a new alert", phase("update", msgType="Alert"), {("flood.update", "msgType")}),
    ("urgent ending", phase("all-clear", urgency="Immediate"), {("flood.all-clear", "ending-urgency")}),
    ("alert in the past", phase("alert", urgency="Past"), {("flood.alert", "ending-urgency")}),
    ("language without the danger", lambda lib: with_voice(lib, "es", None), {("flood.es", "hazard-missing")}),
    ("language without a phase", without("es", "all-clear"), {("flood.es", "text-missing")}),
    ("small language without a phase", without("ar", "exercise"), {("flood.ar", "text-missing")}),
    ("complete language without audiences", audience("es"), {("flood.es", "audience-missing")}),
    ("some of the audiences", audience("ar", "drivers"), {("flood.ar", "audience-missing")}),
    ("other slots", swap("sms", "{source}", "{source} {time}"), {("flood.alert", "slots-differ")}),
    (
        "one language copied from another",
        lambda lib: with_text(lib, "alert", "en", push=message(lib)),
        {("flood.alert", "same-text"), ("flood.alert.en.push", "first-sentence")},
    ),
    (
        "long headline",
        swap("headline", "Suba ya", "Suba ahora mismo, sin esperar nada ni a nadie,"),
        {(f"{ES}.headline", "too-long")},
    ),
    ("long push", swap("push", "Hasta", "No espere a ver el agua para subir. Hasta"), {(f"{ES}.push", "too-long")}),
    ("long line", lines("Suba ya.", "Suba " + "ya " * 30 + "mismo."), {(f"{ES}.easy_to_read[2]", "too-long")}),
    ("one line", lines("Suba ya."), {(f"{ES}.easy_to_read", "lines")}),
    ("nine lines", lines(*["Suba ya."] * 9), {(f"{ES}.easy_to_read", "lines")}),
    ("capitals", swap("push", "No baje nunca", "NUNCA baje"), {(f"{ES}.push", "plain-words")}),
    ("exclamation", lines("Suba ya.", "¡Suba!"), {(f"{ES}.easy_to_read[2]", "plain-words")}),
    ("abbreviation", swap("description", "Preguntas", "Tel."), {(f"{ES}.description", "plain-words")}),
    ("vague words", swap("sms", "Llega agua", "Incidente"), {(f"{ES}.sms", "plain-words")}),
    (
        "a number of its own",
        swap("instruction", "Lleve", "Llame al 012. Lleve"),
        {(f"{ES}.instruction", "own-contact")},
    ),
    ("a link of its own", lines("Suba ya.", "Mire www.town.example."), {(f"{ES}.easy_to_read[2]", "own-contact")}),
    (
        "office language",
        swap("instruction", "No baje", f"{OFFICE} No baje"),
        {(f"{ES}.instruction", "hard-to-read")},
    ),
    (
        "SMS of two parts",
        swap("sms", "Deje", "Deje ya, sin mirar atrás ni esperar a nadie,"),
        {(f"{ES}.sms", "sms-segments")},
    ),
    (
        "SMS of four parts",
        lambda lib: with_text(lib, "alert", "ar", sms=message(lib, "alert", "ar", "sms") + " اصعد" * 40),
        {("flood.alert.ar.sms", "sms-segments")},
    ),
    (
        "description without its end",
        swap("description", " hasta {until}", ""),
        {(f"{ES}.description", "description-slots"), ("flood.alert", "slots-differ")},
    ),
    (
        "headline without a place",
        swap("headline", " en {place}", ""),
        {(f"{ES}.headline", "headline-place"), ("flood.alert", "slots-differ")},
    ),
    (
        "exercise word at one end only",
        swap("push", ". Simulacro", "", phase="exercise"),
        {("flood.exercise.es.push", "exercise-word")},
    ),
    (
        "exercise word in the wrong language",
        swap("headline", "Simulacro", "Exercise", phase="exercise"),
        {("flood.exercise.es.headline", "exercise-word")},
    ),
    ("exercise word in a live text", swap("sms", "Suba", "Simulacro. Suba"), {(ES, "exercise-word-live")}),
    ("push begins otherwise", swap("push", "Suba ya a un piso alto", "Suba ya"), {(f"{ES}.push", "first-sentence")}),
    (
        "long first sentence",
        lambda lib: swap("push", "alto.", "alto con todos los que vivan con usted en su casa ahora.")(
            swap("instruction", "alto.", "alto con todos los que vivan con usted en su casa ahora.")(
                swap("push", "No cruce el agua a pie ni en coche. ", "")(lib)
            )
        ),
        {(f"{ES}.instruction", "first-sentence-long")},
    ),
    (
        "a danger without a name",
        lambda lib: with_voice(lib, "es", replace(lib.voices["flood", "es"], names=("terremoto",))),
        {(f"flood.{name}.es", "part-missing") for name in ("pre-alert", "alert", "update")},
    ),
    ("long time", tongue(time="%H:%M:%S"), {("es", "time-long")}),
    ("long day", tongue(day_and_time="%d/%m/%Y %H:%M"), {("es", "until-long")}),
]


@pytest.mark.parametrize(("broken", "found"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_each_rule_fails_on_a_broken_text(broken: Break, found: set[tuple[str, str]]) -> None:
    assert faults(broken(small())) == found


def test_every_rule_was_broken_once() -> None:
    rules = {result.rule for result in check(small())}
    assert {rule for _, _, found in BROKEN for _, rule in found} == rules
