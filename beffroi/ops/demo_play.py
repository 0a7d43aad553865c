"""The exercise that a first start plays by itself: warning in, draft, two people, delivery, outcome, figures."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.crisis import intake
from beffroi.delivery import actions as delivery
from beffroi.delivery.models import Shard
from beffroi.errors import Unavailable
from beffroi.evaluation import figures
from beffroi.lib import clock
from beffroi.ops import demo_seed
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.people.models import Person
from beffroi.places import select as places

LONGEST_S: Final = 120


class ExerciseStuck(Unavailable):
    """The exercise was not delivered in time: the worker's output says why."""

    code = "exercise-stuck"


def was_played() -> bool:
    """Whether an exercise was ever sent here."""
    return Call.objects.filter(status="Exercise", issued_at__isnull=False).exists()


def play() -> str:
    """Play it; one line of figures."""
    bruno = Person.objects.get(email="bruno@demo.example")
    message = intake.receive(demo_seed.warning(), intake.Way(name="command"))
    if message.call is None:
        raise ExerciseStuck(held=message.held)
    content = replace(outcomes.content_of(message.call), status="Exercise", **everywhere())
    call = calls.edit(bruno, message.call.public_id, content)
    call = delivery.submit(bruno, call.public_id)
    chiara = Person.objects.get(is_demo=True, role="approver", body=call.body)
    call = delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))
    wait_for(call)
    found = figures.of_call(call)
    closing = outcomes.close(bruno, call.public_id, "all-clear", closing_texts(call, "all-clear"))
    wait_for(closing)
    told = figures.of_call(closing)
    first = min(row.first_at for row in found.rows if row.first_at)
    last = max(row.last_at for row in found.rows if row.last_at)
    began = call.issued_at or clock.now()
    return (
        f"Exercise played: {found.accepted:,} of {found.owed:,} messages accepted, the first {(first - began).total_seconds():.2f} s "
        f"after approval, the last after {(last - began).total_seconds():.1f} s; its end was told to {told.accepted:,}. "
        f"Figures: /en/figures/{call.public_id}/"
    )


def everywhere() -> dict[str, Any]:
    """The whole city as the area, so that all invented residents take part."""
    zones = [(place.type, place.code) for place in places.places()]
    where = area.build(area.Choice(zones=zones), border=None, words=dict(city.current().name))
    return {"area": where.json, "ranges": where.ranges}


def wait_for(call: Call) -> None:
    """Until nothing of a call is waiting any more."""
    end = time.monotonic() + LONGEST_S
    while Shard.objects.filter(call=call, state="waiting").exists():
        if time.monotonic() > end:
            raise ExerciseStuck(call=call.public_id)
        time.sleep(0.2)
