"""A shelf takes one part from each file and each entry point, and says what is wrong with one that has none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beffroi.lib.shelf import NotOnShelf, Shelf, ShelfBroken

Stock = Callable[..., Shelf[str]]


@pytest.fixture
def stock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stock]:
    """Write a package of these files (and an installed plug-in, if asked) and a shelf over it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def write(files: dict[str, str], plugin: tuple[str, str] | None = None) -> Shelf[str]:
        package = tmp_path / "goods"
        package.mkdir()
        for name, content in {"__init__": "", **files}.items():
            (package / f"{name}.py").write_text(content)
        if plugin:
            name, content = plugin
            (tmp_path / "foreign_goods.py").write_text(content)
            info = tmp_path / "foreign_goods-1.dist-info"
            info.mkdir()
            (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-goods\nVersion: 1\n")
            (info / "entry_points.txt").write_text(f"[trial.goods]\n{name} = foreign_goods\n")
        return Shelf("goods", "PART", "trial.goods")

    yield write
    for name in set(sys.modules) - before:
        if name.split(".")[0] in {"goods", "foreign_goods"}:
            del sys.modules[name]


def test_parts_are_found_by_their_file_names(stock: Stock) -> None:
    shelf = stock({"sms": "PART = 'text'", "email": "PART = 'mail'", "_inner": "raise RuntimeError"})
    shelf.load()
    assert shelf.names() == ("email", "sms")
    assert (shelf.get("sms"), shelf.get("email")) == ("text", "mail")


def test_a_plug_in_stands_beside_them(stock: Stock) -> None:
    shelf = stock({"email": "PART = 'mail'"}, plugin=("fax", "PART = 'paper'"))
    shelf.load()
    assert shelf.names() == ("email", "fax")
    assert shelf.get("fax") == "paper"


def test_a_plug_in_may_not_take_a_name_that_is_there(stock: Stock) -> None:
    shelf = stock({"email": "PART = 'mail'"}, plugin=("email", "PART = 'theirs'"))
    with pytest.raises(ShelfBroken) as caught:
        shelf.load()
    assert caught.value.facts == {"shelf": "goods", "name": "email", "why": "twice"}


def test_a_file_without_its_part_is_an_error(stock: Stock) -> None:
    shelf = stock({"email": "part = 'mail'"})
    with pytest.raises(ShelfBroken) as caught:
        shelf.load()
    assert caught.value.facts["why"] == "no PART"


def test_a_file_that_fails_is_not_passed_over(stock: Stock) -> None:
    shelf = stock({"email": "import nothing_of_that_name"})
    with pytest.raises(ModuleNotFoundError):
        shelf.load()
    with pytest.raises(ShelfBroken):
        shelf.names()


def test_a_name_that_nobody_has(stock: Stock) -> None:
    shelf = stock({"email": "PART = 'mail'"})
    shelf.load()
    with pytest.raises(NotOnShelf) as caught:
        shelf.get("pigeon")
    assert caught.value.facts == {"shelf": "goods", "name": "pigeon"}


def test_a_shelf_that_was_not_loaded_says_so(stock: Stock) -> None:
    shelf = stock({"email": "PART = 'mail'"})
    with pytest.raises(ShelfBroken):
        shelf.get("email")


def test_loading_twice_changes_nothing(stock: Stock, tmp_path: Path) -> None:
    shelf = stock({"email": "PART = 'mail'"})
    shelf.load()
    (tmp_path / "goods" / "late.py").write_text("PART = 'late'")
    shelf.load()
    assert shelf.names() == ("email",)
