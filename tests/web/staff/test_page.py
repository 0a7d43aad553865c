"""What stands around every staff page."""

from __future__ import annotations

import pytest
from django.utils import translation

from beffroi.calls import actions as calls
from beffroi.calls.actions import CallNotFound
from beffroi.people.models import Person
from beffroi.web.staff import page
from tests import make


def test_a_call_is_read_in_the_readers_language_or_its_first(bruno: Person, town: None) -> None:
    call = calls.draft(bruno, make.content())
    for language, headline in (("en", "Go upstairs"), ("fr", "Montez à l'étage"), ("es", "Montez à l'étage")):
        with translation.override(language):
            assert page.text_of(call)["headline"] == headline


def test_names_of_the_city_are_read_in_its_languages() -> None:
    for language, name in (("en", "Town"), ("es", "Villa"), ("ca", "Ville")):
        with translation.override(language):
            assert page.in_words({"fr": "Ville", "en": "Town", "es": "Villa"}) == name


def test_an_exercise_has_its_shape_but_never_the_colour_of_danger(bruno: Person, town: None) -> None:
    drill = calls.draft(bruno, make.content(status="Exercise", severity="Extreme"))
    assert (page.look(drill), page.sign(drill)) == ("drill", "extreme")
    real = calls.draft(bruno, make.content(severity="Extreme"))
    assert (page.look(real), page.sign(real)) == ("extreme", "extreme")


def test_an_unknown_call_is_not_found(town: None) -> None:
    with pytest.raises(CallNotFound):
        page.found("nosuchcall")
