"""Every code that staff can meet has words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import beffroi
from beffroi.calls.state import CERTAINTIES, RESPONSES, URGENCIES, Severity, State
from beffroi.people import access
from beffroi.web.staff import words

HOUSE = Path(beffroi.__file__).parent


def test_every_state_role_and_term_has_words() -> None:
    assert set(words.STATE) == set(State)
    assert set(words.ROLE) == set(access.ROLES)
    assert (set(words.SEVERITY), set(words.URGENCY)) == (set(Severity), set(URGENCIES))
    assert (set(words.CERTAINTY), set(words.RESPONSE)) == (set(CERTAINTIES), set(RESPONSES))


def constants(file: Path, function: str, position: int) -> set[str]:
    """Texts that are given to calls of `function` in a file."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    named = [c for c in calls if ast.unparse(c.func).endswith(function) and len(c.args) > position]
    return {
        n.value
        for c in named
        for n in ast.walk(c.args[position])
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def test_every_reason_of_the_composer_has_words() -> None:
    found = constants(HOUSE / "calls/content.py", "fault", 1)
    assert len(found) > 8
    assert found - {"why"} <= set(words.REASONS)  # why: an area's own reason, see below


def test_every_reason_of_an_area_has_words() -> None:
    text = (HOUSE / "calls/area.py").read_text()
    raised = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "AreaBad"
    ]
    given = [k.value for call in raised for k in call.keywords if k.arg == "why"]
    reasons = {str(value.value) for value in given if isinstance(value, ast.Constant)}
    assert len(reasons) >= 4
    assert reasons <= set(words.REASONS)
    assert {f"area-{reason}" for reason in reasons} <= set(words.HELD)


def test_every_line_of_the_log_about_a_call_has_words() -> None:
    written = constants(HOUSE / "calls/actions.py", "log.write", 1)
    assert {action for action in written if "." in str(action)} <= set(words.LOG)


@pytest.mark.parametrize(("count", "told"), [(0, "nobody"), (10, "10 or fewer"), (11, "11"), (41380, "41,380")])
def test_people_are_counted_as_one_reads(count: int, told: str) -> None:
    with translation.override("en"):
        assert words.people(count) == told


def test_a_field_says_its_language_where_there_are_several() -> None:
    assert words.field_name("headline.fr", 2) == "First line (fr)"
    assert words.field_name("headline.fr", 1) == "First line"
    assert words.field_name("expires", 2) == "Ends"


def test_receivers_end_a_sentence() -> None:
    assert words.receivers(41380, is_exercise=False) == "41,380 subscriptions"
    assert words.receivers(1204, is_exercise=True) == "1,204 volunteers"
    assert words.receivers(0, is_exercise=False).startswith("nobody")
    assert words.reach(0, ["a", "b"]) == "Nobody has subscribed here yet. 2 places: a, b"
    assert words.reach(12, []) == "12 subscriptions."
