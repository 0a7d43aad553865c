"""The private link: see, change, delete."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.audience.models import Place, Subscription
from beffroi.lib import grid
from tests.make import NORTH_WEST, SOUTH_EAST

pytestmark = pytest.mark.usefixtures("town")
LINK = "secret-link"
PATH = f"/en/mine/{LINK}/"


@pytest.fixture
def ada(town: None) -> list[Subscription]:
    """A phone and an address under one link."""
    common: dict[str, Any] = {"language": "fr", "floor": 2, "is_exercise": False, "cells": [grid.cell(*NORTH_WEST)]}
    rows = []
    for channel, same in (("webpush", "https://push.example/secret"), ("email", "ada@residents.example")):
        wish = Wish(channel=channel, address={"email": same}, same=same, **common)
        rows.append(audience.subscribe(wish, link=LINK, is_confirmed=channel == "webpush"))
    return rows


def client() -> Client:
    """A browser that has loaded the page, with the form's mark."""
    browser = Client(enforce_csrf_checks=True)
    browser.get(PATH)
    return browser


def post(browser: Client, **given: str) -> Any:
    return browser.post(PATH, {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, **given})


def change(**given: str) -> dict[str, str]:
    return {"action": "change", "language": "es", "floor": "3", "cells": "", "exercise": "1"} | given


@pytest.mark.usefixtures("ada")
def test_the_page_shows_what_is_kept_but_no_address() -> None:
    page = Client().get(PATH).content.decode()
    assert "part of Nord-Ouest" in page
    assert "waits for your confirmation" in page
    assert '<option value="fr" lang="fr" selected>' in page
    assert "ada@residents" not in page
    assert "push.example" not in page


@pytest.mark.usefixtures("ada")
def test_nothing_changes_on_get() -> None:
    for query in ("?action=delete", "?action=change&floor=0&language=es"):
        assert Client().get(PATH + query).status_code == 200
        assert Client().head(PATH + query).status_code == 200
    assert set(Subscription.objects.values_list("language", "floor")) == {("fr", 2)}


@pytest.mark.usefixtures("ada")
def test_a_change_holds_for_everything_under_the_link() -> None:
    answer = post(client(), **change(cells=f"{grid.cell(*SOUTH_EAST):x}"))
    assert (answer.status_code, answer["Location"]) == (302, f"{PATH}?changed")
    assert set(Subscription.objects.values_list("language", "floor", "is_exercise")) == {("es", 3, True)}
    assert set(Place.objects.values_list("cell", flat=True)) == {grid.cell(*SOUTH_EAST)}
    assert "Changed." in Client().get(answer["Location"]).content.decode()


@pytest.mark.usefixtures("ada")
def test_places_stay_when_none_are_chosen() -> None:
    post(client(), **change())
    assert set(Place.objects.values_list("cell", flat=True)) == {grid.cell(*NORTH_WEST)}


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"floor": "7"}, "subscription-bad"),
        ({"language": "de"}, "subscription-bad"),
        ({"cells": "zz"}, "subscription-bad"),
        ({"cells": "1 2"}, "cells-bad"),
    ],
)
def test_a_bad_change_changes_nothing(given: dict[str, str], code: str) -> None:
    answer = post(client(), **change(**given))
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert set(Subscription.objects.values_list("language", "floor")) == {("fr", 2)}


@pytest.mark.usefixtures("ada")
def test_deleting_is_one_post_and_final() -> None:
    browser = client()
    answer = post(browser, action="delete")
    assert answer.status_code == 200
    assert "everything is deleted" in answer.content.decode()
    assert Subscription.objects.count() == Place.objects.count() == 0
    again = Client().get(PATH)
    assert again.status_code == 404
    assert "link-unknown" in again.content.decode()
    assert post(browser, action="delete").status_code == 404


@pytest.mark.usefixtures("ada")
def test_another_site_cannot_delete() -> None:
    assert Client(enforce_csrf_checks=True).post(PATH, {"action": "delete"}).status_code == 403
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize("link", ["guessed", "%00", "a" * 5000, "..", "é"])
def test_a_guessed_link_opens_nothing(link: str) -> None:
    assert Client().get(f"/en/mine/{link}/").status_code == 404
