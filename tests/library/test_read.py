"""Reading: the shipped files are whole and frozen; a file with a mistake is refused with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from beffroi.library import load
from beffroi.library.read import HAZARDS, LOCALE, LibraryBad, read

FLOOD = "hazards/flood.toml"
SPANISH = "locale/es/messages/flood.toml"
WORDS = "locale/es/words.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One danger in one language."""
    for source, target in (
        (HAZARDS / "flood.toml", FLOOD),
        (LOCALE / "es" / "messages" / "flood.toml", SPANISH),
        (LOCALE / "es" / "words.toml", WORDS),
    ):
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tmp_path / target)
    return tmp_path


def refused(folder: Path) -> tuple[object, object, object]:
    with pytest.raises(LibraryBad) as caught:
        read(folder / "hazards", folder / "locale")
    assert caught.value.code == "library-bad"
    facts = caught.value.facts
    return facts["file"], facts["path"], facts["reason"]


def test_the_library_is_read_once_and_cannot_be_changed() -> None:
    assert load() is load()
    with pytest.raises(TypeError):
        load().by_code["comet"] = load().by_code["flood"]  # type: ignore[index]
    with pytest.raises(TypeError):
        load().by_code["flood"].phases["alert"] = load().by_code["flood"].phases["update"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        load().by_code["flood"].code = "comet"  # type: ignore[misc]


def test_every_file_is_read() -> None:
    assert len(load().by_code) == len(list(HAZARDS.iterdir()))
    assert len(load().voices) == len(list(LOCALE.glob("*/messages/*"))) == 67
    assert load().by_code["flood"].meteoalarm_awareness_type == (12, 13)


def test_a_danger_and_a_language_are_each_one_file_more(folder: Path) -> None:
    shutil.copy(folder / FLOOD, folder / "hazards" / "tsunami.toml")
    shutil.copytree(folder / "locale" / "es", folder / "locale" / "gl")
    library = read(folder / "hazards", folder / "locale")
    assert library.hazards() == ("flood", "tsunami")
    assert library.languages("flood") == ("es", "gl")
    assert library.languages("tsunami") == ()
    assert library.language("gl").code == "gl"


@pytest.mark.parametrize(
    ("file", "old", "new", "path", "reason"),
    [
        (FLOOD, "format = 1", "format = 2", "format", "unknown"),
        (FLOOD, "format = 1", "", "format", "missing"),
        (FLOOD, "format = 1", 'format = "1"', "format", "not-int"),
        (FLOOD, "format = 1", "format = 1\nformt = 1", "formt", "unknown-key"),
        (FLOOD, '["Met"]', '["Weather"]', "category", "unknown-Weather"),
        (FLOOD, '["Met"]', "[1]", "category", "not-a-text"),
        (FLOOD, "[12, 13]", '["12"]', "meteoalarm_awareness_type", "not-int"),
        (FLOOD, '"Extreme"', '"Huge"', "phase.alert.severity", "unknown-Huge"),
        (FLOOD, '"Expected"', '"Late"', "phase.pre-alert.urgency", "unknown-Late"),
        (FLOOD, '"Exercise"', '"Draft"', "phase.exercise.status", "unknown-Draft"),
        (FLOOD, '"Cancel"', '"Error"', "phase.false-alarm.msgType", "unknown-Error"),
        (FLOOD, '["Shelter", "Avoid"]', '["Pray"]', "phase.alert.responseType", "unknown-Pray"),
        (FLOOD, 'certainty = "Likely"', "", "phase.alert.certainty", "missing"),
        (FLOOD, 'certainty = "Likely"', "scope = 1", "phase.alert.scope", "unknown-key"),
        (FLOOD, "audiences = [", 'audiences = ["",', "phase.alert.audiences", "not-a-text"),
        (SPANISH, 'event = "Inundación"', "", "event", "missing"),
        (SPANISH, 'event = "Inundación"', 'event = ""', "event", "not-a-text"),
        (SPANISH, "names = [", "name = [", "name", "unknown-key"),
        (SPANISH, "[alert]", "[alerta]", "alerta", "unknown-key"),
        (SPANISH, "[alert.audience]", "[alert.audiences]", "alert.audiences", "unknown-key"),
        (SPANISH, "drivers =", "riders =", "alert.audience.riders", "unknown-key"),
        (SPANISH, "en {place}", "en {plaza}", "pre-alert.headline", "unknown-slot-plaza"),
        (SPANISH, "en {place}", "en {place", "pre-alert.headline", "stray-brace"),
        (SPANISH, "en {place}", "en {the place}", "pre-alert.headline", "stray-brace"),
        (SPANISH, "piso alto: ", "piso alto:  ", "pre-alert.headline", "unclean"),
        (SPANISH, "piso alto: ", "piso\\u202e alto: ", "pre-alert.headline", "unclean"),
        (SPANISH, '"Viene mucha agua."', '"Viene\\nagua."', "alert.easy_to_read", "unclean"),
        (SPANISH, '"Viene mucha agua."', "1", "alert.easy_to_read", "not-a-text"),
        (WORDS, "complete = true", "complete = 1", "complete", "not-bool"),
        (WORDS, "complete = true", "whole = true", "whole", "unknown-key"),
        (WORDS, 'exercise_word = "Simulacro"', "", "exercise_word", "missing"),
        (WORDS, "[vague]", "[wage]", "wage", "unknown-key"),
        (WORDS, '"incidente" = "', '"incidente" = 1 # "', "vague.incidente", "not-str"),
    ],
)
def test_a_mistake_is_told_with_its_place(folder: Path, file: str, old: str, new: str, path: str, reason: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert refused(folder) == ("/".join(Path(folder / file).parts[-3:]), path, reason)


@pytest.mark.parametrize("raw", [b"= 1", b"\xff", b"format = 1\nphase = 1"])
def test_what_is_no_table_is_refused(folder: Path, raw: bytes) -> None:
    (folder / FLOOD).write_bytes(raw)
    assert refused(folder)[0] == "/".join((folder / FLOOD).parts[-3:])


def test_texts_without_a_danger_or_without_a_language_are_refused(folder: Path) -> None:
    shutil.copy(folder / SPANISH, folder / "locale/es/messages/comet.toml")
    assert refused(folder) == ("es/messages/comet.toml", "", "no-hazard")
    (folder / "locale/es/messages/comet.toml").unlink()
    (folder / WORDS).unlink()
    assert refused(folder) == ("es/messages/flood.toml", "", "no-words")
