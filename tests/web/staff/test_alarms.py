"""What is wrong stands on the desk until it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from beffroi.delivery import fanout
from beffroi.delivery.models import Note, Shard
from beffroi.lib import clock
from beffroi.people.models import Person
from beffroi.web.staff import alarms
from tests import make
from tests.channels.rigs import closed_port
from tests.delivery.workers import hasten
from tests.post_office import PostOffice
from tests.push_sink import PushSink


def texts(later_s: float) -> list[str]:
    return [alarm.text for alarm in alarms.standing(clock.now() + timedelta(seconds=later_s))]


def test_a_calm_desk_has_no_alarm(bruno: Person, town: None) -> None:
    assert texts(0) == []


def test_messages_that_nobody_sends_are_an_alarm(bruno: Person, chiara: Person, town: None) -> None:
    make.mail_subscription("ada")
    make.live(bruno, chiara)
    assert texts(0) == []
    (alarm,) = alarms.standing(clock.now() + timedelta(seconds=alarms.STUCK_S + 1))
    assert (alarm.sev, alarm.text) == ("extreme", "Messages are waiting and nothing sends them. Is a worker running?")
    Shard.objects.update(state="done")
    assert texts(alarms.STUCK_S + 1) == []


def test_a_channel_that_is_down_is_an_alarm_until_it_works_again(
    bruno: Person, chiara: Person, town: None, post_office: PostOffice, settings: Any
) -> None:
    make.crowd(120)
    settings.SMTP_URL = f"smtp://127.0.0.1:{closed_port()}"
    call = make.live(bruno, chiara)
    fanout.run()
    (alarm,) = alarms.standing(clock.now())
    assert (alarm.sev, alarm.since) == ("severe", call.issued_at)
    assert alarm.text.startswith("Messages wait: E-mail cannot be reached")
    settings.SMTP_URL = post_office.url
    hasten()
    fanout.run()
    assert texts(0) == []


def test_a_push_service_that_calls_most_addresses_gone_is_an_alarm(
    bruno: Person, chiara: Person, town: None, push_sink: PushSink
) -> None:
    make.phones([push_sink.endpoint(410) for _ in range(30)] + [push_sink.endpoint() for _ in range(10)])
    make.live(bruno, chiara)
    fanout.run()
    (text,) = texts(0)
    assert text.startswith("Messages wait: Push cannot be reached or refuses most")


def test_a_few_who_are_tried_again_are_no_alarm(bruno: Person, chiara: Person, town: None, push_sink: PushSink) -> None:
    make.phones([push_sink.endpoint(429) for _ in range(5)] + [push_sink.endpoint() for _ in range(3)])
    make.live(bruno, chiara)
    fanout.run()
    assert texts(0) == []


def test_a_call_that_ends_soon_asks_for_a_decision(bruno: Person, chiara: Person, town: None) -> None:
    call = make.live(bruno, chiara)
    (alarm,) = alarms.ending(clock.now() + timedelta(minutes=95))
    assert (alarm.call, alarm.since) == (call.public_id, call.expires)
    assert "Go upstairs" in alarm.text or "Montez" in alarm.text


def test_a_page_that_was_not_delivered_is_an_alarm(bruno: Person, chiara: Person, town: None) -> None:
    moment = clock.now()
    Note.objects.create(channel="email", address=b"", content=b"", purpose="page", state="failed", expires_at=moment)
    Note.objects.create(channel="email", address=b"", content=b"", purpose="confirm", state="failed", expires_at=moment)
    assert texts(0) == ["1 messages to staff or authorities could not be delivered."]
    late = {"purpose": "inform", "address": b"", "content": b"", "channel": "email", "expires_at": moment}
    for changes in ({"tries": 1}, {"tries": alarms.LATE_TRIES}, {"tries": 9, "state": "expired"}):
        Note.objects.create(**late, **changes)
    assert texts(0) == ["3 messages to staff or authorities could not be delivered."]
