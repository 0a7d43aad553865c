"""One call: what it says, exactly what leaves, where, by what right, what happened, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.calls.state import ALONE_S, Severity, State
from beffroi.delivery.channel import TextTooLong
from beffroi.lib import clock
from beffroi.library import load
from beffroi.outcomes.actions import is_alone_enough
from beffroi.people import access
from beffroi.people.models import Entry, Person
from beffroi.web import picture
from beffroi.web.doors import opens
from beffroi.web.staff import leaving, page, rows, words
from beffroi.web.staff.page import found, in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of what happened."""

    at: datetime
    who: str
    what: str
    why: str = ""


@opens("call.read")
@require_GET
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a call."""
    call = found(public_id)
    return page.page(request, "staff/call.html", shown(request.user, call), at="calls", is_exercise=call.is_exercise)  # type: ignore[arg-type]


def shown(person: Person, call: Call) -> dict[str, Any]:
    """What the page shows."""
    return about(call) | {
        "progress": rows.progress([call]).get(call.pk, []),
        "steps": happened(call),
        "next": possible(person, call),
        "successor": call.followed_by.exclude(state="withdrawn").first(),
        "follows_headline": page.text_of(call.follows)["headline"] if call.follows else "",
    } | outgoing(call)  # fmt: skip


def about(call: Call) -> dict[str, Any]:
    """What a call is and says: the same for its page and for the page that asks for a decision."""
    return {
        "line": rows.line(call),
        "call": call,
        "severity": words.SEVERITY[call.severity],
        "urgency": words.URGENCY[call.urgency],
        "certainty": words.CERTAINTY[call.certainty],
        "responses": [words.RESPONSE[response].label for response in call.responseType],
        "status": words.STATUS[call.status],
        "msgType": words.MSGTYPE[call.msgType],
        "ending": words.ENDING.get(call.ending or "", ""),
        "places": call.area["places"],
        "picture": picture.draw([(area.shape_of(call.area), page.look(call))], get_language() or ""),
        "phase_name": name_of(city.current().phase, call.phase),
        "body_name": name_of(city.current().body, call.body),
    }


def name_of(known: tuple[Any, ...], code: str) -> str:
    """The name of a phase or body in the reader's language."""
    return next((in_words(each.name) for each in known if each.code == code), code)


def outgoing(call: Call) -> dict[str, Any]:
    """The editions, and how many people; a text that does not fit its channel is said, and cannot be handed over."""
    try:
        sheets, fault = leaving.sheets(call), ""
    except TextTooLong as err:
        sheets, fault = (
            [],
            _("A text is too long for %(channel)s. Shorten it.") % {"channel": err.facts.get("channel", "")},
        )
    owed = sum(one.owed for one in rows.progress([call]).get(call.pk, []))
    count = rows.floored(owed) if call.issued_at else leaving.reach(call)
    to = words.receivers(count, is_exercise=call.is_exercise, is_ending=call.ending is not None)
    return {"languages": sheets, "fault": fault, "people": words.people(count), "receivers": to}


def happened(call: Call) -> list[Step]:
    """The log of this call, oldest first."""
    entries = Entry.objects.filter(about=calls.about(call)).select_related("person").order_by("pk")
    return [
        Step(
            at=entry.at,
            who=entry.person.name if entry.person else entry.facts.get("program") or _("by itself"),
            what=str(words.LOG.get(entry.action, entry.action)),
            why=str(entry.facts.get("why", "")),
        )
        for entry in entries
    ]


def is_in_library(call: Call) -> bool:
    """Whether the library has texts that this call could take; the words of an ending are on their own page."""
    return call.ending is None and call.hazard in load().hazards()


def possible(person: Person, call: Call) -> dict[str, Any]:
    """What this person can do with this call now; the actions check it again."""
    may = {
        action: access.may(person, action) for action in ("call.draft", "call.submit", "call.approve", "call.refuse")
    }
    is_mine, waits = call.author_id == person.pk, call.state == State.PENDING
    can_follow = call.state == State.LIVE and call.ending is None and access.may(person, "call.close")
    return {
        "edit": call.state == State.DRAFT and may["call.draft"],
        "library": call.state == State.DRAFT and call.author is None and may["call.draft"] and is_in_library(call),
        "submit": call.state == State.DRAFT and may["call.submit"],
        "withdraw": call.state in {State.DRAFT, State.PENDING, State.REFUSED, State.LAPSED} and may["call.draft"],
        "reopen": call.state in {State.PENDING, State.REFUSED, State.LAPSED} and may["call.draft"],
        "refuse": waits and may["call.refuse"] and not is_mine,
        "approve": waits and may["call.approve"] and not is_mine and person.body == call.body,
        "find_second": waits and (is_mine or not may["call.approve"] or person.body != call.body),
        "follow": can_follow,
        "inform": call.issued_at is not None and bool(city.current().contact) and access.may(person, "call.inform"),
        "needs_two_later": Severity(call.severity).rank >= Severity.SEVERE.rank,
        "alone": is_alone_enough(call, clock.now()) if can_follow else False,
        "alone_until": call.issued_at + timedelta(seconds=ALONE_S) if can_follow and call.issued_at else None,
    }
