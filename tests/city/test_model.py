"""The model by itself: it is frozen, knows its languages, and its rules hold what they say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from beffroi.city.model import Between, Form
from tests.city.samples import city


def test_city_is_frozen_to_the_bottom(tmp_path: Path) -> None:
    town = city(tmp_path)
    with pytest.raises(FrozenInstanceError):
        town.slug = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        town.cap.sender = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        town.name["nl"] = "other"  # type: ignore[index]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr", "fr"), ("fr-BE", "fr"), ("FR-be", "fr"), ("nl-NL", "nl"), ("de", "nl"), ("", "nl"), ("frr", "nl")],
)
def test_language_is_the_nearest_or_the_first(tmp_path: Path, tag: str, language: str) -> None:
    assert city(tmp_path).language(tag) == language


def test_language_prefers_the_exact_tag(tmp_path: Path) -> None:
    town = replace(city(tmp_path), languages=("nl-BE", "nl", "fr-BE"))
    assert [town.language(tag) for tag in ("nl", "nl-BE", "nl-NL", "fr")] == ["nl", "nl-BE", "nl", "fr-BE"]


def test_form_wants_the_whole_text() -> None:
    form = Form("not-a-code", "[a-z]+")
    assert form.holds("abc")
    assert not form.holds("abc\n")
    assert not form.holds("abc d")


def test_between_includes_its_ends_and_refuses_what_is_no_number() -> None:
    bound = Between(0, 1)
    assert [bound.holds(value) for value in (0, 0.5, 1, 1.01, -0.01, float("nan"))] == [True, True, True] + [False] * 3
    assert bound.reason == "not-between-0-and-1"
