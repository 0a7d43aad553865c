"""House rule: what the documents name is there (files, `make` verbs, commands, links, floors); the licence is whole."""

from __future__ import annotations

import argparse
import configparser
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "beffroi"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "demo").rglob("*.md")])
PARTS = ("beffroi", "tests", "docs", "demo", "scripts")
SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(?![*-])(\S.*)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?", re.ASCII)
ENDINGS = {".py", ".md", ".toml", ".json", ".js", ".po", ".html", ".css", ".png"}
NAMING = [page for page in PAGES if page.parent in {ROOT, ROOT / "docs" / "adr"} or page.stem in {"operate", "privacy"}]
"""Pages whose paths are files of ours; the others also name files of other people."""


def rel(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code(text: str) -> Iterator[str]:
    """What a page sets as code: spans, and the lines of blocks."""
    for block in BLOCK.findall(text):
        yield from block.splitlines()
    rest = BLOCK.sub("", text)
    yield from INDENTED.findall(rest)
    yield from SPAN.findall(rest)


def said(text: str, program: str) -> Iterator[list[str]]:
    """The lower-case words after a program's name, wherever the page sets it as code."""
    for snippet in code(text):
        for words in re.findall(rf"(?:^|[\s/]){program}((?: [a-z][a-z-]*)+)", snippet):
            yield words.split()


def named_paths(text: str) -> Iterator[str]:
    """Code that is the name of a file or folder."""
    for span in SPAN.findall(BLOCK.sub("", text)):
        if PATH.fullmatch(span) and ("/" in span or Path(span).suffix in ENDINGS):
            yield span


def is_there(name: str) -> bool:
    """Whether a path exists, from the root or from beffroi/; `xx` stands for any name; a bare name may lie anywhere."""
    if "/" not in name:
        return (ROOT / name).exists() or any(next((ROOT / part).rglob(name), None) for part in PARTS)
    pattern = re.sub(r"\bxx\b", "*", name.rstrip("/"))
    return any(next(where.glob(pattern), None) for where in (ROOT, HOUSE))


def verbs(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def inner(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a parser; none where it has only options."""
    found = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(next(found, {}))


def unknown(words: list[str]) -> str:
    """The first word that `beffroi` would not understand, or nothing."""
    if words[0] not in COMMANDS:
        return words[0]
    parser = argparse.ArgumentParser()
    importlib.import_module(f"beffroi.ops.{words[0]}").arguments(parser)
    for word in words[1:]:
        choices = inner(parser)
        if not choices:
            return ""
        if word not in choices:
            return word
        parser = choices[word]
    return ""


def layers() -> list[set[str]]:
    """The floors of .importlinter, from the top."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contracts["importlinter:contract:loop"]["layers"].split("\n")
    return [{room.strip(" ()") for room in line.split("|")} for line in lines if line.strip()]


def first_cells(page: str, title: str) -> list[set[str]]:
    """The code in the first cell of each row of the table under a heading."""
    section = page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| ([^|]*`[^|]*)\|", section, re.MULTILINE)
    return [set(SPAN.findall(row)) for row in rows]


@pytest.mark.parametrize("page", NAMING, ids=rel)
def test_every_path_named_is_there(page: Path) -> None:
    assert [name for name in named_paths(page.read_text(encoding="utf-8")) if not is_there(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=rel)
def test_every_test_named_is_there(page: Path) -> None:
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if f"def {name}(" not in tests] == []


@pytest.mark.parametrize("page", PAGES, ids=rel)
def test_every_make_verb_is_there(page: Path) -> None:
    known = verbs((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert [words for words in said(page.read_text(encoding="utf-8"), "make") if words[0] not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=rel)
def test_every_command_is_there(page: Path) -> None:
    assert [words for words in said(page.read_text(encoding="utf-8"), "beffroi(?:-admin)?") if unknown(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=rel)
def test_every_relative_link_resolves(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
    ours = [link for link in links if link and not link.startswith(("https:", "http:", "mailto:"))]
    assert [link for link in ours if not (page.parent / link).exists()] == []


def test_the_floors_are_those_that_are_held() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert first_cells(page, "Floors") == layers()


def test_the_map_names_every_room() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set().union(*first_cells(page, "The map of the house")) == set().union(*layers())


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {
        (index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))
    }
    assert {rel(page) for page in PAGES if "docs" in page.parts and page != index and page not in linked} == set()


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    articles = [int(number) for number in re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)]
    assert articles == list(range(1, 16))
    assert "European Union Public Licence (EUPL) v. 1.1, v. 1.2" in text.split("Appendix\n")[1]


def test_the_checks_find_what_is_not_there() -> None:
    page = (
        "Run `make tea`, `beffroi zones burn`, `beffroi fly`.\n\n    make run\n\n```\nscripts/setup beffroi doctor\n```"
    )
    assert list(said(page, "make")) == [["run"], ["tea"]]
    assert [unknown(words) for words in said(page, "beffroi")] == ["", "burn", "fly"]
    named = "`calls/models.py`, `locale/xx/`, `models.py`, `calls/nowhere.py`, `no.md`, `plain`, `/etc/x`, `a b/c`"
    assert [name for name in named_paths(named) if not is_there(name)] == ["calls/nowhere.py", "no.md"]
    assert first_cells("x\n## T\n| a | b |\n|---|---|\n| `c` `d` | `e` |\n\n## U\n| `f` | |\n", "T") == [{"c", "d"}]
