"""Routes of residents: every one is open to everybody, and only languages of the city are languages."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve

from beffroi.people import access
from beffroi.web.public import urls


def test_every_route_says_that_it_is_public() -> None:
    assert urls.urlpatterns
    for route in urls.urlpatterns:
        assert route.callback.access == access.PUBLIC, route.pattern  # type: ignore[attr-defined]


def test_a_language_is_one_of_the_citys() -> None:
    assert resolve("/es/subscribe/").kwargs == {"language": "es"}
    for path in ("/de/subscribe/", "/ES/subscribe/", "/e/subscribe/", "/en-GB/subscribe/"):
        with pytest.raises(Resolver404):
            resolve(path)
    assert urls.Language().to_url("fr") == "fr"
