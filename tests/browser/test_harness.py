"""The harness works: real browsers subscribe, get encrypted pushes through the stand-in and show them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.marionette import MarionetteError
from tests.browser.page_server import PageServer
from tests.browser.patience import until
from tests.browser.push_service import PushService
from tests.browser.reference_sender import ReferenceSender, encode

PAGE = """<!doctype html><html lang="en"><title>Tower</title><script>
var subscription = null, failure = null;  // var: seen from outside, unlike let
async function subscribe(key) {
    try {
        if (await Notification.requestPermission() !== "granted") throw new Error("no permission");
        const worker = await navigator.serviceWorker.register("/worker.js");
        await navigator.serviceWorker.ready;
        const options = { userVisibleOnly: true, applicationServerKey: key };
        subscription = (await worker.pushManager.subscribe(options)).toJSON();
    } catch (error) { failure = String(error); }
}
</script><input id="key">
<button id="subscribe" onclick="subscribe(document.getElementById('key').value)">Warn me</button>"""
WORKER = """
addEventListener("install", event => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("push", event => event.waitUntil((async () => {
    const { title, url, withdraw, ...options } = event.data.json();
    for (const old of await registration.getNotifications({ tag: withdraw })) if (withdraw) old.close();
    await registration.showNotification(title, { ...options, data: { url } });
})()));
addEventListener("notificationclick", event => event.waitUntil(clients.openWindow(event.notification.data.url)));
"""
STRICT = '<!doctype html><html lang="en"><title>Strict</title><button>Press</button><script src="/later.js"></script>'
LATER = """document.querySelector("button").addEventListener("click", () => setTimeout(() => {
    const late = document.body.appendChild(document.createElement("p"));
    [late.id, late.textContent] = ["late", "pressed"];
}, 300));"""
SHOWN = """(await (await navigator.serviceWorker.ready).getNotifications())
    .map(n => ({ title: n.title, body: n.body, tag: n.tag, lang: n.lang }))"""
UNSUBSCRIBE = "async () => (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).unsubscribe()"
FLOOD = {
    "title": "Alerte inondation",
    "body": "Évacuez le quartier bas 🌊",
    "tag": "c1",
    "lang": "fr",
    "url": "/alert.html",
}


@pytest.fixture
def site() -> Iterator[PageServer]:
    server = PageServer({"/": PAGE, "/worker.js": WORKER, "/alert.html": "<!doctype html><h1>The alert</h1>"})
    yield server
    server.close()


@pytest.fixture
def sender(push_service: PushService) -> ReferenceSender:
    return ReferenceSender(push_service.ca_file)


@pytest.fixture
def subscription(firefox: Firefox, site: PageServer, sender: ReferenceSender) -> dict[str, Any]:
    firefox.open(site.origin)
    firefox.type("#key", encode(sender.public_key))
    firefox.click("#subscribe")
    firefox.wait_until("subscription || failure")
    assert firefox.js("return failure") is None
    found: dict[str, Any] = firefox.js("return subscription")
    return found


def test_a_push_is_shown_and_replaced(
    firefox: Firefox, push_service: PushService, sender: ReferenceSender, subscription: dict[str, Any]
) -> None:
    assert subscription["endpoint"].startswith(f"{push_service.origin}/wpush/v2/")
    assert sender.send(subscription, FLOOD, Urgency="high", Topic="c1") == 201
    shown = firefox.wait_for_notification("Alerte inondation")
    assert (shown.body, shown.lang) == (FLOOD["body"], "fr")
    assert firefox.js(f"return {SHOWN}") == [{k: FLOOD[k] for k in ("title", "body", "tag", "lang")}]

    assert sender.send(subscription, FLOOD | {"title": "Alerte levée ?", "body": "Pas encore"}) == 201
    firefox.wait_for_notification("Alerte levée ?")
    assert [n.body for n in firefox.notifications()] == ["Pas encore"]
    assert [n["body"] for n in firefox.js(f"return {SHOWN}")] == ["Pas encore"]

    assert [ack.outcome for ack in push_service.wait_for_acks(2)] == ["delivered", "delivered"]
    assert [(post.status, post.headers["urgency"]) for post in push_service.posts[:1]] == [(201, "high")]
    assert push_service.waiting(subscription["endpoint"]) == []


def test_a_pressed_notification_opens_its_page(
    firefox: Firefox, site: PageServer, sender: ReferenceSender, subscription: dict[str, Any]
) -> None:
    sender.send(subscription, FLOOD)
    firefox.press_notification("Alerte inondation")
    firefox.switch_to_tab("/alert.html")
    assert firefox.text("h1") == "The alert"
    assert firefox.notifications() == []


def test_offline_only_the_last_of_a_topic_and_nothing_expired_waits(
    firefox: Firefox, push_service: PushService, sender: ReferenceSender, subscription: dict[str, Any]
) -> None:
    with push_service.firefox_offline():
        for title, headers in [
            ("first", {"Topic": "c1"}),
            ("expired", {"TTL": "60"}),
            ("second", {"Topic": "c1"}),
            ("now or never", {"TTL": "0"}),
        ]:
            assert sender.send(subscription, FLOOD | {"title": title, "tag": title}, **headers) == 201
        assert len(push_service.waiting(subscription["endpoint"])) == 2
        push_service.pass_time(61)
    firefox.wait_for_notification("second")
    assert sender.send(subscription, FLOOD | {"title": "online", "tag": "online"}) == 201
    firefox.wait_for_notification("online")
    assert [shown.title for shown in firefox.notifications()] == ["second", "online"]


def test_an_unsubscribed_browser_is_gone(
    firefox: Firefox, push_service: PushService, sender: ReferenceSender, subscription: dict[str, Any]
) -> None:
    assert firefox.js(
        "return (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).unsubscribe()"
    )
    until(lambda: sender.send(subscription, FLOOD) == 410, "the subscription to end")
    assert push_service.posts[-1].reason == "the subscription has ended"


def test_firefox_says_what_it_cannot_decrypt(
    push_service: PushService, sender: ReferenceSender, subscription: dict[str, Any]
) -> None:
    keys = subscription["keys"] | {"auth": encode(bytes(16))}
    assert sender.send(subscription | {"keys": keys}, FLOOD) == 201
    assert [ack.outcome for ack in push_service.wait_for_acks(1)] == ["not decrypted"]


def test_firefox_looks_at_a_page_with_a_strict_policy(firefox: Firefox, tmp_path: Path) -> None:
    server = PageServer({"/": STRICT, "/later.js": LATER}, {"Content-Security-Policy": "default-src 'self'"})
    try:
        firefox.open(f"{server.origin}/?q=1")
        firefox.click("button")
        assert firefox.wait_until("document.querySelector(arguments[0]).textContent === 'pressed' && 7", "#late") == 7
        assert (firefox.text("#late"), firefox.url) == ("pressed", f"{server.origin}/?q=1")
        with pytest.raises(MarionetteError, match="no such thing"):
            firefox.js("throw new Error('no such thing')")
        firefox.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    finally:
        server.close()


def test_chromium_gets_a_push_and_a_replacement(
    chromium: Chromium, site: PageServer, push_service: PushService, sender: ReferenceSender
) -> None:
    def shown(count: int) -> list[dict[str, str]]:
        push_service.wait_for_acks(count)
        return until(lambda: chromium.run(page.evaluate(f"async () => {SHOWN}")), "a notification")

    page = chromium.new_push_page(push_service)
    chromium.run(page.goto(site.origin))
    chromium.run(page.fill("#key", encode(sender.public_key)))
    chromium.run(page.click("#subscribe"))
    chromium.run(page.wait_for_function("subscription || failure"))
    assert chromium.run(page.evaluate("failure")) is None
    subscription = chromium.run(page.evaluate("subscription"))
    assert subscription["endpoint"].startswith(f"{push_service.origin}/wpush/v2/")

    assert sender.send(subscription, FLOOD) == 201
    assert shown(1) == [{k: FLOOD[k] for k in ("title", "body", "tag", "lang")}]
    assert sender.send(subscription, FLOOD | {"title": "Fin"}) == 201
    until(lambda: [n["title"] for n in shown(2)] == ["Fin"], "the replacement")

    assert chromium.run(page.evaluate(UNSUBSCRIBE))
    assert sender.send(subscription, FLOOD) == 410
