"""What the duty desk reads: what stands at this moment, and what waits for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from beffroi.crisis import actions, select
from beffroi.crisis.models import Message
from beffroi.lib import clock
from tests.crisis.messages import STRANGER, alert, cancel, green, info, take, update

A = alert("a")


def test_what_stands_ends_as_time_passes(town: None) -> None:
    message = take(A)
    assert message.expires is not None
    assert list(select.standing(message.expires - timedelta(seconds=1))) == [message]
    assert list(select.standing(message.expires)) == []
    assert Message.objects.get().standing == "live"  # what is stored knows of no clock


def test_what_does_not_stand(town: None) -> None:
    take(A)
    take(update("b", 5, A))
    take(green(alert("calm", 1)))
    take(alert("lost", 2, info=(info(area=()),)))
    take(alert("test", 3, status="Test"))
    assert [message.identifier for message in select.standing(clock.now())] == ["b"]
    take(cancel("c", 10, A))
    assert not select.standing(clock.now())


def test_what_waits_for_a_person(town: None, bruno: Any) -> None:
    bad, lost = take(b"bad"), take(alert("lost", 2, info=(info(area=()),)))
    take(A)
    assert list(select.held()) == [lost, bad]
    actions.settle(bruno, bad.pk, note="vu")
    assert list(select.held()) == [lost]


def test_an_event_is_found_through_messages_that_never_came_in_two_queries(town: None) -> None:
    missing = update("missing", 1, A)
    first = [take(A), take(update("b", 5, A, missing)), take(update("c", 6, missing))]
    other = take(alert("other", 7))
    foreign = take(cancel("foreign", 8, A, sender=STRANGER))
    for message in first:
        with CaptureQueriesContext(connection) as seen:
            assert select.related(message) == [*first, foreign]
        assert len(seen) == 2
    assert select.related(other) == [other]


def test_names_are_pairs(town: None) -> None:
    take(alert("x", sender="y@feeds.example"))
    message = take(alert("y@feeds.example", sender="x"))
    assert select.related(message) == [message]
