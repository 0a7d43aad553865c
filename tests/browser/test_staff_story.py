"""From the warning to the message in few clicks: counted, so that nobody adds one without seeing it here."""

from __future__ import annotations

import sys
import time

import pytest
from playwright.async_api import Page

from beffroi.calls.models import Call
from tests.browser.chromium import Chromium
from tests.browser.staff import arrive
from tests.browser.stage import Stage
from tests.crisis import messages


class Hand:
    """Somebody's hand on the mouse of one page, counting."""

    def __init__(self, chromium: Chromium, house: Stage, who: str) -> None:
        self._run, self.page, self.clicks = chromium.run, chromium.new_page(), 0
        arrive(chromium, house, self.page, who)

    def click(self, css: str) -> None:
        """Press the first one that fits, once it is there."""
        self._run(self.page.locator(css).first.click())
        self.clicks += 1

    def type(self, css: str, text: str) -> None:
        """Click into the field and write."""
        self.click(css)
        self._run(self.page.keyboard.type(text))

    def wait(self, css: str) -> Page:
        """Until it is there: looking is no click."""
        self._run(self.page.wait_for_selector(css))
        return self.page


def approve(chiara: Hand) -> None:
    """The desk shows the decision by itself; look, type the place, send."""
    chiara.wait(".clock a[href$='/approve/']")
    chiara.click(".clock a[href$='/approve/']")
    chiara.type("#f-place", "nord-ouest")
    chiara.click("form.confirm .btn.act")
    chiara.wait("main .chip[data-state=live]")


def test_from_a_warning_to_the_public(chromium: Chromium, house: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    bruno, chiara = Hand(chromium, house, "bruno"), Hand(chromium, house, "chiara")
    begun = time.monotonic()
    message = messages.take(messages.alert("story"))
    bruno.wait(".clock a.primary")  # the open desk has heard of it
    bruno.click(".clock a.primary")
    bruno.click("main .btn.primary")
    bruno.wait("main .chip[data-state=waiting]")
    approve(chiara)
    seconds = time.monotonic() - begun
    assert message.call is not None and Call.objects.get(pk=message.call.pk).state == "live"
    with capsys.disabled():
        sys.stdout.write(f"\nwarning to sent: {bruno.clicks} + {chiara.clicks} clicks, {seconds:.1f} s, no reading\n")
    assert bruno.clicks <= 2
    assert chiara.clicks <= 3

    bruno.click("nav a[href='/desk/']")
    before = bruno.clicks
    bruno.click("section[aria-labelledby=live] th a")
    bruno.click("main a[href$='/close/all-clear/']")
    bruno.click("#composer .btn.primary")
    bruno.wait("main .timeline")
    assert Call.objects.get(pk=message.call.pk).state == "ended"
    assert bruno.clicks - before <= 3


def test_a_call_of_ones_own(chromium: Chromium, house: Stage) -> None:
    bruno, chiara = Hand(chromium, house, "bruno"), Hand(chromium, house, "chiara")
    bruno.click("nav a[href$='/call/new/']")
    bruno.click("main a[href*='hazard=flood']")
    bruno.type("#f-places", "nord-o")
    bruno.click(".found input")
    bruno.click("input[name=responseType][value=Shelter]")
    bruno.type("#f-headline-fr", "Montez à l'étage")
    bruno.type("#f-instruction-fr", "Montez.")
    bruno.click("button[value=submit]")
    bruno.wait("main .chip[data-state=waiting]")
    approve(chiara)
    assert Call.objects.latest("pk").state == "live"
    assert (bruno.clicks <= 8, chiara.clicks <= 3) == (True, True)
