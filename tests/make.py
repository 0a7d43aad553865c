"""Short ways for tests to a draft, a live call, a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connections

from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.calls import actions as calls
from beffroi.calls import area
from beffroi.calls.actions import Content
from beffroi.calls.models import Call
from beffroi.delivery import actions as delivery
from beffroi.lib import clock, grid
from beffroi.people import actions as people
from beffroi.people.models import Key, Person
from tests.phone import Phone

NORTH_WEST, SOUTH_EAST = (49.01, 1.985), (48.99, 2.015)
"""Points in the middle of two quarters that do not touch each other but at a corner."""


def texts(headline: str = "Montez à l'étage") -> dict[str, dict[str, str]]:
    """A text in French and English."""
    return {
        "fr": {
            "event": "Inondation",
            "headline": headline,
            "instruction": "Montez. Laissez la voiture.",
            "description": "",
        },
        "en": {"event": "Flood", "headline": "Go upstairs", "instruction": "Go up. Leave the car.", "description": ""},
    }


def content(**changes: Any) -> Content:
    """A severe flood in the north-western quarter, for two hours."""
    zones = changes.pop("zones", [("QUARTER", "nw")])
    where = area.build(area.Choice(zones=zones), border=None)
    values: dict[str, Any] = {
        "kind": "alert", "status": "Actual", "hazard": "flood", "category": ["Met"], "severity": "Severe",
        "urgency": "Immediate", "certainty": "Likely", "responseType": ["Shelter"], "onset": None,
        "expires": clock.now().replace(microsecond=0) + timedelta(hours=2), "texts": texts(), "area": where.json,
        "ranges": where.ranges,
    }  # fmt: skip
    return Content(**(values | changes))


def program(name: str = "partner", *actions: str) -> Key:
    """A program with a key; one for drafts, where nothing else is said."""
    people.add_key(name, actions or ["call.draft", "call.close"])
    return Key.objects.get(name=name)


def pending(author: Person, **changes: Any) -> Call:
    """A call that waits for a second person."""
    call = calls.draft(author, content(**changes))
    return delivery.submit(author, call.public_id)


def live(author: Person, approver: Person, **changes: Any) -> Call:
    """A call that two people have issued."""
    call = pending(author, **changes)
    return delivery.approve(approver, call.public_id, seen=bytes(call.digest or b""))


def approved(author: Person, approver: Person, draft: Call) -> Call:
    """A draft that two people have issued."""
    call = delivery.submit(author, draft.public_id)
    return delivery.approve(approver, call.public_id, seen=bytes(call.digest or b""))


def hand_over(author: Person, approver: Person, draft: Call) -> Call:
    """A draft that two people issue."""
    call = delivery.submit(author, draft.public_id)
    return delivery.approve(approver, call.public_id, seen=bytes(call.digest or b""))


def expire(call: Call) -> None:
    """Put the end of a live call into the past, past its guard: the database's own clock says that it is over."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call DISABLE TRIGGER USER")
        cursor.execute("UPDATE calls_call SET expires = now() - interval '1 second' WHERE id = %s", [call.pk])
        cursor.execute("ALTER TABLE calls_call ENABLE TRIGGER USER")
    call.refresh_from_db()


def mail_subscription(name: str, point: tuple[float, float] = NORTH_WEST, **changes: Any) -> Subscription:
    """Somebody who gets e-mail about one cell."""
    values: dict[str, Any] = {
        "channel": "email", "address": {"email": f"{name}@residents.example"}, "same": name, "language": "fr",
        "floor": 0, "is_exercise": False, "cells": [grid.cell(*point)],
    }  # fmt: skip
    return audience.subscribe(Wish(**(values | changes)), link=f"link of {name}", is_confirmed=True)


def crowd(count: int, point: tuple[float, float] = NORTH_WEST, **changes: Any) -> list[int]:
    """Many people with e-mail in one cell: `resident0@residents.example` and so on. Their ids."""
    before = Subscription.objects.count()
    audience.subscribe_many([
        Wish(
            channel="email", address={"email": f"resident{number}@residents.example"}, same=f"resident{number}",
            language=changes.get("language", "fr"), floor=0, is_exercise=changes.get("is_exercise", False),
            cells=[grid.cell(*point)],
        )
        for number in range(before, before + count)
    ])  # fmt: skip
    return list(Subscription.objects.order_by("pk").values_list("pk", flat=True)[before:])


def phones(endpoints: Sequence[str], point: tuple[float, float] = NORTH_WEST) -> None:
    """Many people with a phone each in one cell."""
    audience.subscribe_many([
        Wish(
            channel="webpush", address=Phone(endpoint).address, same=endpoint, language="fr", floor=0,
            is_exercise=False, cells=[grid.cell(*point)],
        )
        for endpoint in endpoints
    ])  # fmt: skip


def phone_subscription(phone: Phone, point: tuple[float, float] = NORTH_WEST, **changes: Any) -> Subscription:
    """Somebody who gets pushes about one cell."""
    values: dict[str, Any] = {
        "channel": "webpush", "address": phone.address, "same": phone.endpoint, "language": "fr", "floor": 0,
        "is_exercise": False, "cells": [grid.cell(*point)],
    }  # fmt: skip
    return audience.subscribe(Wish(**(values | changes)), link=f"link of {phone.endpoint}", is_confirmed=True)
