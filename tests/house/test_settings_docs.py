"""House rule: the table in docs/settings.md and the settings that the code reads are the same list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READERS = {"text", "flag", "number", "words", "path"}  # the functions of beffroi/env.py


def readings(source: str) -> Iterator[str]:
    """The name that each `env.text("NAME")` reads, or a bare `os.environ["NAME"]`; the code where no name is seen."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env"), attr=attr)) if attr in READERS:
                match node.args:
                    case [ast.Constant(value=str(name)), *_]:
                        yield name
                    case _:
                        yield ast.unparse(node)
            case ast.ImportFrom(module="beffroi.env", names=names) if READERS & {name.name for name in names}:
                yield ast.unparse(node)  # a bare `text("NAME")` would not be seen
            case ast.Subscript(
                value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name)), ctx=ast.Load()
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Call(func=ast.Attribute(attr="getenv") | ast.Name(id="getenv")):
                yield ast.unparse(node)


def sources() -> dict[str, str]:
    files = sorted((ROOT / "beffroi").rglob("*.py"))
    return {str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for f in files if f != ROOT / "beffroi" / "env.py"}


def documented(page: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    table = documented((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    assert table == sorted(set(table)), "in order, each once"
    assert {name for source in sources().values() for name in readings(source)} == set(table)


def test_the_scan_sees_each_way_of_reading() -> None:
    calls = 'env.text("A"); env.flag("B", default=True); env.number("C", 1); env.words("D"); env.path("E"); x.text("F")'
    assert list(readings(calls)) == ["A", "B", "C", "D", "E"]
    assert list(readings("env.text(name)\nfrom beffroi.env import text")) == [
        "from beffroi.env import text",
        "env.text(name)",
    ]
    bare = 'os.environ["A"]; os.environ.get("B", x); os.getenv("C"); os.environ["D"] = x; os.environ.setdefault("E", x)'
    assert list(readings(bare)) == ["A", "B", "os.getenv('C')"]
    assert documented("| name | default |\n|---|---|\n| `A` | 1 |\n| `B` | `2` |\n") == ["A", "B"]
