"""Readers of the environment: each setting has a type, and what cannot be read is an error with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi import env

NAME = "BEFFROI_TRIAL"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)


def test_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.text(NAME) == ""
    assert env.text(NAME, "else") == "else"
    monkeypatch.setenv(NAME, "")
    assert env.text(NAME, "else") == "", "set to nothing is set"
    monkeypatch.setenv(NAME, " as it is ")
    assert env.text(NAME, "else") == " as it is "


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("sésame\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    assert env.text(NAME, "else") == "sésame"
    monkeypatch.setenv(NAME, "nearer")
    assert env.text(NAME) == "nearer"


def test_a_secret_file_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "gone"))
    with pytest.raises(env.BadSetting) as caught:
        env.text(NAME, "else")
    assert caught.value.facts == {"name": f"{NAME}_FILE", "value": str(tmp_path / "gone")}


@pytest.mark.parametrize("value", ["1", "yes", "ON", " True "])
def test_a_flag_that_is_up(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME) is True


@pytest.mark.parametrize("value", ["0", "no", "Off", "false", ""])
def test_a_flag_that_is_down(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=True) is False


def test_a_flag_that_nobody_set() -> None:
    assert env.flag(NAME) is False
    assert env.flag(NAME, default=True) is True


@pytest.mark.parametrize("value", ["2", "maybe", "yes please"])
def test_a_flag_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(env.BadSetting) as caught:
        env.flag(NAME)
    assert caught.value.facts["name"] == NAME


def test_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.number(NAME, 7) == 7
    monkeypatch.setenv(NAME, " -12 ")
    assert env.number(NAME, 7) == -12
    for bad in ("", "1.5", "ten"):
        monkeypatch.setenv(NAME, bad)
        with pytest.raises(env.BadSetting):
            env.number(NAME, 7)


def test_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.words(NAME) == []
    assert env.words(NAME, "a b") == ["a", "b"]
    monkeypatch.setenv(NAME, " a.example, b.example ,,c.example\td.example ")
    assert env.words(NAME) == ["a.example", "b.example", "c.example", "d.example"]


def test_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.path(NAME, tmp_path) == tmp_path
    monkeypatch.chdir(tmp_path)
    assert env.path(NAME, Path("var")) == tmp_path / "var"
    for value, found in (("sub/file", tmp_path / "sub" / "file"), ("/etc", Path("/etc")), ("", tmp_path / "var")):
        monkeypatch.setenv(NAME, value)
        assert env.path(NAME, Path("var")) == found
