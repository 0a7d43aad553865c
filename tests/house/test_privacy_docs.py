"""House rule: docs/privacy.md names every field in which something about a person could stand."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"
ROOMS = ("audience", "delivery", "people", "web")


def stored() -> set[str]:
    """Every column of the models of these rooms, as `Model.field`."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return {f"{model.__name__}.{field.name}" for model in models for field in model._meta.concrete_fields}


def documented(page: str) -> list[str]:
    """What the first cells of the tables name."""
    cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+\.\w+)`", cell)]


def test_every_field_is_told_and_every_field_told_is_there() -> None:
    told = documented(PAGE.read_text(encoding="utf-8"))
    assert sorted(told) == sorted(set(told)), "each once"
    assert set(told) == stored()


def test_the_walk_sees_what_it_should() -> None:
    assert {"Subscription.address", "Place.cell", "Shard.recipients", "Note.content", "Person.email"} <= stored()
    assert documented("| field | what |\n|---|---|\n| `A.b`, `A.c` | see `A.d` |\n") == ["A.b", "A.c"]
