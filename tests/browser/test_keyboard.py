"""The keyboard alone is enough, every stop is seen, the order is the page's, and the skip link skips."""

from __future__ import annotations

import pytest

from beffroi.audience.models import Subscription
from beffroi.calls.models import Call
from tests.browser.chromium import Chromium
from tests.browser.keyboard import Keyboard
from tests.browser.staff import arrive
from tests.browser.stage import Stage


@pytest.mark.parametrize("width", [1366, 390])
def test_a_resident_subscribes(chromium: Chromium, house: Stage, width: int) -> None:
    run, page = chromium.run, chromium.new_page(width)
    run(page.goto(f"{house.url}/en/subscribe/"))
    keys = Keyboard(chromium, page)
    keys.go_to(".skip")
    keys.press("Enter")
    keys.go_to("#add")
    keys.type("Nord-O")
    run(page.wait_for_selector("#options [role=option][aria-selected=true]"))
    keys.press("Enter")
    run(page.wait_for_selector("#chosen li"))
    keys.go_to("[name=floor]")
    keys.press("ArrowDown")
    keys.go_to("#push")
    keys.press("Space")
    keys.go_to("#mail")
    keys.press("Space")
    keys.go_to("#email")
    keys.type(f"keys{width}@residents.example")
    keys.go_to("#start")
    keys.press("Enter")
    run(page.wait_for_selector("#done:not([hidden])"))
    assert run(page.evaluate("document.activeElement.id")) == "done-title"
    assert Subscription.objects.latest("pk").floor == 0
    assert keys.faults == []


def test_a_fault_takes_the_reader_to_its_field(chromium: Chromium, house: Stage) -> None:
    run, page = chromium.run, chromium.new_page()
    run(page.goto(f"{house.url}/en/subscribe/"))
    keys = Keyboard(chromium, page)
    keys.go_to("#start")
    keys.press("Enter")
    run(page.wait_for_function("document.activeElement.id === 'errors'"))
    keys.press("Tab", "Enter")
    assert run(page.evaluate("document.activeElement.id")) == "add"


def test_the_language_menu_opens_closes_and_leads(chromium: Chromium, house: Stage) -> None:
    run, page = chromium.run, chromium.new_page()
    run(page.goto(f"{house.url}/en/"))
    keys = Keyboard(chromium, page)
    keys.go_to("#languages summary")
    keys.press("Enter")
    keys.go_to("#languages a")
    keys.press("Escape")
    assert run(page.evaluate("document.activeElement.matches('summary') && !document.querySelector('#languages').open"))
    keys.press("Enter")
    keys.go_to("#languages a[hreflang=ca]")
    keys.press("Enter")
    run(page.wait_for_url("**/ca/"))
    assert keys.faults == []


def write(keys: Keyboard) -> None:
    """A severe flood in one quarter, field by field."""
    keys.go_to("#f-hazard")
    keys.type("Flood")
    keys.go_to("[name=status]")
    keys.go_to("#f-places")
    keys.type("Nord-O")
    keys.press("Enter")
    keys.go_to("[name=severity]")
    keys.press("Space", "ArrowDown")
    keys.go_to("#f-urgency")
    keys.type("Now")
    keys.go_to("#f-certainty")
    keys.type("Likely")
    keys.go_to("[name=responseType][value=Shelter]")
    keys.press("Space")
    keys.go_to("#f-headline-fr")
    keys.type("Montez")
    keys.go_to("#f-instruction-fr")
    keys.type("Montez au premier.")
    keys.go_to("button[value=submit]")
    keys.press("Enter")


def test_an_officer_writes_and_an_approver_sends(chromium: Chromium, house: Stage) -> None:
    run, page = chromium.run, chromium.new_page()
    arrive(chromium, house, page, "bruno")
    keys = Keyboard(chromium, page)
    keys.go_to(".skip")
    keys.go_to("nav a[href$='/call/new/']")
    keys.press("Enter")
    run(page.wait_for_selector("#composer"))
    write(keys)
    run(page.wait_for_selector("main .timeline"))
    call = Call.objects.latest("pk")
    assert (call.state, call.severity, call.texts["fr"]["headline"]) == ("pending", "Severe", "Montez")

    page = chromium.new_page()
    arrive(chromium, house, page, "chiara")
    second = Keyboard(chromium, page)
    second.go_to(".skip")
    second.press("Enter")
    second.go_to(".clock a")
    second.press("Enter")
    run(page.wait_for_selector("form.confirm"))
    second.go_to("#f-place")
    second.type("nord-ouest")
    second.go_to("form.confirm button")
    second.press("Enter")
    run(page.wait_for_url(f"**/desk/call/{call.public_id}/"))
    call.refresh_from_db()
    assert call.state == "live"
    assert keys.faults + second.faults == []
