"""A partner registers its receiver, sees what it was told, and ends it."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.delivery.webhooks import actions
from beffroi.lib import clock
from tests import make
from tests.push_sink import PushSink
from tests.web.api.partner import Partner


@pytest.fixture
def partner(town: None) -> Partner:
    return Partner("partner", "webhook.manage")


def test_the_secret_is_shown_once(partner: Partner, push_sink: PushSink) -> None:
    url = push_sink.endpoint()
    made = partner.ask("POST", "/webhooks", {"url": url, "exercises": True})
    assert partner.status == 201
    assert made["secret"].startswith("whsec_")
    assert partner.headers["Location"] == f"/api/webhooks/{made['id']}/events"
    [listed] = partner.ask("GET", "/webhooks")
    assert listed == {key: value for key, value in made.items() if key != "secret"}
    assert (listed["url"], listed["exercises"]) == (url, True)


def test_what_it_was_told(partner: Partner, push_sink: PushSink, bruno: Any, chiara: Any) -> None:
    url = push_sink.endpoint(500, 200)
    made = partner.ask("POST", "/webhooks", {"url": url})
    call = make.live(bruno, chiara)
    path = f"/webhooks/{made['id']}/events"
    [waiting] = partner.ask("GET", path)["items"]
    assert (waiting["state"], waiting["type"], waiting["call"]) == ("waiting", "call.issued", call.public_id)
    actions.send_due(clock.now())
    [tried] = partner.ask("GET", path)["items"]
    assert (tried["state"], tried["tries"], tried["reason"]) == ("waiting", 1, "500")
    [push] = push_sink.at(url)
    assert push.headers["webhook-id"] == tried["webhook_id"]


def test_each_key_sees_its_own(partner: Partner, push_sink: PushSink) -> None:
    made = partner.ask("POST", "/webhooks", {"url": push_sink.endpoint()})
    other = Partner("other", "webhook.manage")
    assert other.ask("GET", "/webhooks") == []
    assert other.ask("GET", f"/webhooks/{made['id']}/events")["code"] == "webhook-unknown"
    assert other.ask("DELETE", f"/webhooks/{made['id']}")["code"] == "webhook-unknown"
    assert partner.ask("DELETE", f"/webhooks/{made['id']}") is None
    assert partner.status == 204
    assert partner.ask("GET", "/webhooks") == []
    assert partner.ask("DELETE", f"/webhooks/{made['id']}")["code"] == "webhook-unknown"


@pytest.mark.parametrize("url", ["http://partner.example/", "https://127.0.0.1/x", "https://localhost/hook", "x" * 20])
def test_where_nothing_is_sent(partner: Partner, url: str) -> None:
    told = partner.ask("POST", "/webhooks", {"url": url})
    assert (partner.status, told["code"]) == (400, "webhook-bad")
