"""Every error code has words, in every language, and a line in docs/errors.md."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import beffroi
from beffroi.errors import BeffroiError
from beffroi.web import words
from beffroi.web.problems import told

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"
APART = ("migrations", "__main__", "asgi")


def family(error: type[BeffroiError]) -> Iterator[type[BeffroiError]]:
    yield error
    for child in error.__subclasses__():
        yield from family(child)


def tree() -> dict[str, type[BeffroiError]]:
    """Every code of the house, with the class that is nearest to the root."""
    for module in pkgutil.walk_packages(beffroi.__path__, "beffroi."):
        if not any(part in module.name for part in APART):
            importlib.import_module(module.name)
    found: dict[str, type[BeffroiError]] = {}
    for error in family(BeffroiError):
        if error.__module__.startswith("beffroi."):
            found.setdefault(error.code, error)
    return found


def rows() -> list[str]:
    """The table of docs/errors.md as the code would write it."""
    lines = []
    for code, error in sorted(tree().items()):
        first = (inspect.getdoc(error) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| `{code}` | {error.status} | {first} |")
    return lines


def test_every_code_has_words_and_every_words_a_code() -> None:
    assert set(words.WORDS) == set(tree())


def test_every_code_stands_in_the_docs() -> None:
    written = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert written == rows(), "docs/errors.md should say:\n" + "\n".join(rows())


@pytest.mark.parametrize("tongue", ["en", "es", "ca", "fr"])
def test_words_can_be_told_in_every_language(tongue: str) -> None:
    with translation.override(tongue):
        for code, texts in words.WORDS.items():
            for text in texts:
                said = told(text, {"wait_s": 5, "limit": 10})
                assert said, code
                assert "%" not in said, code


def test_words_are_translated() -> None:
    with translation.override("fr"):
        assert str(words.words_of("not-found").title) != "There is nothing here"


def test_an_unknown_code_gets_the_words_of_internal() -> None:
    assert words.words_of("from-a-plug-in") == words.WORDS["internal"]
