"""A passkey from its making to an approval, in a real browser with a virtual authenticator; and the locked desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.async_api import Page, expect

from beffroi.delivery import publish
from beffroi.lib import keys
from beffroi.people import actions as people
from beffroi.people.models import Person
from beffroi.web import door
from tests import make
from tests.browser.chromium import Chromium
from tests.browser.push_service import PushService
from tests.browser.tower import Tower

PASSWORD = "vierzehn graue Dohlen"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def tower(town: None, push_service: PushService, tmp_path: Path, settings: Any) -> Iterator[Tower]:
    """The product, running."""
    publish.everything()
    tower = Tower(push_service, tmp_path)
    settings.BASE_URL, settings.SECRET_KEY = tower.url, keys.current().django  # one session for both
    yield tower
    tower.close()


async def plug_in(page: Page) -> Any:
    """A virtual authenticator for this page's browser; its id, with the session that commands it."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable")
    added = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return cdp, added["authenticatorId"]


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


def session_of(chromium: Chromium, page: Page) -> SessionStore:
    cookies = chromium.run(page.context.cookies())
    return SessionStore(next(cookie["value"] for cookie in cookies if cookie["name"] == "sessionid"))


def grow_old(chromium: Chromium, page: Page, seconds: float) -> None:
    """As if everything in this browser's session had been so long ago."""
    session = session_of(chromium, page)
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds
    session[door.SEEN] = session.get(door.SEEN, 0) - seconds
    session.save()


def clean(chromium: Chromium, page: Page, name: str) -> None:
    """Nothing for axe, nothing that the policy refused, no error."""
    chromium.shot(page, f"locks-{name}")
    assert chromium.axe(page) == []
    assert chromium.csp_reports(page) == []
    assert chromium.script_errors(page) == []


async def set_up(page: Page, url: str) -> None:
    await page.goto(url)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("The same once more").fill(PASSWORD)


async def log_in(page: Page, tower: Tower, email: str) -> None:
    await page.goto(f"{tower.url}/desk/")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await press(page, "Log in")
    await expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()


def test_a_passkey_is_made_opens_the_desk_and_approves(
    chromium: Chromium, tower: Tower, bruno: Person, committed: None
) -> None:
    token = people.invite_person(Person(email="dora@town.example", name="Dora", role="approver", body="mayor"))
    page = chromium.new_page()
    run = chromium.run
    cdp, key = run(plug_in(page))
    run(set_up(page, f"{tower.url}/desk/enrol/{token}/"))
    clean(chromium, page, "enrol")
    run(press(page, "Make a passkey"))
    run(expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible())
    run(expect(page.get_by_role("listitem")).to_have_count(10))
    run(expect(page.get_by_role("button", name="Print")).to_be_visible())
    clean(chromium, page, "codes")
    assert len(run(cdp.send("WebAuthn.getCredentials", {"authenticatorId": key}))["credentials"]) == 1

    run(log_in(page, tower, "dora@town.example"))
    clean(chromium, page, "second-factor")
    run(press(page, "Use a passkey"))
    run(page.wait_for_url(f"{tower.url}/desk/"))

    call = make.pending(bruno)
    approval = f"{tower.url}/desk/call/{call.public_id}/approve/"
    grow_old(chromium, page, door.FRESH_S - 60)
    run(page.goto(approval))
    assert page.url == approval
    grow_old(chromium, page, 61)
    run(page.get_by_role("textbox").first.fill(call.area["places"][0]))
    run(page.locator("form:has([name=place]) button").last.click())
    run(expect(page.get_by_role("heading", name=re.compile("locked|still you"))).to_be_visible())
    clean(chromium, page, "again")
    run(press(page, "Use a passkey"))
    run(page.wait_for_url(f"{tower.url}/desk/call/{call.public_id}/"))
    call.refresh_from_db()
    assert call.state == "live"
    assert call.approver is not None and call.approver.email == "dora@town.example"


def test_a_passkey_that_is_refused_says_so_and_a_recovery_code_opens(
    chromium: Chromium, tower: Tower, committed: None
) -> None:
    token = people.invite_person(Person(email="dora@town.example", name="Dora", role="officer"))
    page, run = chromium.new_page(width=390), chromium.run
    cdp, key = run(plug_in(page))
    run(set_up(page, f"{tower.url}/desk/enrol/{token}/"))
    run(press(page, "Make a passkey"))
    code = run(page.get_by_role("listitem").nth(2).inner_text())
    run(log_in(page, tower, "dora@town.example"))
    run(cdp.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False}))
    run(press(page, "Use a passkey"))
    run(expect(page.get_by_role("alert")).to_contain_text("was not accepted"))
    run(page.get_by_label("Code").fill(code))
    run(press(page, "Log in"))
    run(page.wait_for_url(f"{tower.url}/desk/"))


def test_an_empty_chair_covers_the_page_and_nothing_typed_is_lost(
    chromium: Chromium, tower: Tower, committed: None
) -> None:
    token = people.invite_person(Person(email="dora@town.example", name="Dora", role="approver", body="mayor"))
    page, run = chromium.new_page(), chromium.run
    run(plug_in(page))
    run(set_up(page, f"{tower.url}/desk/enrol/{token}/"))
    run(press(page, "Make a passkey"))
    run(expect(page.get_by_role("listitem")).to_have_count(10))
    run(log_in(page, tower, "dora@town.example"))
    run(press(page, "Use a passkey"))
    run(page.wait_for_url(f"{tower.url}/desk/"))

    run(page.clock.install())
    run(page.goto(f"{tower.url}/desk/call/new/"))
    headline = page.locator("[name='headline.fr']").first
    run(headline.fill("Montez à l'étage"))
    run(page.clock.fast_forward((door.IDLE_APPROVER_S - 60) * 1000))
    run(expect(page.get_by_role("dialog")).to_have_count(0))
    grow_old(chromium, page, door.IDLE_APPROVER_S + 60)
    run(page.clock.fast_forward(120_000))
    dialog = page.get_by_role("dialog", name="The desk is locked")
    run(expect(dialog).to_be_visible())
    run(page.keyboard.press("Escape"))
    run(page.keyboard.press("Escape"))
    run(expect(dialog).to_be_visible())
    run(dialog.get_by_label("Code").fill("000000"))
    run(dialog.get_by_role("button", name="Go on").click())
    run(expect(dialog.get_by_role("alert").first).to_be_visible())
    clean(chromium, page, "locked")
    run(dialog.get_by_role("button", name="Use a passkey").click())
    run(expect(page.get_by_role("dialog")).to_have_count(0))
    run(expect(headline).to_have_value("Montez à l'étage"))
    run(page.goto(f"{tower.url}/desk/"))
    assert page.url == f"{tower.url}/desk/"

    # The desk asks for news by itself: a lock of the server shows at once.
    run(page.clock.run_for(6_000))
    run(expect(page.get_by_role("dialog")).to_have_count(0))
    grow_old(chromium, page, door.IDLE_APPROVER_S + 60)
    run(page.clock.run_for(6_000))
    run(expect(dialog).to_be_visible())
