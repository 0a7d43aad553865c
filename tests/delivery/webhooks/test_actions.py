"""Partners' receivers are told of each call, signed, at least once, in time or not at all; residents never wait for
them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook as Verifier

from beffroi.audience import address as addresses
from beffroi.calls.models import Call
from beffroi.delivery import fanout
from beffroi.delivery.models import Event, Webhook
from beffroi.delivery.webhooks import actions, payload
from beffroi.errors import NotAllowed
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.people import actions as people
from beffroi.people.models import Entry, Key
from tests import make
from tests.delivery.webhooks.receiver import Receiver
from tests.phone import Phone
from tests.push_sink import HANG, Push, PushSink


def partner(name: str = "partner") -> Key:
    people.add_key(name, ["webhook.manage"])
    return Key.objects.get(name=name)


@pytest.fixture
def hook(push_sink: PushSink, town: None) -> tuple[str, str]:
    """Address and secret of a webhook whose receiver takes everything."""
    url = push_sink.endpoint(204)
    _row, secret = actions.register(partner(), url, is_exercise=False)
    return url, secret


def verified(push: Push, secret: str) -> dict[str, Any]:
    """What was posted, if its signature is good."""
    found: dict[str, Any] = Verifier(secret).verify(push.body.decode(), {k.lower(): v for k, v in push.headers.items()})
    return found


def test_each_message_of_an_event_is_told_signed(
    hook: tuple[str, str], push_sink: PushSink, bruno: Any, chiara: Any
) -> None:
    url, secret = hook
    first = make.live(bruno, chiara, severity="Minor")
    update = make.approved(bruno, chiara, outcomes.update(bruno, first.public_id, make.content(severity="Minor")))
    outcomes.close(bruno, update.public_id, "all-clear", closing_texts(update, "all-clear"))
    assert push_sink.at(url) == [], "nothing is sent inside the transaction that issues"
    assert actions.send_due(clock.now()) == 3
    told = [verified(push, secret) for push in push_sink.at(url)]
    assert [one["type"] for one in told] == ["call.issued", "call.updated", "call.ended"]
    assert [one["data"]["number"] for one in told] == [1, 2, 3]
    assert {one["data"]["event_id"] for one in told} == {first.public_id}
    assert told[2]["data"]["ending"] == "all-clear"
    assert len({push.headers["webhook-id"] for push in push_sink.at(url)}) == 3
    assert actions.send_due(clock.now()) == 0
    assert set(Event.objects.values_list("state", "tries")) == {("sent", 1)}


def test_what_fails_is_told_again_with_the_same_id_and_a_new_signature(
    push_sink: PushSink, town: None, bruno: Any, chiara: Any
) -> None:
    url = push_sink.endpoint(500, 302, 200)
    _row, secret = actions.register(partner(), url, is_exercise=False)
    make.live(bruno, chiara)
    now = clock.now()
    assert actions.send_due(now) == 1
    assert actions.send_due(now) == 0, "not at once"
    event = Event.objects.get()
    assert (event.state, event.reason, event.tries) == ("waiting", "500", 1)
    assert now + timedelta(seconds=4) <= event.not_before <= now + timedelta(seconds=6)
    assert actions.send_due(event.not_before) == 1
    event.refresh_from_db()
    assert (event.reason, event.tries) == ("302", 2), "a redirect is not followed"
    assert actions.send_due(event.not_before) == 1
    event.refresh_from_db()
    assert (event.state, event.reason, event.tries) == ("sent", "", 3)
    pushes = push_sink.at(url)
    assert len({(push.headers["webhook-id"], push.body) for push in pushes}) == 1
    assert all(verified(push, secret) for push in pushes)


def test_it_waits_as_long_as_the_receiver_asks_but_not_longer_than_an_hour(
    push_sink: PushSink, town: None, bruno: Any, chiara: Any
) -> None:
    actions.register(partner(), push_sink.endpoint((429, {"Retry-After": "90000"})), is_exercise=False)
    make.live(bruno, chiara)
    now = clock.now()
    actions.send_due(now)
    assert Event.objects.get().not_before == now + timedelta(seconds=3600)


def test_what_is_over_is_not_told(hook: tuple[str, str], push_sink: PushSink, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    assert actions.send_due(call.expires) == 0
    assert Event.objects.get().state == "expired"
    assert push_sink.at(hook[0]) == []


def test_a_receiver_that_wants_no_more_is_told_no_more(
    push_sink: PushSink, town: None, bruno: Any, chiara: Any
) -> None:
    actions.register(partner(), push_sink.endpoint(410), is_exercise=False)
    make.live(bruno, chiara)
    actions.send_due(clock.now())
    assert Event.objects.get().state == "dropped"
    assert Webhook.objects.get().ended_at is not None
    assert Entry.objects.get(action="webhook.end").facts == {"why": "410"}
    make.live(bruno, chiara)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("is_ended", [True, False])
def test_with_its_key_a_webhook_ends(
    hook: tuple[str, str], push_sink: PushSink, bruno: Any, chiara: Any, is_ended: bool
) -> None:
    make.live(bruno, chiara)
    if is_ended:
        people.end_key("partner")
    else:
        Key.objects.using("owner").update(expires_at=clock.now())
    assert actions.send_due(clock.now()) == 0
    assert Event.objects.get().state == "dropped"
    assert push_sink.at(hook[0]) == []


@pytest.fixture
def receiver(push_sink: PushSink, settings: Any) -> Iterator[Receiver]:
    """A second receiver, at an origin of its own."""
    found = Receiver()
    settings.OPEN_HOSTS = (*settings.OPEN_HOSTS, found.host)
    yield found
    found.close()


def test_one_that_hangs_holds_up_neither_the_others_nor_residents(
    push_sink: PushSink, receiver: Receiver, town: None, bruno: Any, chiara: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "DEADLINE_S", 1.0)
    make.phone_subscription(Phone(endpoint := push_sink.endpoint()))
    key = partner()
    actions.register(key, push_sink.endpoint(HANG), is_exercise=False)
    actions.register(key, receiver.url, is_exercise=False)
    make.live(bruno, chiara)
    fanout.run()
    assert len(push_sink.at(endpoint)) == 1, "before any webhook was told"
    assert actions.send_due(clock.now()) == 2
    assert [(event.state, event.reason) for event in Event.objects.order_by("pk")] == [
        ("waiting", "http-timeout"), ("sent", ""),
    ]  # fmt: skip
    assert len(receiver.bodies) == 1


def test_exercises_are_told_to_those_who_asked(push_sink: PushSink, town: None, bruno: Any, chiara: Any) -> None:
    key = partner()
    actions.register(key, push_sink.endpoint(), is_exercise=False)
    row, _secret = actions.register(key, push_sink.endpoint(), is_exercise=True)
    make.live(bruno, chiara, status="Exercise")
    assert [event.webhook for event in Event.objects.all()] == [row]


def test_address_and_secret_are_sealed(hook: tuple[str, str]) -> None:
    row = Webhook.objects.get()
    assert hook[0].encode() not in bytes(row.address)
    assert addresses.reveal(bytes(row.address), actions.CONTEXT) == {"url": hook[0], "secret": hook[1]}
    assert actions.url_of(row) == hook[0]
    assert hook[1] not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(("url", "why"), [
    ("http://partner.example/hook", "scheme"), ("https://partner.example:8443/", "scheme"),
    ("https://10.0.0.1/", "host"), ("https://[::1]/", "form"), ("https://user@partner.example/", "form"),
    ("https://localhost/", "address"), ("https://no-such-name.invalid/", "name"), ("ftp://partner.example/", "form"),
    ("https://0x7f000001/", "host"), ("", "form"),
])  # fmt: skip
def test_only_public_addresses_by_https(committed: None, url: str, why: str) -> None:
    with pytest.raises(actions.WebhookBad) as caught:
        actions.register(partner(), url, is_exercise=False)
    assert caught.value.facts["why"] == why
    assert not Webhook.objects.exists()


def test_a_name_that_leads_elsewhere_by_then_is_not_followed(
    hook: tuple[str, str], push_sink: PushSink, settings: Any, bruno: Any, chiara: Any
) -> None:
    """What was public when it was registered may be private when it is told: judged again at each connection."""
    make.live(bruno, chiara)
    settings.OPEN_HOSTS = ()
    actions.send_due(clock.now())
    assert Event.objects.get().reason == "http-refused"
    assert push_sink.at(hook[0]) == []


def test_ten_for_a_key_and_each_key_its_own(push_sink: PushSink, committed: None) -> None:
    key, other = partner(), partner("other")
    rows = [actions.register(key, push_sink.endpoint(), is_exercise=False)[0] for _ in range(actions.MOST)]
    with pytest.raises(actions.WebhookBad):
        actions.register(key, push_sink.endpoint(), is_exercise=False)
    with pytest.raises(actions.WebhookUnknown):
        actions.end(other, rows[0].public_id)
    actions.end(key, rows[0].public_id)
    with pytest.raises(actions.WebhookUnknown):
        actions.end(key, rows[0].public_id)
    assert actions.of_key(key).count() == actions.MOST - 1
    people.add_key("reader", ["call.read"])
    with pytest.raises(NotAllowed):
        actions.register(Key.objects.get(name="reader"), push_sink.endpoint(), is_exercise=False)


def test_two_workers_tell_once(hook: tuple[str, str], push_sink: PushSink, bruno: Any, chiara: Any) -> None:
    make.live(bruno, chiara)

    def work(_number: int) -> int:
        try:
            return actions.send_due(clock.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 1
    assert len(push_sink.at(hook[0])) == 1


def test_what_was_told_is_forgotten_after_a_week(hook: tuple[str, str], bruno: Any, chiara: Any) -> None:
    make.live(bruno, chiara)
    assert actions.erase(clock.now() + timedelta(days=6)) == 0
    assert actions.erase(clock.now() + timedelta(days=8)) == 1


def test_what_waits_can_be_stopped(hook: tuple[str, str], push_sink: PushSink, bruno: Any, chiara: Any) -> None:
    make.live(bruno, chiara)
    assert actions.stop() == 1
    assert actions.send_due(clock.now()) == 0
    assert push_sink.at(hook[0]) == []


def test_nobody_to_tell_costs_no_job(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    assert actions.announce(Call.objects.get(pk=call.pk)) == 0
    assert json.loads(payload.body(Call.objects.get()))["data"]["id"] == call.public_id
