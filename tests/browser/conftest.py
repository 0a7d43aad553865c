"""Fixtures: a push service, and a Firefox and a Chromium that talk to it. One start each for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.chromium import VIEWS, Chromium
from tests.browser.firefox import Firefox
from tests.browser.push_service import PushService
from tests.browser.stage import Stage, raised
from tests.conftest import empty


@pytest.fixture(scope="session")
def running_push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    service = PushService(tmp_path_factory.mktemp("push"))
    yield service
    service.close()


@pytest.fixture
def push_service(running_push_service: PushService) -> PushService:
    """The push service that `firefox` is connected to, with nothing on record yet."""
    running_push_service.forget()
    return running_push_service


@pytest.fixture(scope="session")
def running_firefox(running_push_service: PushService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    firefox = Firefox(tmp_path_factory.mktemp("firefox"), running_push_service.websocket_url)
    yield firefox
    firefox.close()


@pytest.fixture
def firefox(running_firefox: Firefox, push_service: PushService) -> Firefox:
    """Firefox as new: one empty tab, nothing stored, no subscription; notifications are allowed for every site."""
    running_firefox.reset()
    return running_firefox


@pytest.fixture(scope="session")
def running_chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    chromium = Chromium(tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()


@pytest.fixture
def chromium(running_chromium: Chromium) -> Iterator[Chromium]:
    """Chromium without push; the pages that the test opened are closed after it."""
    yield running_chromium
    running_chromium.close_pages()


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def page(chromium: Chromium, request: pytest.FixtureRequest) -> Page:
    """An empty page at 390 and at 1366 pixels, light and dark: the test runs four times."""
    width, scheme = request.param
    return chromium.new_page(width, scheme)


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: Any, running_push_service: PushService,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:  # fmt: skip
    """The product running for a town in four languages, with its people and places and no call; once a module."""
    running_push_service.forget()
    with django_db_blocker.unblock():
        try:
            with raised(running_push_service, tmp_path_factory.mktemp("house")) as stage:
                yield stage
        finally:
            empty()
