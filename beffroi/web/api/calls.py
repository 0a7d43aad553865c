"""Calls for programs: read them, draft them, change and take back own drafts. Nothing here makes a call leave.

A request that changes something is one transaction (web/api/once.py)."""

from __future__ import annotations

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status

from beffroi.calls import actions as calls
from beffroi.calls import content
from beffroi.calls.actions import CallNotFound
from beffroi.calls.content import CallContentBad
from beffroi.calls.models import Call
from beffroi.calls.state import StepRefused
from beffroi.city.competence import NoCompetentBody
from beffroi.delivery import actions as delivery
from beffroi.delivery.channel import TextTooLong
from beffroi.errors import BeffroiError, Conflict
from beffroi.outcomes import actions as outcomes
from beffroi.web.api import pages, schemas
from beffroi.web.api.door import key_of, opens
from beffroi.web.api.pages import Cursor, CursorBad, Limit
from beffroi.web.api.schemas import CallGiven, CallId, CallState, CallsTold, CallTold, EndGiven
from beffroi.web.staff.compose import kept, rules

router = Router(tags=["calls"])

States = Annotated[list[CallState], Query(max_length=8, description="Only calls in these states; none for all.")]
IfMatch = Annotated[
    str, Header(alias="If-Match", max_length=100, description="The `ETag` of the draft as you read it.")
]

DRAFT: tuple[type[BeffroiError], ...] = (CallContentBad, TextTooLong, NoCompetentBody)
TAGGED, MADE = ("ETag",), ("ETag", "Location")
LIVE: tuple[type[BeffroiError], ...] = (CallNotFound, Conflict)


class EtagStale(BeffroiError):
    """The call is no longer as it was read: If-Match names another ETag."""

    code = "etag-stale"
    status = 412


def rows() -> QuerySet[Call]:
    """Calls with what a program is told of them."""
    return Call.objects.select_related("follows", "root", "program").defer("ranges", "signed")


def found(public_id: str) -> Call:
    """The call, or CallNotFound."""
    call = rows().filter(public_id=public_id).first()
    if call is None:
        raise CallNotFound(call=public_id)
    return call


def shown(call: Call, response: HttpResponse) -> CallTold:
    """A call with its ETag."""
    told = schemas.told(found(call.public_id))
    response["ETag"] = schemas.etag(told)
    return told


def drafted(call: Call, response: HttpResponse) -> Status[CallTold]:
    """A new draft, if people could hand it over as it is; else nothing is kept."""
    delivery.demand_ready(call)
    response["Location"] = f"/api/calls/{call.public_id}"
    return Status(201, shown(call, response))


@router.get("/calls", summary="Calls, newest first", **opens("call.read", {200: CallsTold}, CursorBad))
def listing(request: HttpRequest, state: States = [], cursor: Cursor = "", limit: Limit = 20) -> CallsTold:  # noqa: B006
    """Drafts, too. Live ones are in /feed.json without a key."""
    wanted = rows().filter(state__in=state) if state else rows()
    items, more = pages.page(wanted, cursor, limit)
    return CallsTold(items=[schemas.told(call) for call in items], next=more)


@router.post("/calls", summary="Draft a call", **opens("call.draft", {201: CallTold}, *DRAFT, headers=MADE))
def draft(request: HttpRequest, given: CallGiven, response: HttpResponse) -> Status[CallTold]:
    """It stands on the duty desk at once, for a person to hand over and another to approve."""
    return drafted(calls.draft(key_of(request), content.read(schemas.fields(given), rules())), response)


@router.get("/calls/{call_id}", summary="One call", **opens("call.read", {200: CallTold}, CallNotFound, headers=TAGGED))
def one(request: HttpRequest, call_id: CallId, response: HttpResponse) -> CallTold:
    """With its `ETag`."""
    return shown(found(call_id), response)


@router.put(
    "/calls/{call_id}", summary="Change a draft of your own",
    **opens("call.draft", {200: CallTold}, *DRAFT, *LIVE, StepRefused, EtagStale, headers=TAGGED),
)  # fmt: skip
def change(
    request: HttpRequest, call_id: CallId, given: CallGiven, if_match: IfMatch, response: HttpResponse
) -> CallTold:
    """The whole content, as long as no person has touched the draft. Mode and hazard of an Update are its event's."""
    call = calls.held(call_id)
    if if_match != schemas.etag(schemas.told(call)):
        raise EtagStale()
    if call.ending is not None:
        raise Conflict(call=call_id, why="closing-draft")
    edited = calls.edit(key_of(request), call_id, content.read(kept(schemas.fields(given), call), rules()))
    delivery.demand_ready(edited)
    return shown(edited, response)


@router.post(
    "/calls/{call_id}/withdraw", summary="Take back a draft of your own",
    **opens("call.draft", {200: CallTold}, *LIVE, StepRefused, headers=TAGGED),
)  # fmt: skip
def withdraw(request: HttpRequest, call_id: CallId, response: HttpResponse) -> CallTold:
    """For good, as long as no person has touched it."""
    return shown(calls.withdraw(key_of(request), call_id), response)


@router.post(
    "/calls/{call_id}/update", summary="Draft the next message of a live call",
    **opens("call.draft", {201: CallTold}, *DRAFT, *LIVE, headers=MADE),
)  # fmt: skip
def update(request: HttpRequest, call_id: CallId, given: CallGiven, response: HttpResponse) -> Status[CallTold]:
    """A CAP Update. Mode and hazard are those of the event. One draft waits at a time."""
    prior = outcomes.live(call_id)
    data = schemas.fields(given) | {"status": prior.status, "hazard": prior.hazard}
    return drafted(outcomes.update(key_of(request), call_id, content.read(data, rules())), response)


@router.post(
    "/calls/{call_id}/end", summary="Draft the end of a live call",
    **opens("call.close", {201: CallTold}, *LIVE, TextTooLong, NoCompetentBody, headers=MADE),
)  # fmt: skip
def end(request: HttpRequest, call_id: CallId, given: EndGiven, response: HttpResponse) -> Status[CallTold]:
    """An all-clear, or the correction of a false alarm, in the city's own words. People decide whether it leaves."""
    return drafted(outcomes.propose_end(key_of(request), call_id, given.ending), response)
