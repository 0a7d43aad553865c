"""The exercise that a first start plays by itself: warning in, draft, two people, delivery, outcome, figures."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the exercise came to. Seconds count from the approval."""

    call: str
    owed: int
    accepted: int
    first_s: float
    last_s: float
    told: int
    """To how many its end was told."""

    def __str__(self) -> str:
        return (
            f"Exercise played: {self.accepted:,} of {self.owed:,} messages accepted, the first {self.first_s:.2f} s "
            f"after approval, the last after {self.last_s:.1f} s; its end was told to {self.told:,}. "
            f"Figures: {settings.BASE_URL}/en/figures/{self.call}/"
        )


def play() -> Played:
    """Play it."""
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
    closing = outcomes.close(bruno, call.public_id, "all-clear", closing_texts(call, "all-clear"))
    wait_for(closing)
    return summary(call, figures.of_call(call), figures.of_call(closing))


def summary(call: Call, found: figures.Figures, told: figures.Figures) -> Played:
    """The figures of the page, in one value."""
    begun = call.issued_at or clock.now()
    first = min(row.first_at for row in found.rows if row.first_at)
    last = max(row.last_at for row in found.rows if row.last_at)
    return Played(
        call=call.public_id,
        owed=found.owed,
        accepted=found.accepted,
        first_s=(first - begun).total_seconds(),
        last_s=(last - begun).total_seconds(),
        told=told.accepted,
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
