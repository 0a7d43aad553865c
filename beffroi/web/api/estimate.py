"""How many subscriptions an area would reach, and which places it touches: before anything is drafted."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from beffroi import city
from beffroi.audience import select
from beffroi.audience.select import Question
from beffroi.calls import content
from beffroi.calls import state as states
from beffroi.calls.content import CallContentBad, Reading
from beffroi.web.api.door import opens
from beffroi.web.api.schemas import AreaGiven, Given, Severity, Status, area_fields
from beffroi.web.staff.compose import rules

router = Router(tags=["calls"])


class EstimateGiven(Given):
    """An area, and what of a call decides who gets it."""

    area: AreaGiven
    severity: Severity
    status: Status = "Actual"


class EstimateTold(Schema):
    """0, or at least `floor`: smaller counts are told as `floor`, since they could point at a person."""

    subscriptions: int
    floor: int
    places: list[str]


@router.post(
    "/estimate", summary="Count whom an area reaches",
    **opens("call.draft", {200: EstimateTold}, CallContentBad),
)  # fmt: skip
def estimate(request: HttpRequest, given: EstimateGiven) -> EstimateTold:
    """Nothing is kept of the question."""
    languages = city.current().languages
    reading = Reading({"areaName." + languages[0]: "-", **area_fields(given.area)})  # a name is for a draft to have
    area = content.read_area(reading, rules().border, languages)
    reading.done()
    if area is None:
        raise LookupError("a reading without faults has an area")
    question = Question(
        ranges=area.ranges, rank=states.Severity(given.severity).rank, is_exercise=given.status == "Exercise",
        languages=languages, channels=city.current().channels,
    )  # fmt: skip
    return EstimateTold(subscriptions=select.count(question), floor=select.FLOOR, places=area.json["places"])
