"""Numbers and links: found however they are written, and known only where they are the city's for sure."""

from __future__ import annotations

import pytest

from beffroi.library import load
from beffroi.library.contacts import contacts, unknown_contacts
from tests.library.samples import SLOTS

CITY = ["+34 963 000 000", "012", "https://town.example/", "alerts@town.example"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call 112 or 012 now. Questions: 963 000 000.", ["112", "012", "963 000 000"]),
        ("Appelez le 15 ou le 112.", ["15", "112"]),
        ("Appelez le 39 19.", ["39 19"]),
        ("Llame al 061 en 20 minutos, o al 900.123.456", ["061", "900.123.456"]),
        ("Rufen Sie bitte die 110 an", ["110"]),
        ("Bel 0900-8844 of 112", ["0900-8844", "112"]),
        ("Ligue 808 24 24 24", ["808 24 24 24"]),
        ("Chiami il 116 117", ["116 117"]),
        ("اتصل بالرقم 112. للأسئلة: \u200e963 000 000\u200e.", ["112", "963 000 000"]),
        ("اتصل ٩٦٣٠٠٠٠٠٠", ["٩٦٣٠٠٠٠٠٠"]),
        ("(+34) 963 000 000; 0034 963000000", ["(+34) 963 000 000", "0034 963000000"]),
        ("See www.town.example/alert, town.example.", ["www.town.example/alert", "town.example"]),
        (
            "https://town.example:443/a?b=12345678 y a@town.example.",
            ["https://town.example:443/a?b=12345678", "a@town.example"],
        ),
    ],
)
def test_contacts_are_found(text: str, found: list[str]) -> None:
    assert [contact.text for contact in contacts(text)] == found
    assert all(text[contact.start : contact.end] == contact.text for contact in contacts(text))


@pytest.mark.parametrize(
    "text",
    [
        "Desde 18:00 hasta 30/10 07:30, 29.10.2026, 2026-10-29, 18h30",
        "3 litres, 300 mètres, 20 000 habitants, 45 %, 12,5 km",
        "Call if you have seen it. 150 people live here.",
        "Suba al piso 2. A 500 m del río",
    ],
)
def test_figures_are_no_contacts(text: str) -> None:
    assert contacts(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Llame al 112 o al 012, o al 963 000 000.",
        "+34 963-000-000, 0034963000000, 963000000",
        "www.town.example/flood http://town.example Town.Example alerts@TOWN.example",
    ],
)
def test_the_citys_own_are_known(text: str) -> None:
    assert unknown_contacts(text, CITY) == ()


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Call 963 000 001", "963 000 001"),
        ("Call +33 963 000 000", "+33 963 000 000"),
        ("Call 3 000 000", "3 000 000"),
        ("Llame al 085", "085"),
        ("https://town.example@evil.example/", "https://town.example@evil.example/"),
        ("https://town.example.evil.example", "https://town.example.evil.example"),
        ("alerts.town.example", "alerts.town.example"),
        ("https://tоwn.example/", "https://tоwn.example/"),  # a Cyrillic o
        ("https://[town.example", "https://[town.example"),
        ("mayor@town.example", "mayor@town.example"),
    ],
)
def test_anything_else_is_not(text: str, unknown: str) -> None:
    assert [contact.text for contact in unknown_contacts(text, CITY)] == [unknown]


def test_a_number_without_its_country_does_not_vouch_for_one_with_it() -> None:
    assert len(unknown_contacts("Call +49 963 000 000", ["963 000 000"])) == 1


def test_112_is_every_citys_and_nothing_else_is() -> None:
    assert [contact.text for contact in unknown_contacts("Call 112 or 012", [])] == ["012"]


@pytest.mark.parametrize("language", sorted(load().tongues))
def test_a_filled_text_holds_the_citys_number_and_112(language: str) -> None:
    text = load().fill("flood", "alert", "general", language, SLOTS).description
    assert [contact.text for contact in contacts(text)] == ["963 000 000", "112"]
    assert unknown_contacts(text, ["963 000 000"]) == ()
