"""What a page shows of a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from beffroi.calls.models import Call
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Person
from beffroi.web import sight
from tests import make


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Go up.\nLeave the car.\n\n", ["Go up.", "Leave the car."]),
        ("Go up. Leave the car. Do not wait: it is fast.", ["Go up.", "Leave the car.", "Do not wait: it is fast."]),
        ("Suba. ¿Está fuera? Entre.", ["Suba.", "¿Está fuera?", "Entre."]),
        ("Montez. À l'étage. Restez à 10 m. des fils.", ["Montez.", "À l'étage.", "Restez à 10 m. des fils."]),
        ("", []),
    ],
)
def test_steps_of_an_instruction(text: str, expected: list[str]) -> None:
    assert sight.sentences(text) == expected


def test_times_are_the_citys() -> None:
    with translation.override("en"):
        moment = sight.moment(datetime(2026, 11, 21, 16, 12, tzinfo=UTC))
    assert moment == sight.Moment("2026-11-21T17:12+01:00", "17:12", "21 November")
    assert sight.moment(None) is None


@pytest.mark.usefixtures("town")
def test_a_call_in_its_language_and_in_one_that_it_lacks(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara)
    with translation.override("en"):
        seen = sight.see(call, "en")
    assert (seen.language, seen.is_foreign, seen.headline) == ("en", False, "Go upstairs")
    assert (seen.sev, seen.word, seen.event) == ("severe", "Severe", "Flood")
    assert seen.steps == ["Go up.", "Leave the car."]
    assert seen.lede == "Leave the car."  # the headline says the first already
    with translation.override("es"):
        seen = sight.see(call, "es")
    assert (seen.language, seen.is_foreign, seen.word) == ("fr", True, "Grave")
    assert seen.href == f"/es/alert/{call.public_id}/"


@pytest.mark.usefixtures("town")
def test_how_each_message_of_an_event_stands(bruno: Person, chiara: Person) -> None:
    first = make.live(bruno, chiara)
    now = clock.now()
    assert sight.standing(first, sight.chain(first), now) == "live"
    assert sight.standing(first, sight.chain(first), now + timedelta(hours=3)) == "expired"
    draft = outcomes.update(bruno, first.public_id, make.content(severity="Extreme"))
    assert sight.chain(first) == [first]  # a draft is not a message
    second = make.hand_over(bruno, chiara, draft)
    closing = outcomes.close(bruno, second.public_id, "all-clear", make.texts("Fin"))
    event = sight.chain(first)
    assert event == sight.chain(closing) == [first, second, closing]
    assert [sight.standing(one, event[:2], now) for one in event[:2]] == ["replaced", "live"]
    assert [sight.standing(one, event, now) for one in event] == ["ended", "ended", "closing"]
    with translation.override("en"):
        assert [sight.said(one) for one in event] == ["Alert: Severe", "Update: Extreme", "All clear"]
    assert [sight.sign(one) for one in event] == ["severe", "extreme", "safe"]


def test_an_expiry_never_looks_like_an_all_clear() -> None:
    call = Call(status="Actual", severity="Unknown", ending="expired")
    assert sight.sign(call) == "unknown"
    with translation.override("en"):
        assert sight.word(call) == "No longer renewed"
    assert sight.sign(Call(status="Exercise", severity="Extreme", ending=None)) == "drill"
