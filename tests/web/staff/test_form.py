"""What a call says goes into the form and comes out the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import QueryDict

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls import area, content
from beffroi.calls.content import CallContentBad
from beffroi.outcomes.actions import content_of
from beffroi.people.models import Person
from beffroi.web.staff import form
from beffroi.web.staff.compose import rules
from tests import make


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """The data after a journey through a browser."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return form.posted(QueryDict(query.urlencode()))


def test_a_call_comes_back_from_the_form_as_it_was(bruno: Person, town: None) -> None:
    ring = [(49.001, 1.99), (49.004, 1.99), (49.004, 1.995)]
    choice = area.Choice(zones=[("QUARTER", "se")], polygons=[ring, ring], circles=[(49.0, 2.0, 0.5)])
    where = area.build(choice, border=None, words={"fr": "Le centre", "en": "The centre"})
    wanted = replace(make.content(), area=where.json, ranges=where.ranges)
    wanted = replace(wanted, expires=wanted.expires.replace(second=0))
    call = calls.draft(bruno, wanted)
    assert content.read(sent(form.of_call(call)), rules()) == content_of(call)


def test_places_are_chosen_and_other_zones_written(bruno: Person, town: None) -> None:
    data = form.of_call(calls.draft(bruno, make.content()))
    assert (data["places"], data["zones"]) == (["QUARTER nw"], "")


def test_a_blank_form_ends_when_the_kind_says(town: None) -> None:
    data = form.blank(city.current().hazard[0])
    assert (data["hazard"], data["event.fr"], data["event.en"]) == ("flood", "Inondation", "Flood")
    assert content.moment(content.Reading(data), "expires", city.current()) is not None
    assert "hazard" not in form.blank(None)


def test_faults_stand_at_their_fields_and_in_the_list(town: None) -> None:
    bad = CallContentBad(fields={"headline.fr": "missing", "area": "unknown-zone"}, zones="EMMA_ID X")
    shown = form.sheet({"hazard": "flood", "responseType": ["Avoid"]}, bad)
    assert [box.id for box in shown["errors"]] == ["f-headline-fr", "f-area"]
    assert shown["texts"][0].headline.error == "This is missing."
    assert shown["form"]["area"].error == "These zones are not known: EMMA_ID X"
    assert shown["form"]["hazard"].chosen == "Flood"
    assert shown["form"]["responseType"].chosen == "Stay away"


def test_nobody_chooses_the_words_of_an_ending(town: None) -> None:
    shown = form.sheet({})["form"]
    assert "Past" not in {option.value for option in shown["urgency"].options}
    assert "AllClear" not in {option.value for option in shown["responseType"].options}
