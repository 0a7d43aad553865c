"""The tree of errors: every error has a code of its own, for ever, and an HTTP status."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from beffroi.errors import BadInput, BeffroiError, TooLarge, Unavailable

HOUSE = Path(__file__).parents[1] / "beffroi"

# Codes are promises: docs, clients and logs know them. Add here, never change or remove.
FIRST = {
    "internal": 500,
    "bad-input": 400,
    "not-allowed": 403,
    "not-found": 404,
    "conflict": 409,
    "too-large": 413,
    "too-many": 429,
    "unavailable": 503,
}


class Kind(NamedTuple):
    """A class of errors as its file writes it."""

    name: str
    bases: set[str]
    code: str | None
    status: int | None
    has_words: bool


def kind_of(node: ast.ClassDef) -> Kind:
    own: dict[str, object] = {}
    for line in node.body:
        match line:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
            ):
                own[name] = value
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    code, status = own.get("code"), own.get("status")
    return Kind(
        node.name,
        bases,
        code if isinstance(code, str) else None,
        status if isinstance(status, int) else None,
        ast.get_docstring(node) is not None,
    )


def tree() -> list[Kind]:
    """Every error of the house, read from its files (importing them all would start half the house)."""
    files = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(HOUSE.rglob("*.py"))]
    classes = [kind_of(node) for file in files for node in ast.walk(file) if isinstance(node, ast.ClassDef)]
    names, found = {"BeffroiError"}, [kind for kind in classes if kind.name == "BeffroiError"]
    while more := [kind for kind in classes if kind.bases & names and kind not in found]:
        names |= {kind.name for kind in more}
        found += more
    return found


def test_every_error_has_a_code_of_its_own() -> None:
    assert [kind.name for kind in tree() if kind.code is None] == []
    times = Counter(kind.code for kind in tree())
    assert {code for code, count in times.items() if count > 1} == set()
    assert len(times) > len(FIRST), "the rest of the house was read too"


def test_codes_are_kebab_case() -> None:
    assert [kind.code for kind in tree() if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", kind.code or "")] == []


def test_statuses_are_errors_of_http() -> None:
    assert [kind for kind in tree() if kind.status is not None and not 400 <= kind.status <= 599] == []


def test_every_error_says_what_it_is() -> None:
    assert [kind.name for kind in tree() if not kind.has_words] == []


def test_the_first_codes_stand() -> None:
    first: list[type[BeffroiError]] = [
        BeffroiError,
        *(kind for kind in BeffroiError.__subclasses__() if kind.__module__ == "beffroi.errors"),
    ]
    assert {kind.code: kind.status for kind in first} == FIRST


def test_facts_travel_with_an_error() -> None:
    err = TooLarge(limit=10, size=11)
    assert err.facts == {"limit": 10, "size": 11}
    assert str(err) == "('too-large', {'limit': 10, 'size': 11})"
    assert BadInput().facts == {}


def test_an_error_can_be_caught_at_each_height() -> None:
    for height in (Unavailable, BeffroiError, Exception):
        with pytest.raises(height):
            raise Unavailable
