"""What is wrong stands on the desk until it is over."""

from __future__ import annotations

from datetime import timedelta

from beffroi.delivery.models import Note, Shard
from beffroi.lib import clock
from beffroi.people.models import Person
from beffroi.web.staff import alarms
from tests import make


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
