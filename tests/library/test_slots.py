"""Slots: filled once, clean, in the language's form, or refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib.text import clean_line
from beffroi.library import Slots, load
from beffroi.library.slots import LONGEST, LibrarySlotBad, LibrarySlotMissing, slots_in, values, write
from tests.library.samples import EVENING, SLOTS

SPANISH = load().language("es")


def one(name: str, slots: Slots, language: str = "es") -> str:
    return values(slots, [name], load().language(language))[name]


def test_every_slot_is_a_field_and_has_a_length() -> None:
    assert set(LONGEST) == set(Slots.__slots__) - {"zone"}


def test_the_slots_of_texts() -> None:
    assert slots_in(["{place}: {hazard}", "until {until}", "none"]) == {"place", "hazard", "until"}


def test_all_missing_slots_are_named_at_once() -> None:
    slots = replace(SLOTS, place="", phone=" \u200b\n", until=None)
    with pytest.raises(LibrarySlotMissing) as caught:
        values(slots, ["place", "phone", "until", "source"], SPANISH)
    assert (caught.value.code, caught.value.status) == ("library-slot-missing", 400)
    assert caught.value.facts == {"slots": "phone,place,until"}


@pytest.mark.parametrize("name", ["time", "until"])
def test_a_time_without_its_offset_is_refused(name: str) -> None:
    naive: Any = datetime(2026, 10, 29, 18)  # noqa: DTZ001
    slots = replace(SLOTS, **{name: naive})
    with pytest.raises(LibrarySlotBad) as caught:
        values(slots, ["time", "until"], SPANISH)
    assert caught.value.facts == {"slot": name, "reason": "naive"}


@pytest.mark.parametrize(
    ("language", "same_day", "next_day"),
    [
        ("en", "23:30", "30/10 07:30"),
        ("es", "23:30", "30/10 07:30"),
        ("ca", "23:30", "30/10 07:30"),
        ("fr", "23h30", "30/10 07h30"),
        ("de", "23:30", "30.10 07:30"),
        ("nl", "23:30", "30-10 07:30"),
        ("ar", "23:30", "30/10 07:30"),
    ],
)
def test_times_are_local_and_in_the_languages_form(language: str, same_day: str, next_day: str) -> None:
    tomorrow = replace(SLOTS, until=datetime(2026, 10, 30, 6, 30, tzinfo=UTC))
    assert one("until", SLOTS, language) == same_day
    assert one("until", tomorrow, language) == next_day
    assert one("time", tomorrow, language) == same_day.replace("23", "19").replace("30", "05")


def test_the_day_that_counts_is_the_citys() -> None:
    late = replace(
        SLOTS, time=datetime(2026, 10, 29, 22, 30, tzinfo=UTC), until=datetime(2026, 10, 29, 23, 30, tzinfo=UTC)
    )
    assert one("until", late) == "30/10 00:30"  # one day in UTC, two days on the clock of the city (UTC+1)
    assert one("until", replace(late, time=EVENING.replace(hour=23, minute=10))) == "00:30"


@pytest.mark.parametrize(
    ("given", "taken"),
    [("Salga ya", "Salga ya."), ("Salga ya.", "Salga ya."), ("¿Está solo?", "¿Está solo?"), ("اخرج", "اخرج.")],
)
def test_a_sentence_gets_its_full_stop(given: str, taken: str) -> None:
    assert one("action", replace(SLOTS, action=given)) == taken
    assert one("details", replace(SLOTS, details=given)) == taken


def test_values_are_cleaned() -> None:
    assert one("place", replace(SLOTS, place="  Riba\u202e-roja\r\nBcc: x\u200b ")) == "Riba-roja Bcc: x"


def test_a_number_keeps_its_order_in_text_from_right_to_left() -> None:
    assert one("phone", SLOTS, "ar") == "\u200e963 000 000\u200e"
    assert one("phone", SLOTS, "es") == "963 000 000"


def test_what_begins_a_sentence_gets_a_capital_and_nothing_else_does() -> None:
    found = {"place": "els Poblats", "hazard": "gas", "action": "Salga.", "source": "la ciudad"}
    assert write("{action} {hazard} en {place}. {source}", found) == "Salga. Gas en els Poblats. La ciudad"
    assert write("{place} : {hazard}", found) == "Els Poblats : gas"
    assert write("Hay ({hazard}); ¿{hazard}? {hazard}", found) == "Hay (gas); ¿gas? Gas"


@settings(derandomize=True, max_examples=300)
@given(
    st.text(
        st.one_of(st.sampled_from("{}place untilsource\\1$%"), st.characters(exclude_categories=["Cs"])), max_size=30
    )
)
def test_a_value_is_never_filled_again(place: str) -> None:
    slots = replace(SLOTS, place=place)
    clean = clean_line(place)
    if not clean:
        return
    found = values(slots, ["place", "source"], SPANISH)
    assert write("En {place}, {source}", found) == f"En {clean}, Emergencias"
