"""Calls between JSON and the house's own values, both ways."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from beffroi.calls import actions as calls
from beffroi.calls import content
from beffroi.calls.content import CallContentBad
from beffroi.calls.models import Call
from beffroi.calls.state import CERTAINTIES, RESPONSES, URGENCIES, Severity, State
from beffroi.web.api import schemas
from beffroi.web.staff.compose import rules
from tests import make
from tests.web.api.partner import call

SQUARE = [[49.005, 1.98], [49.005, 1.99], [49.015, 1.99], [49.015, 1.98]]


def given(**changes: Any) -> schemas.CallGiven:
    return schemas.CallGiven(**call(**changes))


def test_what_was_sent_is_what_is_told(town: None) -> None:
    area = {"zones": ["QUARTER nw"], "polygons": [SQUARE], "circles": [[49.0, 2.0, 0.5]]}
    made = calls.draft(None, content.read(schemas.fields(given(area=area)), rules()))
    told = schemas.told(Call.objects.get(pk=made.pk)).model_dump(mode="json")
    assert (told["area"]["zones"], told["area"]["circles"]) == (["QUARTER nw"], [[49.0, 2.0, 0.5]])
    assert told["area"]["polygons"] == [SQUARE]
    assert told["texts"]["en"]["headline"] == "Go upstairs"
    assert (told["drafted_by"], told["program"], told["cap"]) == ("robot", None, None)


def test_an_area_outside_every_place_has_the_name_that_it_was_given(town: None) -> None:
    far = {"polygons": [[[48.97, 1.9], [48.97, 2.1], [48.981, 2.1], [48.981, 1.9]]]}
    texts = {"fr": {"headline": "x", "instruction": "y", "areaName": "Au sud"}}
    made = calls.draft(None, content.read(schemas.fields(given(area=far, texts=texts)), rules()))
    assert schemas.told(Call.objects.get(pk=made.pk)).area.names == {"fr": "Au sud"}


def test_a_language_that_the_city_has_not_is_a_fault_not_ignored(town: None) -> None:
    with pytest.raises(CallContentBad) as caught:
        schemas.fields(
            given(texts={"fr": {"headline": "x", "instruction": "y"}, "de": {"headline": "x", "instruction": "y"}})
        )
    assert caught.value.fields == {"texts.de": "unknown"}


def test_the_tag_changes_with_whatever_is_told(town: None, bruno: Any) -> None:
    made = calls.draft(bruno, make.content())
    tags = {schemas.etag(schemas.told(Call.objects.get()))}
    calls.edit(bruno, made.public_id, make.content(severity="Minor"))
    tags.add(schemas.etag(schemas.told(Call.objects.get())))
    calls.withdraw(bruno, made.public_id)
    tags.add(schemas.etag(schemas.told(Call.objects.get())))
    assert len(tags) == 3
    assert schemas.etag(schemas.told(Call.objects.get())) in tags


def test_the_words_are_those_of_the_house() -> None:
    assert set(get_args(schemas.CallState)) == set(State)
    assert get_args(schemas.Severity) == tuple(Severity)
    assert get_args(schemas.Urgency) == URGENCIES
    assert get_args(schemas.Certainty) == CERTAINTIES
    assert get_args(schemas.Response) == RESPONSES
