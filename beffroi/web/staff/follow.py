"""What comes after a live call: the next message, the all-clear, the false alarm. Each starts from the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from beffroi.calls import actions as calls
from beffroi.calls import content
from beffroi.calls.content import CallContentBad, Reading
from beffroi.calls.models import Call
from beffroi.calls.state import State, StepRefused
from beffroi.errors import Conflict
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.web.doors import opens
from beffroi.web.staff import compose, form, leaving, words
from beffroi.web.staff.page import found, page, text_of

ENDINGS: Final = ("all-clear", "false-alarm")


@opens("call.draft")
@require_http_methods(["GET", "POST"])
def update(request: HttpRequest, public_id: str) -> HttpResponse:
    """The next message of an event: the composer, filled from the live call."""
    prior = live(public_id)
    person: Any = request.user
    data = form.of_call(prior) if request.method == "GET" else form.posted(request.POST)
    data |= {"status": prior.status, "hazard": prior.hazard}
    step = request.POST.get("step", "save")
    if request.method == "GET":
        return compose.show(request, data, prior=prior)
    if step in compose.ASKING:
        return compose.asked(request, data, prior=prior)
    try:
        call = outcomes.update(person, public_id, content.read(data, compose.rules()))
    except CallContentBad as bad:
        return compose.show(request, data, prior=prior, bad=bad)
    return compose.handed_over(request, call) if step == "submit" else redirect("call", call.public_id)


@opens("call.close")
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, public_id: str, ending: str) -> HttpResponse:
    """Tell everyone that it is over, or that it was a mistake."""
    prior = live(public_id)
    if ending not in ENDINGS:
        raise outcomes.EndingUnknown(ending=ending)
    if request.method == "GET":
        return closing(request, prior, ending, texts_data(closing_texts(prior, ending)))
    data = form.posted(request.POST)
    try:
        texts = read_closing(data, prior)
    except CallContentBad as bad:
        return closing(request, prior, ending, data, bad=bad)
    call = outcomes.close(request.user, public_id, ending, texts)  # type: ignore[arg-type]
    return redirect("call", call.public_id)


@opens("call.close")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The texts of a closing message that came back as a draft."""
    call = found(public_id)
    if call.state != State.DRAFT or call.ending is None or call.follows is None:
        raise StepRefused(now=call.state, then=str(State.DRAFT))
    if request.method == "GET":
        return closing(request, call.follows, call.ending, texts_data(call.texts), call=call)
    data = form.posted(request.POST)
    try:
        texts = read_closing(data, call)
    except CallContentBad as bad:
        return closing(request, call.follows, call.ending, data, call=call, bad=bad)
    calls.edit(request.user, public_id, replace(outcomes.content_of(call), texts=texts))  # type: ignore[arg-type]
    return redirect("call", public_id)


def live(public_id: str) -> Call:
    """The call, if it stands and can be followed."""
    call = found(public_id)
    if call.state != State.LIVE or call.ending is not None:
        raise Conflict(call=public_id, why="not-live", state=call.state)
    return call


def texts_data(texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Texts as the fields of a form."""
    return {f"{part}.{language}": text.get(part, "") for language, text in texts.items() for part in form.PARTS}


def read_closing(data: Mapping[str, Any], prior: Call) -> dict[str, dict[str, str]]:
    """The texts of an ending, complete in every language of the call: who was warned in it hears the end in it."""
    events = {f"event.{language}": text["event"] for language, text in prior.texts.items()}
    reading = Reading({**data, **events})
    texts = content.read_texts(reading, prior.languages, needed=prior.languages)
    reading.done()
    return texts


def closing(
    request: HttpRequest, prior: Call, ending: str, data: Mapping[str, Any], *,
    call: Call | None = None, bad: CallContentBad | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of an ending."""
    count = leaving.reach_of_ending(prior)
    context = form.sheet(data, bad, prior.languages) | {
        "prior": prior,
        "prior_headline": text_of(prior)["headline"],
        "call": call,
        "ending": ending,
        "ending_name": words.ENDING[ending],
        "people": words.people(count),
        "receivers": words.receivers(count, is_exercise=prior.is_exercise, is_ending=True),
        "is_alone": call is None and outcomes.is_alone_enough(prior, clock.now()),
    }
    answer = page(request, "staff/close.html", context, at="calls", is_exercise=prior.is_exercise)
    answer.status_code = 400 if bad else 200
    return answer
