"""House rules that an import linter cannot see (ARCHITECTURE.md lists them)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "beffroi"
WRITERS = {"actions", "intake", "fanout", "log", "notes"}  # the only files that may write a row
WRITES = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "bulk_update"}
BANNED = {"utils", "helpers", "common", "misc", "services", "managers", "base", "signals"}
LINES, STATEMENT_LINES, ARGS = 400, 40, 6
NO_TWIN = {"__init__.py", "apps.py", "urls.py"}


def sources() -> list[Path]:
    return [p for p in sorted(HOUSE.rglob("*.py")) if "migrations" not in p.parts]


def function_faults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    end = node.end_lineno or node.lineno
    if end - node.lineno >= STATEMENT_LINES:
        yield f"{node.name}: more than {STATEMENT_LINES} lines"
    if len(node.args.args) + len(node.args.kwonlyargs) > ARGS:
        yield f"{node.name}: more than {ARGS} arguments"
    if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)):
        yield f"{node.name}: import inside a function (a hidden cycle)"


def write_faults(path: Path, node: ast.Call) -> Iterator[str]:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in WRITES or path.stem in WRITERS:
        return
    if "objects" in ast.unparse(node.func):
        yield f"line {node.lineno}: writes a row outside {sorted(WRITERS)}"


def faults(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if path.stem in BANNED:
        yield "a name that says nothing"
    if not ast.get_docstring(tree):
        yield "no first line that says what the file is for"
    if len(text.splitlines()) > LINES:
        yield f"more than {LINES} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from function_faults(node)
        if isinstance(node, ast.ExceptHandler) and all(isinstance(s, ast.Pass) for s in node.body):
            yield f"line {node.lineno}: an error swallowed"
        if isinstance(node, ast.Call):
            yield from write_faults(path, node)


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_file_keeps_the_house_rules(path: Path) -> None:
    assert list(faults(path)) == []


def has_code(path: Path) -> bool:
    """A models file without a method of its own, like an `__init__`, needs no test of its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return path.name != "models.py" or any(isinstance(n, ast.FunctionDef) for n in ast.walk(tree))


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_file_has_its_mirrored_test(path: Path) -> None:
    if path.name in NO_TWIN or not has_code(path):
        return
    inside = path.relative_to(HOUSE)
    twin = ROOT / "tests" / inside.parent / f"test_{inside.stem.strip('_')}.py"
    assert twin.exists(), f"write {twin.relative_to(ROOT)}"


def test_the_rules_find_a_fault(tmp_path: Path) -> None:
    bad = tmp_path / "utils.py"
    body = "import os\n    try:\n        X.objects.create()\n    except E:\n        pass\n"
    bad.write_text(f"def f(a, b, c, d, e, g, h):\n    {body}")
    assert len(list(faults(bad))) == 6


def test_no_city_is_named_in_the_house() -> None:
    names = {"valencia", "valència", "amiens", "paiporta"}
    found = [
        str(p)
        for p in HOUSE.rglob("*")
        if p.suffix in {".py", ".html", ".js", ".css", ".sql", ".toml"}
        and "vendor" not in p.parts
        and any(n in p.read_text(encoding="utf-8").lower() for n in names)
    ]
    assert found == []
