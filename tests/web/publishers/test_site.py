"""What a city's site is dressed in."""

from __future__ import annotations

import json

import pytest

from beffroi.calls.models import Call
from beffroi.web.publishers import site
from beffroi.web.words import WORDS


def bodies() -> dict[str, bytes]:
    return {sheet.path: sheet.body or b"" for sheet in site.PUBLISHER.sheets(None)}


def test_colours_come_from_the_city() -> None:
    assert bodies()["/theme.css"].decode() == ":root { --city-hue: 222; --city-tint: 1; --city-radius: 6px; }\n"


def test_the_manifest_makes_it_an_app() -> None:
    found = json.loads(bodies()["/manifest.webmanifest"])
    assert (found["name"], found["start_url"], found["display"]) == ("Ville: Alertes", "/", "standalone")


@pytest.mark.parametrize(("tongue", "title"), [("fr", "Il n&#x27;y a rien ici"), ("en", "There is nothing here")])
def test_every_error_code_has_an_anchor(tongue: str, title: str) -> None:
    page = bodies()[f"/{tongue}/errors/"].decode()
    assert title in page
    for code in WORDS:
        assert f'id="{code}"' in page


def test_a_call_changes_none_of_it() -> None:
    assert list(site.PUBLISHER.sheets(Call())) == []
