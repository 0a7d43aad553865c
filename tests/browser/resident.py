"""Ada at her browser: she picks her quarter and this device, on our own page."""

from __future__ import annotations

from tests.browser.firefox import Firefox


def subscribe(firefox: Firefox, url: str) -> None:
    """She searches for the quarter by name and presses the button; ends when the private link is shown."""
    firefox.open(f"{url}/en/subscribe/")
    firefox.wait_until("!document.querySelector('#search').hidden")
    firefox.type("#add", "Nord-O")
    firefox.wait_until("document.querySelector('#options [role=option]')")
    firefox.click("#options [role=option]")
    firefox.wait_until("document.querySelector('#chosen li')")
    firefox.wait_until("document.querySelector('#push').checked")
    firefox.click("#start")
    firefox.wait_until("!document.querySelector('#done').hidden")
