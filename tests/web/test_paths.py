"""Addresses of what is published."""

from __future__ import annotations

from django.conf import settings

from beffroi.calls.models import Call
from beffroi.delivery import editions
from beffroi.web import paths

CALL = Call(public_id="bcdfgh2345", identifier="town.bcdfgh2345")


def test_addresses() -> None:
    assert paths.now("fr") == "/fr/"
    assert paths.past("fr") == "/fr/past/"
    assert paths.errors("en") == "/en/errors/"
    assert paths.figures(CALL, "en") == "/en/figures/bcdfgh2345/"
    assert paths.shape(CALL) == "/alert/bcdfgh2345.geojson"
    assert paths.message(CALL) == "/cap/town.bcdfgh2345.xml"


def test_the_address_in_messages_is_the_one_of_the_page() -> None:
    assert editions.address(CALL, "en") == settings.BASE_URL + paths.alert(CALL, "en")


def test_data_never_makes_an_address_of_its_own() -> None:
    assert paths.place("INE", "46 186") == "/places/INE-46_186.json"
    assert paths.place("../x", "é?#/") == "/places/___x-____.json"
