"""A view says who may open it, and the page is in the person's own language, by the city's clock."""

from __future__ import annotations

import pytest

from beffroi.people.models import Person
from beffroi.web.doors import opens, public
from tests.web.conftest import Enter


def test_an_action_that_is_not_in_the_table_stops_the_start() -> None:
    with pytest.raises(LookupError):
        opens("call.invent")


def test_the_mark_is_on_the_view() -> None:
    assert opens("desk.read")(lambda request: request).access == "desk.read"  # type: ignore[attr-defined]
    assert public(lambda request: request).access == "public"  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "es", "fr", "ca"])
def test_a_person_reads_the_desk_in_their_language(bruno: Person, town: None, enter: Enter, language: str) -> None:
    Person.objects.using("owner").update(language=language)
    answer = enter(bruno).get("/desk/", headers={"Accept-Language": "de"})
    assert f'<html lang="{language}"'.encode() in answer.content


def test_an_error_is_told_in_the_language_of_the_person(bruno: Person, town: None, enter: Enter) -> None:
    Person.objects.using("owner").update(language="fr")
    answer = enter(bruno).get("/desk/log/", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert b'<html lang="fr"' in answer.content
    assert b'href="/desk/"' in answer.content
