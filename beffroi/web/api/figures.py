"""The public figures of a sent call as JSON: the same numbers as on its page, and as coarse."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from beffroi.calls.actions import CallNotFound
from beffroi.calls.models import Call
from beffroi.evaluation import figures
from beffroi.web.api.answers import answers
from beffroi.web.api.schemas import CallId

router = Router(tags=["figures"])


class RowTold(Schema):
    """Deliveries on one channel in one language, in words: "fewer than 10" hides what could point at a person."""

    channel: str
    language: str
    owed: str
    accepted: str
    gone: str
    failed: str
    stale: str
    waiting: str


class StepTold(Schema):
    """A moment on the way of a call."""

    name: str
    at: datetime


class AnswerTold(Schema):
    """A question that a resident would ask, and its answer."""

    name: str
    question: str
    big: str
    answer: str


class ReasonTold(Schema):
    """Why messages were not accepted."""

    reason: str
    count: str


class FiguresTold(Schema):
    """The figures, in the language of `Accept-Language`."""

    id: str
    answers: list[AnswerTold]
    steps: list[StepTold]
    rows: list[RowTold]
    reasons: list[ReasonTold]


@router.get(
    "/figures/{call_id}", summary="Public figures of a sent call", auth=None,
    **answers({200: FiguresTold}, CallNotFound),
)  # fmt: skip
def one(request: HttpRequest, call_id: CallId) -> dict[str, object]:
    """A call that was not sent has none, and is not known here."""
    call = Call.objects.select_related("root", "follows").filter(public_id=call_id, issued_at__isnull=False).first()
    if call is None:
        raise CallNotFound(call=call_id)
    found = figures.of_call(call)
    return {
        "id": call_id, "answers": found.answers, "steps": found.steps, "rows": found.shown,
        "reasons": [{"reason": reason, "count": count} for reason, count in found.reasons],
    }  # fmt: skip
