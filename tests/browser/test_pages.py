"""Every page, residents' and staff's, as a phone and as a desk show it, light and dark: nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from playwright.async_api import Page

from beffroi.delivery import shelves
from tests.browser import stage as stages
from tests.browser.chromium import Chromium
from tests.browser.looking import Eyes
from tests.browser.pages import PIECES, PUBLIC, STAFF, Spot
from tests.browser.staff import session
from tests.browser.stage import Stage
from tests.web.staff.test_urls import ARGUMENTS, screens

PHONE, DESK = 390, 1366


@pytest.fixture(scope="module")
def stage(house: Stage) -> Stage:
    """The town on a bad day, once for all pages."""
    stages.fill(house)
    return house


@pytest.fixture(scope="module")
def eyes(running_chromium: Chromium) -> Iterator[Eyes]:
    yield Eyes(running_chromium)
    running_chromium.close_pages()


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    width: int
    language: str
    is_dark_too: bool = True


RESIDENTS = [
    View(DESK, "fr"),
    View(PHONE, "en"),
    View(PHONE, "es", is_dark_too=False),
    View(PHONE, "ca", is_dark_too=False),
]
STAFFS = [View(DESK, ""), View(PHONE, "")]


def look(eyes: Eyes, stage: Stage, spot: Spot, views: list[View]) -> list[str]:
    """What is wrong with the page, view by view; the views at the same time."""
    cookies = {} if not spot.who or eyes.knows(spot.who) else session(stage, spot.who)
    visits = [
        (view, eyes.page(spot.who, view.width, view.language, cookies), stage.url + spot.path(stage, view.language))
        for view in views
    ]

    def seen(visit: tuple[View, Page, str]) -> list[str]:
        view, page, url = visit
        eyes.open(page, url, spot)
        faults = eyes.faults(page, view.width, is_dark_too=view.is_dark_too)
        language = eyes.chromium.run(page.evaluate("document.documentElement.lang"))
        if view.language not in {"", language}:
            faults.append(f"in {language}")
        return [f"{view.language or spot.who}, {view.width} px: {fault}" for fault in faults]

    with ThreadPoolExecutor(2) as pool:  # as many as there are processors where this runs, at least
        return [fault for faults in pool.map(seen, visits) for fault in faults]


@pytest.mark.parametrize("spot", PUBLIC, ids=lambda spot: spot.name)
def test_a_residents_page_is_right_in_every_language_and_view(eyes: Eyes, stage: Stage, spot: Spot) -> None:
    found = look(eyes, stage, spot, RESIDENTS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("spot", STAFF, ids=lambda spot: f"{spot.name}-{spot.who}")
def test_a_staff_page_is_right_in_every_view(eyes: Eyes, stage: Stage, spot: Spot) -> None:
    found = look(eyes, stage, spot, STAFFS)
    assert not found, "\n".join(found)


def test_no_page_is_left_out(stage: Stage) -> None:
    """What answers with HTML must be in tests/browser/pages.py: whoever adds a page adds it there."""
    seen = {spot.route for spot in PUBLIC + STAFF}
    clients = {name: Client() for name in ("", "chiara", "olga")}
    for name in filter(None, clients):
        clients[name].cookies["sessionid"] = session(stage, name)["value"]
    routes = screens()
    values = ARGUMENTS | {"language": "en", "token": "none"}
    assert len(routes) > 30
    for route in routes:
        if route.name is None or route.name in seen | PIECES:  # without a name: programs' doors
            continue
        address = reverse(route.name, kwargs={part: values[part] for part in route.pattern.converters})
        for client in clients.values():
            answer = client.get(address)
            is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
            assert not is_page, f"{route.name} shows a page that nobody looks at"
    assert {one for one in seen if ":" not in one} - {route.name for route in routes} == {"problem"}


def test_no_published_page_is_left_out(stage: Stage) -> None:
    seen = {spot.route for spot in PUBLIC}
    sheets = [sheet for name in shelves.publishers.names() for sheet in shelves.publishers.get(name).sheets(None)]
    pages = [sheet.path.split("/", 2)[2] for sheet in sheets if sheet.content_type.startswith("text/html")]
    kinds = {f"published:{path.split('/')[0]}/" if path else "published:" for path in pages}
    assert kinds == {one for one in seen if one.startswith("published:")}
