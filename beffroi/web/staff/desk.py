"""The duty desk: the decision that waits, what comes in, what stands, what ended; and the phase of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls.state import PENDING_S
from beffroi.errors import BadInput
from beffroi.lib import clock
from beffroi.people import access
from beffroi.people.models import Person
from beffroi.web.doors import opens
from beffroi.web.staff import alarms, incoming, page, rows, words
from beffroi.web.staff.rows import Line


class PhaseUnknown(BadInput):
    """The city has no phase of this code."""

    code = "phase-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The decision that waits first."""

    line: Line
    since: datetime
    step: str
    """decide: you are the second person; wait: you are not; take: a robot's draft that nobody has taken."""
    now: datetime
    most_s: int = PENDING_S

    @property
    def elapsed(self) -> str:
        """How long there has been no instruction."""
        return words.span((self.now - self.since).total_seconds())

    @property
    def left(self) -> str:
        """How long until the call lapses."""
        lapses_at = self.line.lapses_at
        return words.span((lapses_at - self.now).total_seconds()) if lapses_at else ""

    @property
    def used_s(self) -> int:
        """Seconds of most_s that are over."""
        handed_at = self.line.call.submitted_at
        return round((self.now - handed_at).total_seconds()) if handed_at else 0


@opens("desk.read")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return page.page(request, "staff/desk.html", picture(request.user), at="desk")  # type: ignore[arg-type]


@opens("desk.read", is_fetched=True)
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The part that changes, asked for every few seconds."""
    return page.page(request, "staff/desk_now.html", picture(request.user), at="desk")  # type: ignore[arg-type]


@opens("phase.declare")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """The city is in another phase from now on."""
    name = request.POST.get("phase", "")
    if name not in {phase.code for phase in city.current().phase}:
        raise PhaseUnknown()
    calls.declare_phase(request.user, name)  # type: ignore[arg-type]
    return redirect("desk")


def picture(person: Person) -> dict[str, Any]:
    """Everything that the desk shows to this person at this moment."""
    moment, pending, robots = clock.now(), rows.waiting(), rows.robots()
    return {
        "at_moment": moment,
        "clock": decision(person, pending, robots, moment),
        "incoming": incoming.standing(),
        "held": incoming.held(),
        "feeds": city.current().feed,
        "waiting": pending,
        "robots": robots,
        "drafts": rows.drafts(),
        "live": rows.live(),
        "recent": rows.recent(moment),
        "alarms": [*alarms.standing(moment), *incoming.alarms(moment)],
        "phase": phase(),
        "phases": [(each.code, page.in_words(each.name)) for each in city.current().phase],
    }


def phase() -> tuple[str, str]:
    """Code and name of the phase in force; a code that city.toml no longer has is its own name."""
    phases = city.current().phase
    code = calls.current_phase(phases[0].code)
    return code, next((page.in_words(each.name) for each in phases if each.code == code), code)


def decision(person: Person, pending: list[Line], robots: list[Line], now: datetime) -> Clock | None:
    """What waits, worst first: a call that this person may approve, then a robot's draft, then any that waits."""
    mine = [line for line in pending if may_decide(person, line)]
    if mine:
        return Clock(line=mine[0], since=waits_since(mine[0]), step="decide", now=now)
    if robots and access.may(person, "call.draft"):
        return Clock(line=robots[0], since=waits_since(robots[0]), step="take", now=now)
    others = pending or robots
    return Clock(line=others[0], since=waits_since(others[0]), step="wait", now=now) if others else None


def may_decide(person: Person, line: Line) -> bool:
    """Whether this person may be the second one for this call."""
    call = line.call
    return access.may(person, "call.approve") and call.author_id != person.pk and call.body == person.body


def waits_since(line: Line) -> datetime:
    """Since when there is no instruction to the public: from the warning, else from the draft."""
    return line.call.warned_at or line.call.drafted_at
