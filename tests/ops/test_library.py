"""`beffroi library check` as it is typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from beffroi.__main__ import main
from beffroi.library.read import HAZARDS, LOCALE


@pytest.fixture
def copy(tmp_path: Path) -> list[str]:
    """The words that check a copy of one danger in two languages."""
    (tmp_path / "hazards").mkdir()
    shutil.copy(HAZARDS / "heat.toml", tmp_path / "hazards")
    for language in ("es", "fr"):
        (tmp_path / language / "messages").mkdir(parents=True)
        shutil.copy(LOCALE / language / "words.toml", tmp_path / language)
        shutil.copy(LOCALE / language / "messages" / "heat.toml", tmp_path / language / "messages")
    return ["library", "check", "--hazards", str(tmp_path / "hazards"), "--locale", str(tmp_path)]


def test_what_ships_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["library", "check"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(" passed, 0 failed")


def test_each_failure_is_a_line_and_the_answer_is_no(
    copy: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(copy) == 0
    path = tmp_path / "es" / "messages" / "heat.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Beba agua ya.", "¡Beba AGUA ya!"), encoding="utf-8")
    capsys.readouterr()
    assert main(copy) == 1
    *failures, total = capsys.readouterr().out.splitlines()
    assert failures[0] == "heat.alert.es.push: plain-words: exclamation: ¡; capitals: AGUA; exclamation: !"
    assert total.endswith(f" passed, {len(failures)} failed")


def test_a_file_that_cannot_be_read_is_a_failure_with_its_place(
    copy: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fr" / "messages" / "heat.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("{place}", "{lieu}", 1), encoding="utf-8")
    assert main(copy) == 1
    assert capsys.readouterr().out.splitlines() == [
        "fr/messages/heat.toml: pre-alert.headline: unknown-slot-lieu",
        "0 passed, 1 failed",
    ]


def test_a_folder_that_is_not_there_is_not_understood(copy: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["library"], [*copy[:3], "/nowhere"], ["library", "check", "--locale", "/nowhere"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
    assert "/nowhere is no folder" in capsys.readouterr().err


def test_a_library_without_texts_is_a_failure(
    copy: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nothing").mkdir()
    assert main([*copy[:5], str(tmp_path / "nothing")]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("/nothing: empty")
