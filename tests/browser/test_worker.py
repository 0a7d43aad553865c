"""The service worker in real browsers: one notification an event, the newest, nothing stale, and a press opens it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.async_api import Page

from beffroi.channels.webpush import CHANNEL
from beffroi.delivery import shelves
from beffroi.delivery.channel import Target
from tests import make
from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.patience import until
from tests.browser.push_service import PushService
from tests.browser.resident import subscribe
from tests.browser.stage import Stage
from tests.channels.samples import envelope, message

MINE = "(await (await navigator.serviceWorker.ready).pushManager.getSubscription()).toJSON()"
SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(n => n.title)"
HOUR_S = 3600


class Pusher:
    """Sends what the channel would send, with any value changed, and waits until the browser has dealt with it.

    Moderate, if nothing else is said: of notifications that stay until they are pressed Firefox shows only three.
    """

    def __init__(self, push_service: PushService, subscription: dict[str, Any]) -> None:
        self.push_service, self.count = push_service, 0
        self.target = Target(1, {"endpoint": subscription["endpoint"], **subscription["keys"]})

    def send(self, title: str, **changes: Any) -> None:
        edition = json.loads(CHANNEL.render(message())) | {"title": title, "severity": "Moderate"} | changes
        sender = CHANNEL.open(shelves.machine())
        [receipt] = sender.send(json.dumps(edition).encode(), envelope(tag=edition["tag"]), [self.target])
        sender.close()
        assert receipt.result == "accepted"
        self.count += 1
        self.push_service.wait_for_acks(self.count)


@pytest.fixture(autouse=True)
def may_reach(push_service: PushService, settings: Any) -> None:
    """This process may send to the tests' push service."""
    settings.PUSH_HOSTS, settings.OPEN_HOSTS = ("localhost",), (push_service.host,)
    settings.CA_FILE, settings.MAIL_FROM = str(push_service.ca_file), "alerte@town.example"


@pytest.fixture
def pusher(firefox: Firefox, push_service: PushService, house: Stage) -> Pusher:
    subscribe(firefox, house.url)
    return Pusher(push_service, firefox.js(f"return {MINE}"))


def titles(firefox: Firefox) -> list[str]:
    return [shown.title for shown in firefox.notifications()]


def test_one_notification_an_event_and_the_newest(firefox: Firefox, pusher: Pusher) -> None:
    pusher.send("Go upstairs", number=1)
    firefox.wait_for_notification("Go upstairs")
    pusher.send("Go upstairs", number=1)
    pusher.send("Stay upstairs", number=2, msgType="Update")
    firefox.wait_for_notification("Stay upstairs")
    assert titles(firefox) == ["Stay upstairs"]

    pusher.send("False alarm: there is no flood", number=3, msgType="Cancel", ending="false-alarm")
    firefox.wait_for_notification("False alarm: there is no flood")
    pusher.send("Stay upstairs", number=2, msgType="Update")  # late: the push service had kept it
    pusher.send("Boil the water", number=1, tag="another")
    firefox.wait_for_notification("Boil the water")
    until(lambda: len(titles(firefox)) == 2, "the late one to be gone")
    assert titles(firefox) == ["False alarm: there is no flood", "Boil the water"]


def test_nothing_stale_is_shown(firefox: Firefox, pusher: Pusher) -> None:
    pusher.send("Go upstairs", expires=int(time.time()) - 1)
    pusher.send("Boil the water", tag="another", expires=int(time.time()) + HOUR_S)
    firefox.wait_for_notification("Boil the water")
    until(lambda: titles(firefox) == ["Boil the water"], "only what is valid")


def test_a_press_opens_the_alert_once(firefox: Firefox, pusher: Pusher, house: Stage) -> None:
    bruno, chiara = house.people["bruno"], house.people["chiara"]
    call = make.live(bruno, chiara)
    url = f"{house.url}/en/alert/{call.public_id}/"
    firefox.press_notification("Go upstairs")  # the worker of the house has sent it
    firefox.switch_to_tab(f"/alert/{call.public_id}/")
    assert firefox.text("h1") == "Go upstairs"

    pusher.send("Once more", tag="another", url=url)
    firefox.press_notification("Once more")
    until(lambda: titles(firefox) == [], "no notification left")
    assert len(firefox.tabs()) == 2  # the page of before, and one of the alert


def test_a_notification_opens_no_page_of_others(firefox: Firefox, pusher: Pusher) -> None:
    pusher.send("Elsewhere", url="https://elsewhere.example/")
    firefox.press_notification("Elsewhere")
    pusher.send("Go upstairs", tag="another")
    firefox.wait_for_notification("Go upstairs")
    assert len(firefox.tabs()) == 1


def subscribed(chromium: Chromium, push_service: PushService, house: Stage) -> tuple[Page, Pusher]:
    """Chromium as Ada's: the same page, the same button."""
    run, page = chromium.run, chromium.new_push_page(push_service)
    run(page.goto(f"{house.url}/en/subscribe/"))
    run(page.fill("#add", "Nord-O"))
    run(page.press("#add", "Enter"))
    run(page.wait_for_selector("#chosen li"))
    run(page.click("#start"))
    run(page.wait_for_selector("#done:not([hidden])"))
    return page, Pusher(push_service, run(page.evaluate(f"async () => {MINE}")))


def test_chromium_shows_the_newest_and_nothing_of_its_own(
    chromium: Chromium, push_service: PushService, house: Stage
) -> None:
    """Where a push shows nothing Chromium shows "This site has been updated in the background"."""
    page, pusher = subscribed(chromium, push_service, house)

    def shown() -> list[str]:
        return sorted(chromium.run(page.evaluate(SHOWN)))

    pusher.send("Go upstairs", number=1)
    pusher.send("Stay upstairs", number=2)
    until(lambda: shown() == ["Stay upstairs"], "the newest")
    chromium.run(page.goto("about:blank"))  # while a page of the site is in sight it may be silent
    for number in range(3):
        pusher.send("Stale", tag=f"stale{number}", expires=int(time.time()) - 1)
    pusher.send("Go upstairs", number=1)
    pusher.send("Boil the water", tag="another")
    chromium.run(page.goto(f"{house.url}/en/"))
    until(lambda: shown() == ["Boil the water", "Stay upstairs"], "only what is valid")
    assert chromium.script_errors(page) == []
