"""Without JavaScript everything works, and nothing changes on GET."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from playwright.async_api import Page

from beffroi.audience.models import Subscription
from beffroi.calls.models import Call
from beffroi.crisis.models import Message
from tests import make
from tests.browser.chromium import Chromium
from tests.browser.patience import until
from tests.browser.staff import log_in, session
from tests.browser.stage import Stage
from tests.crisis import messages
from tests.web.staff.test_urls import screens

LINK = re.compile(r"https?://\S+")


@pytest.fixture
def plain(chromium: Chromium) -> Callable[[], Page]:
    """A browser whose JavaScript is off."""
    return lambda: chromium.new_page(has_script=False)


def link_in_letter(house: Stage, address: str) -> str:
    """The link in the newest letter to somebody."""
    letter = until(lambda: house.tower.letters.to(address), f"a letter to {address}")[-1]
    body = letter.get_body(("plain",))
    assert body is not None
    return next(str(url) for url in LINK.findall(body.get_content()) if "/confirm/" in url)


def is_waiting(row: Subscription) -> bool:
    """Whether nobody has pressed the button in the letter yet."""
    return Subscription.objects.filter(pk=row.pk, confirmed_at=None).exists()


def test_a_resident_subscribes_changes_and_leaves(chromium: Chromium, plain: Callable[[], Page], house: Stage) -> None:
    run, page, address = chromium.run, plain(), "ada@residents.example"
    run(page.goto(f"{house.url}/en/subscribe/"))
    run(page.select_option("#place", label="Nord-Ouest"))
    run(page.check("input[name=floor][value='3']"))
    run(page.fill("#email", address))
    run(page.click("#start"))
    private = run(page.get_attribute("#link", "href"))
    assert private is not None and "/en/mine/" in private
    row = Subscription.objects.get(channel="email")
    assert (row.floor, row.places.exists()) == (3, True)

    run(page.goto(link_in_letter(house, address)))
    run(page.reload())
    assert is_waiting(row)
    run(page.click("#confirm"))
    assert not is_waiting(row)

    run(page.goto(private))
    run(page.check("input[name=floor][value='0']"))
    run(page.select_option("#lang", "es"))
    run(page.click("#change [type=submit]"))
    run(page.wait_for_selector("#changed"))
    row.refresh_from_db()
    assert (row.floor, row.language, row.places.exists()) == (0, "es", True)
    run(page.click("#delete button"))
    assert run(page.text_content("h1")) == "Deleted"
    assert not Subscription.objects.filter(pk=row.pk).exists()


def test_a_link_in_an_alert_ends_it_by_a_button(chromium: Chromium, plain: Callable[[], Page], house: Stage) -> None:
    run, page = chromium.run, plain()
    address, before = house.leave(), Subscription.objects.count()
    run(page.goto(house.url + address))
    run(page.reload())
    assert Subscription.objects.count() == before
    run(page.click("#leave"))
    assert run(page.text_content("h1")) == "Stopped"
    assert Subscription.objects.count() == before - 1


def write_call(run: Callable[[Any], Any], page: Page) -> None:
    """A severe flood in one quarter, as the composer's plain form takes it."""
    run(page.select_option("#f-hazard", "flood"))
    run(page.check("input[name=status][value=Actual]"))
    run(page.select_option("#f-places", label="Nord-Ouest"))
    run(page.check("input[name=severity][value=Severe]"))
    run(page.select_option("#f-urgency", "Immediate"))
    run(page.select_option("#f-certainty", "Likely"))
    run(page.check("input[name=responseType][value=Shelter]"))
    run(page.fill("#f-headline-fr", "Montez à l'étage"))
    run(page.fill("#f-instruction-fr", "Montez.\nLaissez la voiture."))


def test_staff_write_approve_and_end_a_call(chromium: Chromium, plain: Callable[[], Page], house: Stage) -> None:
    run, bruno, chiara = chromium.run, plain(), plain()
    log_in(chromium, house, bruno, "bruno")
    run(bruno.click("nav a[href$='/call/new/']"))
    write_call(run, bruno)
    run(bruno.click("button[value=count]:not([hidden])"))
    assert "Nord-Ouest" in run(bruno.inner_text("#count"))
    run(bruno.click("button[value=submit]"))
    call = Call.objects.get()
    assert (call.state, call.severity) == ("pending", "Severe")
    assert run(bruno.locator("a[href$='/approve/']").count()) == 0  # who wrote it does not decide

    log_in(chromium, house, chiara, "chiara")
    run(chiara.click(".clock a[href$='/approve/']"))
    run(chiara.reload())
    call.refresh_from_db()
    assert call.state == "pending"
    run(chiara.fill("#f-place", "nord-ouest"))
    run(chiara.click("form.confirm button"))
    call.refresh_from_db()
    assert call.state == "live"

    run(bruno.reload())
    run(bruno.click("a[href$='/close/all-clear/']"))
    run(bruno.click("#composer .btn.primary"))
    call.refresh_from_db()
    assert (call.state, call.followed_by.get().ending) == ("ended", "all-clear")


def held() -> dict[str, Any]:
    """Every row of what pages can change; not sessions, and not what the worker does by itself."""
    rooms = {"audience", "calls", "crisis", "people", "places", "mfa"}
    models = [model for model in apps.get_models() if model._meta.app_label in rooms and model._meta.managed]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}


def test_nothing_changes_on_get(house: Stage) -> None:
    bruno, chiara = house.people["bruno"], house.people["chiara"]
    drafts = [make.live(bruno, chiara), make.pending(bruno)]
    message: Message = messages.take(messages.alert("w1"))
    links = [house.mine("en"), house.confirm("en"), house.leave()]
    clients = [Client(), Client(), Client()]
    for client, name in zip(clients, ("chiara", "bruno", "olga"), strict=True):
        client.cookies["sessionid"] = session(house, name)["value"]
    before, asked = held(), 0
    for client in clients:
        for call in drafts:
            values = {"public_id": call.public_id, "number": message.pk, "ending": "all-clear", "language": "en"}
            for route in screens():
                if route.name is None or "token" in route.pattern.converters or route.name == "account_logout":
                    continue
                client.get(reverse(route.name, kwargs={part: values[part] for part in route.pattern.converters}))
                asked += 1
        for link in links:
            assert client.get(link).status_code == 200
    assert asked > 100
    assert held() == before
