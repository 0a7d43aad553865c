"""Texts of an enemy in a warning: no page, mail or notification runs them, is bent by them or reads otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from beffroi.calls.models import Call
from beffroi.lib.text import HIDDEN
from beffroi.standards.cap.write import write
from tests import make
from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.looking import NARROW, WIDE
from tests.browser.patience import until
from tests.browser.resident import subscribe
from tests.browser.staff import session
from tests.browser.stage import Stage
from tests.crisis import messages

ATTACK = (
    '"><img src=x onerror=window.owned=1><script>window.owned=1</script><svg onload=window.owned=1>'
    "{{ 7|add:7 }}{% now 'Y' %}javascript:window.owned=1"
)
BENT = "\u202eeslaf\u202c \u2066\u200bvisible\u2069 \x85\u2028Bcc: everyone@residents.example"
BREAK = "\r\nBcc: everyone@residents.example\r\n\r\n<h1>Injected</h1>"
HUGE = "W" * 20_000


def hostile(name: str, headline: str) -> bytes:
    """A warning whose every text attacks, valid in everything else; line breaks as references, so that they arrive."""
    area = messages.area(areaDesc=f"Nord {ATTACK} {BENT}")
    info = messages.info(
        headline="HEADLINE", event=f"Crue {ATTACK} {BENT}", instruction=f"{ATTACK}\n{BENT}\n{HUGE[:1500]}",
        description=f"{BENT} {ATTACK}", senderName=f"Weather {ATTACK} {BENT}", area=(area,),
    )  # fmt: skip
    raw = write(messages.alert(name, info=(info,))).decode()
    escaped = "".join(f"&#{ord(letter)};" for letter in headline)
    return raw.replace("HEADLINE", escaped).encode()


@pytest.fixture(scope="module")
def calls(house: Stage) -> dict[str, Call]:
    """Calls that two careless people made of such warnings without changing a letter, and one still a draft."""
    bruno, chiara = house.people["bruno"], house.people["chiara"]
    make.mail_subscription("ada")
    found = {}
    for name, headline in (("attack", ATTACK + BENT), ("break", "Crue" + BREAK), ("huge", HUGE), ("draft", ATTACK)):
        message = messages.take(hostile(name, headline))
        assert message.call is not None, message.findings
        house.warnings[name] = message
        found[name] = message.call
    for name in ("attack", "break", "huge"):
        found[name] = make.approved(bruno, chiara, found[name])
    return found


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A telephone on which an opened dialogue would be noticed."""
    page = chromium.new_page(390)
    yield page
    assert chromium.csp_reports(page) == []  # what the policy had to stop was already in the page
    assert chromium.script_errors(page) == []


def is_inert(chromium: Chromium, page: Page, url: str) -> None:
    """The page opens, runs nothing, hides nothing and holds its shape."""
    run = chromium.run
    run(page.set_viewport_size({"width": NARROW, "height": 844}))
    answer = run(page.goto(url))
    assert answer is not None and answer.status == 200
    assert run(page.evaluate("window.owned")) is None
    assert run(page.locator("main img, main script:not([type]), main svg[onload], h1:text-is('Injected')").count()) == 0
    shown = run(page.inner_text("body")) + run(page.title())
    assert HIDDEN.findall(shown) == []
    assert run(page.evaluate(WIDE, NARROW)) == []


def test_residents_pages_are_inert(chromium: Chromium, page: Page, house: Stage, calls: dict[str, Call]) -> None:
    for language in ("fr", "en"):
        is_inert(chromium, page, f"{house.url}/{language}/")
        for name in ("attack", "break", "huge"):
            for kind in ("alert", "figures"):
                is_inert(chromium, page, f"{house.url}/{language}/{kind}/{calls[name].public_id}/")


def test_the_attack_is_shown_as_text(chromium: Chromium, page: Page, house: Stage, calls: dict[str, Call]) -> None:
    is_inert(chromium, page, f"{house.url}/fr/alert/{calls['attack'].public_id}/")
    headline = chromium.run(page.inner_text("h1"))
    assert "<script>window.owned=1</script>" in headline and "{{ 7|add:7 }}" in headline


def test_staff_pages_are_inert(chromium: Chromium, page: Page, house: Stage, calls: dict[str, Call]) -> None:
    chromium.run(page.context.add_cookies([session(house, "bruno")]))  # type: ignore[list-item]
    paths = ["", f"call/{calls['draft'].public_id}/edit/", f"call/{calls['attack'].public_id}/update/"]
    paths += [f"call/{call.public_id}/" for call in calls.values()]
    paths += [f"warning/{warning.pk}/" for warning in house.warnings.values()]
    for path in paths:
        is_inert(chromium, page, f"{house.url}/desk/{path}")


def test_the_decision_is_inert(chromium: Chromium, page: Page, house: Stage, calls: dict[str, Call]) -> None:
    pending = make.pending(house.people["bruno"], texts=calls["attack"].texts)
    chromium.run(page.context.add_cookies([session(house, "chiara")]))  # type: ignore[list-item]
    is_inert(chromium, page, f"{house.url}/desk/call/{pending.public_id}/approve/")


def test_mails_are_inert(house: Stage, calls: dict[str, Call]) -> None:
    box = house.tower.letters
    until(lambda: len(box.to("ada@residents.example")) >= 3, "three letters")
    letters = box.to("ada@residents.example")
    assert box.to("everyone@residents.example") == []
    for letter in letters:
        assert (letter["Bcc"], letter["Cc"], len(letter.get_all("Subject", []))) == (None, None, 1)
        assert not re.search(r"[\r\n]", str(letter["Subject"])) and HIDDEN.findall(str(letter["Subject"])) == []
        for part in letter.walk():
            if part.get_content_type() == "text/html":
                html = part.get_content()
                assert "<script" not in html and "<img src=x" not in html and "<svg onload" not in html
            if part.get_content_type() == "text/plain":
                assert HIDDEN.findall(part.get_content()) == []


def test_a_notification_is_inert(firefox: Firefox, house: Stage, calls: dict[str, Call], settings: Any) -> None:
    subscribe(firefox, house.url)
    call = make.live(house.people["bruno"], house.people["chiara"], texts=calls["attack"].texts)
    shown = until(firefox.notifications, "the notification")[0]
    assert "<script>window.owned=1</script>" in shown.title and HIDDEN.findall(shown.title + shown.body) == []
    firefox.press_notification(shown.title)
    firefox.switch_to_tab(f"/alert/{call.public_id}/")
    assert firefox.js("return window.owned ?? null") is None
