"""Web push: what a strict push service is given, and which hosts are never reached."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from beffroi.channels import webpush
from beffroi.channels.webpush import CHANNEL
from beffroi.delivery import shelves
from beffroi.delivery.channel import Receipt, Result, Target
from beffroi.lib import clock, fuse, keys
from beffroi.lib.guard import HttpRefused
from beffroi.lib.http import Poster
from beffroi.lib.webpush import application_server_key
from tests.browser.push_service import PushService
from tests.browser.push_vapid import decode
from tests.channels.samples import envelope, message
from tests.phone import Phone
from tests.push_sink import HANG, PushSink


@pytest.fixture
def phone(django_db_setup: None, push_vendor: PushService) -> Phone:
    return Phone(push_vendor.subscribe(decode(application_server_key(keys.current().vapid))))


def send(phone: Phone, said: Any = None, **changes: Any) -> Receipt:
    sender = CHANNEL.open(shelves.machine())
    [receipt] = sender.send(CHANNEL.render(said or message()), envelope(**changes), [Target(1, phone.address)])
    sender.close()
    assert receipt.hop == urlsplit(phone.endpoint).netloc
    return replace(receipt, hop="")


def test_a_phone_reads_what_was_sent(phone: Phone, push_vendor: PushService) -> None:
    expires = (clock.now() + timedelta(hours=2)).replace(microsecond=0)
    assert send(phone, message(expires=expires, msgType="Update")) == Receipt(1, Result.ACCEPTED)
    [waiting] = push_vendor.waiting(phone.endpoint)
    assert phone.read(waiting.body) == {
        "v": 1, "tag": "b4xq7mhk2t", "number": 2, "title": "Montez à l'étage", "body": "Laissez la voiture.\nVille",
        "lang": "fr", "url": "http://localhost:8000/fr/alert/b4xq7mhk2t/", "severity": "Severe", "msgType": "Update",
        "ending": None, "expires": int(expires.timestamp()),
        "over": "Un message est arrivé trop tard et n'est plus valable.",
    }  # fmt: skip


def test_a_later_message_takes_the_place_of_an_earlier_one(phone: Phone, push_vendor: PushService) -> None:
    send(phone, message(number=1), number=1)
    send(phone, message(number=2), number=2)
    send(phone, message(number=1, tag="other"), tag="other")
    assert [phone.read(kept.body)["number"] for kept in push_vendor.waiting(phone.endpoint)] == [2, 1]


def test_the_push_service_keeps_it_as_long_as_the_call_is_valid(phone: Phone, push_vendor: PushService) -> None:
    with clock.at(clock.now()):
        send(phone, expires_at=clock.now() + timedelta(seconds=90))
        send(phone, tag="long", expires_at=clock.now() + timedelta(days=3))
        send(phone, tag="over", expires_at=clock.now() - timedelta(seconds=1))
    assert [int(post.headers["TTL"]) for post in push_vendor.posts] == [90, 24 * 3600, 0]
    push_vendor.pass_time(91)
    assert [kept.order.topic for kept in push_vendor.waiting(phone.endpoint)] == ["long"]


@pytest.mark.parametrize(("severity", "urgency"), [("Extreme", "high"), ("Severe", "high"), ("Moderate", "normal")])
def test_the_worst_wakes_a_sleeping_phone(phone: Phone, push_vendor: PushService, severity: str, urgency: str) -> None:
    send(phone, severity=severity)
    assert push_vendor.posts[-1].headers["Urgency"] == urgency


def test_a_subscription_that_is_over_ends_ours(phone: Phone, push_vendor: PushService) -> None:
    push_vendor.end(phone.endpoint)
    assert send(phone) == Receipt(1, Result.GONE, "410")
    phone.endpoint += "x"
    assert send(phone) == Receipt(1, Result.GONE, "404")


@pytest.mark.parametrize(("status", "result"), [
    (200, Result.ACCEPTED), (307, Result.REFUSED), (400, Result.REFUSED), (413, Result.REFUSED), (401, Result.LATER),
    (403, Result.LATER), (429, Result.LATER), (500, Result.LATER), (503, Result.LATER), (529, Result.LATER),
])  # fmt: skip
def test_what_an_answer_means(django_db_setup: None, push_sink: PushSink, status: int, result: Result) -> None:
    elsewhere = push_sink.endpoint()
    phone = Phone(push_sink.endpoint((status, {"Location": elsewhere})))
    assert send(phone) == Receipt(1, result, "" if result is Result.ACCEPTED else str(status))
    assert push_sink.at(elsewhere) == []


def test_a_service_that_is_silent_is_given_up(django_db_setup: None, push_sink: PushSink) -> None:
    machine = shelves.machine()
    sender = CHANNEL.open(machine)
    sender.close()
    sender.poster = Poster(webpush.guard(machine), allowed_hosts=machine.push_hosts, deadline_s=0.3)
    targets = [Target(2, Phone(push_sink.endpoint()).address), Target(1, Phone(push_sink.endpoint(HANG)).address)]
    receipts = {receipt.id: receipt for receipt in sender.send(CHANNEL.render(message()), envelope(), targets)}
    sender.close()
    hop = push_sink.host
    assert receipts == {1: Receipt(1, Result.LATER, "http-timeout", hop=hop), 2: Receipt(2, Result.ACCEPTED, hop=hop)}


def test_a_service_that_fails_again_and_again_rests(django_db_setup: None, push_sink: PushSink) -> None:
    targets = [Target(n, Phone(push_sink.endpoint(503)).address) for n in range(150)]
    sender = CHANNEL.open(shelves.machine())
    receipts = list(sender.send(CHANNEL.render(message()), envelope(), targets))
    sender.close()
    assert sorted(receipt.id for receipt in receipts) == list(range(150))
    assert {receipt.result for receipt in receipts} == {Result.LATER}
    assert fuse.FAILURES <= len(push_sink.pushes) == sum(receipt.is_tried for receipt in receipts) < 150
    assert {receipt.reason for receipt in receipts if not receipt.is_tried} == {"http-rests"}
    push_sink.forget()
    later = CHANNEL.open(shelves.machine())  # whoever sends next in this process knows it, too
    [receipt] = later.send(CHANNEL.render(message()), envelope(), targets[:1])
    later.close()
    assert (receipt.is_tried, push_sink.pushes) == (False, [])


class Canary:
    """Listens where nobody may go, and counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            try:
                self._door.accept()[0].close()
            except OSError:
                return
            self.visits += 1

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.close()


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost.localdomain"]
)
def test_no_packet_goes_to_a_host_of_our_own_network(
    django_db_setup: None, push_sink: PushSink, canary: Canary, host: str
) -> None:
    machine = shelves.machine()
    for endpoint in (f"https://{host}:{canary.port}/x", f"https://{host}/x"):
        phone = Phone(endpoint)
        with pytest.raises(HttpRefused):
            CHANNEL.address(phone.subscription, machine)
        sender = CHANNEL.open(machine)
        [receipt] = sender.send(CHANNEL.render(message()), envelope(), [Target(1, phone.address)])
        sender.close()
        assert receipt == Receipt(1, Result.LATER, "http-refused", hop=urlsplit(endpoint).netloc)
    assert canary.visits == 0
    socket.create_connection(("127.0.0.1", canary.port)).close()  # the canary does sing


def test_a_host_that_is_not_on_the_list_is_refused_when_it_is_saved(django_db_setup: None, push_sink: PushSink) -> None:
    phone = Phone(push_sink.endpoint())
    CHANNEL.address(phone.subscription, shelves.machine())
    with pytest.raises(HttpRefused):
        CHANNEL.address(phone.subscription, replace(shelves.machine(), open_hosts=(), push_hosts=("push.example",)))
