"""The composer: a new call, a draft changed, and the question "how many?"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from beffroi import city
from beffroi.audience import select
from beffroi.audience.select import Question
from beffroi.calls import actions as calls
from beffroi.calls import content
from beffroi.calls.actions import Content
from beffroi.calls.content import CallContentBad, Reading, Rules
from beffroi.calls.models import Call
from beffroi.calls.state import Severity, State, StepRefused
from beffroi.delivery import actions as delivery
from beffroi.delivery.channel import TextTooLong
from beffroi.kinds.alert import KIND
from beffroi.lib import clock
from beffroi.places import select as places
from beffroi.web import paths
from beffroi.web.doors import opens
from beffroi.web.staff import form, library, words
from beffroi.web.staff.page import found, page, text_of

ASKING: Final = ("count", "library")
"""Steps that only ask."""


def rules() -> Rules:
    """What a call of this city is checked against now."""
    town = city.current()
    return Rules(town=town, kind=KIND, border=places.border(town), now=clock.now())


@opens("call.draft")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new call; `?hazard=` starts from what is known of a hazard, `?status=Exercise` as an exercise."""
    if request.method == "POST":
        return take(request, form.posted(request.POST), None)
    hazard = next((each for each in city.current().hazard if each.code == request.GET.get("hazard")), None)
    data = form.blank(hazard)
    if request.GET.get("status") == "Exercise":
        data["status"] = "Exercise"
    return show(request, data)


@opens("call.draft")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft changed; who changes it is its author. A closing message has its own page."""
    call = found(public_id)
    if call.state != State.DRAFT:
        raise StepRefused(now=call.state, then=str(State.DRAFT))
    if call.ending is not None:
        return redirect("call-closing", public_id)
    if request.method == "POST":
        return take(request, kept(form.posted(request.POST), call), call)
    return show(request, form.of_call(call), call=call)


def kept(data: dict[str, Any], call: Call) -> dict[str, Any]:
    """An Update stays what the call is that it follows: an exercise never becomes live, a flood never a fire."""
    return data | {"status": call.status, "hazard": call.hazard} if call.follows_id else data


def take(request: HttpRequest, data: dict[str, Any], call: Call | None) -> HttpResponse:
    """What the composer sent: a question, save, or save and hand over. With a fault, the same page, nothing lost."""
    step = request.POST.get("step", "save")
    if step in ASKING:
        return asked(request, data, call=call)
    try:
        wanted = content.read(data, rules())
    except CallContentBad as bad:
        return show(request, data, call=call, bad=bad)
    saved = save(request, wanted, call)
    return handed_over(request, saved) if step == "submit" else redirect("call", saved.public_id)


def asked(
    request: HttpRequest, data: Mapping[str, Any], *, call: Call | None = None, prior: Call | None = None
) -> HttpResponse:
    """The same page with the answer in it: how many people, or the library's texts. Nothing is saved."""
    if request.POST.get("step") == "count":
        return show(request, data, call=call, prior=prior, extra={"count": estimated(data)})
    try:
        changed, notes = library.filled(data, call, followed(call, prior))
    except CallContentBad as bad:
        return show(request, data, call=call, prior=prior, bad=bad)
    return show(request, changed, call=call, prior=prior, extra={"notes": notes, "is_filled": True})


def followed(call: Call | None, prior: Call | None) -> Call | None:
    """The call that the message in the composer comes after."""
    return prior or (call.follows if call else None)


def save(request: HttpRequest, wanted: Content, call: Call | None) -> Call:
    """The draft, written."""
    person: Any = request.user
    return calls.draft(person, wanted) if call is None else calls.edit(person, call.public_id, wanted)


def handed_over(request: HttpRequest, call: Call) -> HttpResponse:
    """The draft, frozen and waiting for a second person; a text too long for a channel leaves it a draft."""
    try:
        delivery.submit(request.user, call.public_id)  # type: ignore[arg-type]
    except TextTooLong as err:
        field = f"headline.{err.facts.get('language', '')}"
        bad = CallContentBad(fields={field: "too-long"}, zones="")
        return show(request, form.of_call(call), call=call, bad=bad)
    return redirect("call", call.public_id)


def show(
    request: HttpRequest, data: Mapping[str, Any], *, call: Call | None = None, prior: Call | None = None,
    bad: CallContentBad | None = None, extra: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The composer with this data in it; `prior` is the live call that the message follows."""
    follows = followed(call, prior)
    context = form.sheet(data, bad) | {"call": call, "prior": follows, "hours": KIND.longest_s // 3600}
    town = city.current()
    context |= {
        "prior_headline": text_of(follows)["headline"] if follows else "",
        "centre": f"{town.map.centre[0]},{town.map.centre[1]}",
        "zoom": town.map.zoom,
        "outlines": paths.OUTLINES,
        "is_composer": True,
        "library": library.section(data, bad, follows),
        **(extra or {}),
    }
    answer = page(
        request,
        "staff/compose.html",
        context,
        at="" if follows or call else "new",
        is_exercise=data.get("status") == "Exercise",
    )
    answer.status_code = 400 if bad else 200
    return answer


@opens("call.draft", is_fetched=True)
@require_POST
def estimate(request: HttpRequest) -> HttpResponse:
    """How many people the area in the form reaches, and which places it touches: a piece of the composer."""
    data = form.posted(request.POST)
    return page(request, "staff/compose_count.html", {"count": estimated(data)})


def estimated(data: Mapping[str, Any]) -> str:
    """The answer in a sentence, or what is wrong with the area."""
    reading = Reading(data)
    area = content.read_area(reading, rules().border, city.current().languages)
    if area is None:
        return " ".join(words.reason(code, reading.zones) for code in dict.fromkeys(reading.faults.values()))
    severity = reading.line("severity")
    question = Question(
        ranges=area.ranges,
        rank=Severity(severity).rank if severity in set(Severity) else Severity.EXTREME.rank,
        is_exercise=data.get("status") == "Exercise",
        languages=city.current().languages,
        channels=city.current().channels,
    )
    return words.reach(select.count(question), area.json["places"])
