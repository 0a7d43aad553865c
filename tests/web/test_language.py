"""Which language a reader gets."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from beffroi.web import language

TOWN = ("fr", "en", "es")


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        ("es", "en", "es"),
        ("", "en-GB,en;q=0.8", "en"),
        ("", "de, es;q=0.5, en;q=0.9", "en"),
        ("", "es-419", "es"),
        ("", "de", "fr"),
        ("", "en;q=0, es", "es"),
        ("../../etc", "", "fr"),
        ("de", "\x00;;q=nonsense,,,", "fr"),
        ("", "x" * 100_000, "fr"),
    ],
)
def test_cookie_then_browser_then_the_city(cookie: str, accepted: str, expected: str) -> None:
    assert language.wanted(cookie, accepted, TOWN) == expected


def test_the_address_says_it() -> None:
    assert language.of_path("/en/alert/abc/", TOWN) == "en"
    assert language.of_path("/de/alert/abc/", TOWN) is None
    assert language.of_path("/", TOWN) is None


def test_the_answer_is_made_in_the_language_and_says_so() -> None:
    seen: list[str | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(translation.get_language())
        return HttpResponse("")

    answer = language.choose(view)(RequestFactory().get("/es/subscribe/"))
    assert seen == ["es"]
    assert answer["Content-Language"] == "es"
    assert "Vary" not in answer.headers
    answer = language.choose(view)(RequestFactory().get("/desk/", headers={"accept-language": "en"}))
    assert seen == ["es", "en"]
    assert answer["Vary"] == "Accept-Language, Cookie"


def test_a_language_is_named_in_itself() -> None:
    assert language.own_name("ca") == "Valencià"
    assert language.own_name("xx") == "xx"
