"""The table of findings: known to people, used by the reader, and never out of step."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from beffroi.standards.cap import codes
from beffroi.standards.cap.codes import RULES, SEVERITIES, STAGES

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"\| `([a-z0-9-]+)` \| (\w+) \| (\w+) \| (.+) \|")


def test_the_documentation_shows_the_table() -> None:
    text = (ROOT / "docs" / "cap-findings.md").read_text(encoding="utf-8")
    shown = [found.groups() for line in text.splitlines() if (found := ROW.fullmatch(line))]
    assert shown == [(code, rule.strict, rule.tolerant, rule.words) for code, rule in RULES.items()]


@pytest.mark.parametrize("code", RULES)
def test_a_code_is_used_and_the_table_is_sound(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert rule.stage in STAGES
    assert SEVERITIES.index(rule.strict) <= SEVERITIES.index(rule.tolerant)
    files = [file for file in Path(codes.__file__).parent.glob("*.py") if file.name != "codes.py"]
    assert any(f'"{code}"' in file.read_text(encoding="utf-8") for file in files)


def test_no_code_is_used_that_is_not_in_the_table() -> None:
    pattern = re.compile(
        r"""(?:\.add|\.record|Refused)\(\s*"([a-z0-9-]+)"|yield \(?"([a-z0-9-]+)"|append\(\("([a-z0-9-]+)\""""
    )
    used = set()
    for file in Path(codes.__file__).parent.glob("*.py"):
        used |= {"".join(found) for found in pattern.findall(file.read_text(encoding="utf-8"))}
    assert len(used) > 60
    assert used <= set(RULES)


def test_no_code_stands_in_two_groups() -> None:
    groups = (codes.SECURITY, codes.XML, codes.SCHEMA, codes.IDENTITY, codes.INFO, codes.AREA)
    assert sum(map(len, groups)) == len(RULES)


@pytest.mark.parametrize("code", RULES)
def test_the_words_are_a_sentence(code: str) -> None:
    fields = [name for _, name, _, _ in string.Formatter().parse(RULES[code].words) if name is not None]
    assert all(name.isidentifier() for name in fields)
    assert RULES[code].words.endswith((".", "}"))
