"""Plain words: each thing that is remarked is remarked where it stands, and plain texts are left alone."""

from __future__ import annotations

import pytest

from beffroi.library import load
from beffroi.library.plain import FORMULAS, Level, level, look, sentences

HARD = {
    "en": "Following the aforementioned meteorological deterioration, municipal authorities recommend implementing "
    "precautionary evacuation procedures for all residential establishments situated in the vicinity of watercourses.",
    "es": "Como consecuencia de la activación del procedimiento de emergencias, las autoridades recomiendan "
    "la adopción inmediata de medidas de autoprotección en las edificaciones residenciales próximas a los cauces.",
    "ca": "Com a conseqüència de l'activació del procediment d'emergències, les autoritats municipals recomanen "
    "l'adopció immediata de mesures d'autoprotecció en les edificacions residencials pròximes als barrancs.",
    "fr": "Conséquemment à l'activation du dispositif opérationnel, les autorités préconisent l'application "
    "immédiate des recommandations préventives dans les établissements résidentiels situés à proximité des rivières.",
}


def codes(text: str, language: str) -> list[tuple[str, str, str]]:
    return [(remark.code, remark.word, remark.better) for remark in look(text, load().language(language))]


@pytest.mark.parametrize(
    ("language", "text", "code", "word", "better"),
    [
        ("en", "An incident is under way.", "vague", "incident", "say what happens: fire, flood, gas"),
        ("en", "Avoid  travel today.", "vague", "Avoid  travel", "say it: do not drive, stay where you are"),
        ("en", "Wait approx. an hour.", "abbreviation", "approx.", "about"),
        ("en", "Wait approx an hour.", "abbreviation", "approx", "about"),
        ("en", "Ring your G.P. now.", "abbreviation", "G.P.", ""),
        ("es", "EVACÚEN la zona.", "capitals", "EVACÚEN", ""),
        ("es", "¡Suba", "exclamation", "¡", ""),
        ("es", "Suba ya!!!", "exclamation", "!!!", ""),
        ("es", "Extreme la precaución.", "vague", "Extreme la precaución", "diga qué hacer"),
        ("es", "Vaya a c/Mayor.", "abbreviation", "c/", "calle"),
        ("ca", "Evite els desplaçaments.", "vague", "Evite els desplaçaments", "diga-ho: no conduïsca, quede's on és"),
        ("fr", "Soyez prudents.", "vague", "Soyez prudents", "dites ce qu'il faut faire"),
        ("fr", "Montez au 1er, pas au RDC.", "abbreviation", "RDC.", "rez-de-chaussée"),
        ("de", "Es dauert ca. zwei Stunden.", "abbreviation", "ca.", "etwa"),
        ("nl", "Er is een incident.", "vague", "incident", "zeg wat er is: brand, water, gas"),
        ("it", "Porti acqua ecc.", "abbreviation", "ecc.", "nomini le cose"),
        ("pt", "Tenha cuidado.", "vague", "Tenha cuidado", "diga o que fazer"),
        ("ar", "وقع حادث هنا.", "vague", "حادث", "قل ماذا يحدث: حريق أو فيضان أو غاز"),
    ],
)
def test_a_remark(language: str, text: str, code: str, word: str, better: str) -> None:
    (remark,) = look(text, load().language(language))
    assert (remark.code, remark.word, remark.better) == (code, word, better)
    assert text[remark.start : remark.end] == word


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Go upstairs now. Leave the car. Water is coming fast in OK."),
        ("en", "The hotel. Approximation and incidental words are words of their own."),
        ("en", "Wait {time} in {place}."),
        ("es", "Suba ya. Av de paso: el avión y la etcétera."),
        ("es", "12:30 y 3 km"),
        ("fr", "Montez à l'étage : l'eau arrive."),
    ],
)
def test_plain_words_are_left_alone(language: str, text: str) -> None:
    assert codes(text, language) == []


def test_remarks_come_in_the_order_of_the_text_and_never_twice_for_one_place() -> None:
    text = "¡ATENCIÓN! Incidente, p. ej. en la c/ Mayor: evite los desplazamientos"
    assert [word for _, word, _ in codes(text, "es")] == [
        "¡", "ATENCIÓN", "!", "Incidente", "p. ej.", "c/", "evite los desplazamientos",
    ]  # fmt: skip


def test_an_open_slot_moves_no_position() -> None:
    (remark,) = look("En {place} hay un incidente", load().language("es"))
    assert (remark.start, remark.end) == (18, 27)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Suba. ¿Está solo? Llame…  Ya\nSalga.", ["Suba.", "¿Está solo?", "Llame…", "Ya", "Salga."]),
        ("اصعد الآن. هل أنت وحدك؟ اتصل.", ["اصعد الآن.", "هل أنت وحدك؟", "اتصل."]),
        ("A las 18.30 en el km 3.5", ["A las 18.30 en el km 3.5"]),
        ("", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_the_formulas_give_what_one_reckons_by_hand() -> None:
    # 7 words in 2 sentences each time; 10 syllables in English, 14 in Spanish, 11 in French.
    assert level("Go upstairs now. Water is coming fast.", "en") == Level(82.4, "very-easy", 7, 2)
    assert level("Suba ya arriba. El agua llega ahora.", "es") == Level(78.7, "easy", 7, 2)
    assert level("Montez vite ici. L'eau est là maintenant.", "fr") == Level(87.8, "very-easy", 7, 2)


def test_catalan_borrows_the_spanish_formula() -> None:
    assert FORMULAS["ca"] == FORMULAS["es"]


@pytest.mark.parametrize("language", sorted(FORMULAS))
def test_office_language_is_hard_and_the_library_is_plain(language: str) -> None:
    hard = level(HARD[language], language)
    easy = level(load().voices["flood", language].messages["alert"].instruction, language)
    assert hard is not None
    assert easy is not None
    assert hard.band == "very-hard"
    assert not hard.is_plain
    assert easy.is_plain
    assert easy.score > hard.score + 40


@pytest.mark.parametrize(("text", "language"), [("Gehen Sie nach oben.", "de"), ("", "es"), ("112 18:00", "es")])
def test_no_level_is_made_up(text: str, language: str) -> None:
    assert level(text, language) is None
