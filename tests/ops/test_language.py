"""Every text of the house is translated, with the same values in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from beffroi import __main__ as command
from beffroi.ops import language
from beffroi.ops.language import Msgid

VALUE = re.compile(r"%\(\w+\)s|%%|%\w")
TAG = re.compile(r"</?\w+")


def texts(string: object) -> list[str]:
    return [str(part) for part in string] if isinstance(string, tuple | list) else [str(string)]


@pytest.mark.parametrize("tongue", ["ca", "es", "fr"])
def test_everything_is_translated(tongue: str) -> None:
    assert [msgid.one for msgid in language.missing(tongue)] == []


@pytest.mark.parametrize("tongue", language.languages())
def test_translations_keep_values_and_tags(tongue: str) -> None:
    found = language.catalogue(tongue)
    for msgid in language.every():
        message = found.get(msgid.id, msgid.context)
        if message is not None and language.is_done(message):
            for text in texts(message.string):
                assert sorted(VALUE.findall(text)) == sorted(VALUE.findall(msgid.many or msgid.one)), text
                assert sorted(TAG.findall(text)) == sorted(TAG.findall(msgid.one)), text


def test_nothing_is_translated_that_nobody_says() -> None:
    wanted = {(msgid.id, msgid.context) for msgid in language.every()}
    for tongue in language.languages():
        said = {(message.id, message.context) for message in language.catalogue(tongue) if message.id}
        assert said <= wanted, f"{tongue}: run beffroi language update"


def test_django_reads_what_is_compiled() -> None:
    language.compile_all()
    with translation.override("ca"):
        assert gettext("Where") == "On"
        assert pgettext("severity", "Severe") == "Greu"
        assert ngettext("%(n)s message.", "%(n)s messages.", 3) % {"n": 3} == "3 missatges."


def test_a_language_of_messages_only_has_no_catalogue_and_breaks_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(language.languages()) < {path.name for path in language.LOCALE.iterdir()}
    (tmp_path / "nl" / "messages").mkdir(parents=True)
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    for action in ("check", "update", "compile"):
        assert command.main(["language", action]) == 0
    assert capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.rglob("*")] == ["nl", "messages"]
    with translation.override("nl"):
        assert gettext("Where") == "Where"


def test_texts_of_code() -> None:
    code = "_('one')\npgettext_lazy('severity', 'two')\nngettext('%(n)s a', '%(n)s b', 3)\nother('no')\nm._('three')"
    assert list(language.of_code(code)) == [
        Msgid(None, "one", None),
        Msgid("severity", "two", None),
        Msgid(None, "%(n)s a", "%(n)s b"),
        Msgid(None, "three", None),
    ]


def test_texts_of_templates() -> None:
    page = """{% translate "It's one" %}{% translate 'two' context "severity" %}
    {% blocktranslate with a=b.c %}Up to {{ a }} (100 %){% endblocktranslate %}
    {% blocktranslate count n=x %}{{ n }} cell{% plural %}{{ n }} cells{% endblocktranslate %}
    {% blocktranslate trimmed %}
      long
      text
    {% endblocktranslate %}"""
    assert list(language.of_template(page)) == [
        Msgid(None, "It's one", None),
        Msgid("severity", "two", None),
        Msgid(None, "Up to %(a)s (100 %%)", None),
        Msgid(None, "%(n)s cell", "%(n)s cells"),
        Msgid(None, "long text", None),
    ]


def test_a_text_that_is_not_translated_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "it" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8"
    )
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    assert command.main(["language", "check"]) == 1
    assert "it: Where\n" in capsys.readouterr().out
    assert command.main(["language", "update"]) == 0
    assert 'msgid "Where"\nmsgstr ""' in (folder / "django.po").read_text(encoding="utf-8")
    assert command.main(["language", "compile"]) == 0
    assert (folder / "django.mo").exists()
