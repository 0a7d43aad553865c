"""What programs send and are sent about calls, and both ways between it and the house's own values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.conf import settings
from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from beffroi import city
from beffroi.calls.content import AREA_NAME, LIMITS, CallContentBad
from beffroi.calls.models import Call
from beffroi.calls.state import State
from beffroi.web import paths
from beffroi.web.staff.form import point_lines

Status = Literal["Actual", "Exercise"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Response = Literal["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"]
CallState = Literal["draft", "pending", "live", "replaced", "ended", "refused", "lapsed", "withdrawn"]

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Point = tuple[Latitude, Longitude]
Circle = tuple[Latitude, Longitude, Annotated[float, Field(ge=0, le=500)]]
Zone = Annotated[str, Field(pattern=r"^\S+ \S.*$", max_length=200)]

CallId = Annotated[str, Field(pattern="^[a-z0-9]{1,32}$")]
PARTS: Final = ("event", "headline", "instruction", "description")


class Given(Schema):
    """What a program sends: a name that we do not know is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class TextGiven(Given):
    """A call in one language. Without an `event` the hazard's own name is taken; `areaName` is needed where no place
    of the city lies in the area."""

    headline: str = Field(min_length=1, max_length=LIMITS["headline"])
    instruction: str = Field(min_length=1, max_length=LIMITS["instruction"])
    description: str = Field("", max_length=LIMITS["description"])
    event: str = Field("", max_length=LIMITS["event"])
    areaName: str = Field("", max_length=AREA_NAME)


class AreaGiven(Given):
    """Zones (`TYPE code`, as in /places.json), polygons (`[latitude, longitude]` corners) and circles (`[latitude,
    longitude, kilometres]`), all together."""

    zones: list[Zone] = Field([], max_length=1000)
    polygons: list[Annotated[list[Point], Field(min_length=3, max_length=2000)]] = Field([], max_length=100)
    circles: list[Circle] = Field([], max_length=100)


class CallGiven(Given):
    """What a call says. CAP 1.2's own names and words."""

    status: Status
    hazard: str = Field(max_length=100, description="A hazard of the city.")
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    responseType: list[Response] = Field(min_length=1, max_length=9)
    onset: AwareDatetime | None = None
    expires: AwareDatetime
    texts: dict[str, TextGiven] = Field(min_length=1, description="By language; the city's first is needed.")
    area: AreaGiven


class EndGiven(Given):
    """How a live call ends."""

    ending: Literal["all-clear", "false-alarm"]


class TextTold(Schema):
    """A call in one language."""

    event: str
    headline: str
    instruction: str
    description: str


class AreaTold(Schema):
    """Where a call is for. `places` are the names of places that it covers or cuts."""

    zones: list[str]
    polygons: list[list[list[float]]]
    circles: list[list[float]]
    places: list[str]
    names: dict[str, str]


class CallTold(Schema):
    """A call as it stands. `waits_for` says who has to act: an `author` who hands it over, or the `approver`."""

    id: str
    event_id: str
    number: int
    follows: str | None
    state: CallState
    ending: Literal["all-clear", "false-alarm", "expired"] | None
    drafted_by: Literal["person", "program", "robot"]
    program: str | None
    waits_for: Literal["author", "approver"] | None
    body: str
    status: Status
    msgType: Literal["Alert", "Update", "Cancel"]
    hazard: str
    category: list[str]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    responseType: list[Response]
    onset: datetime | None
    expires: datetime
    texts: dict[str, TextTold]
    area: AreaTold
    drafted_at: datetime
    submitted_at: datetime | None
    issued_at: datetime | None
    ended_at: datetime | None
    cap: str | None
    geojson: str | None


class CallsTold(Schema):
    """A page of calls."""

    items: list[CallTold]
    next: str | None


def fields(given: CallGiven) -> dict[str, Any]:
    """What was sent, as calls/content.py reads it."""
    known = city.current().languages
    if unknown := [f"texts.{language}" for language in given.texts if language not in known]:
        raise CallContentBad(fields=dict.fromkeys(unknown, "unknown"), zones="")
    data: dict[str, Any] = {
        "status": given.status, "hazard": given.hazard, "severity": given.severity, "urgency": given.urgency,
        "certainty": given.certainty, "responseType": list(given.responseType),
        "onset": given.onset.isoformat() if given.onset else "", "expires": given.expires.isoformat(),
    }  # fmt: skip
    for language, text in given.texts.items():
        data |= {f"{part}.{language}": getattr(text, part) for part in (*PARTS, "areaName")}
    return data | area_fields(given.area)


def area_fields(given: AreaGiven) -> dict[str, Any]:
    """The same for an area."""
    return {
        "places": given.zones,
        "polygons": "\n\n".join(point_lines(ring) for ring in given.polygons),
        "circles": point_lines(given.circles),
    }


def told(call: Call) -> CallTold:
    """A call for programs."""
    by = "program" if call.program_id else "person" if call.author_id else "robot"
    waits = {State.DRAFT: "author", State.PENDING: "approver"}.get(State(call.state))
    has_left = call.issued_at is not None
    values = {name: getattr(call, name) for name in CallTold.model_fields if hasattr(call, name)}
    return CallTold.model_validate(values | {
        "id": call.public_id, "event_id": call.first.public_id,
        "follows": call.follows.public_id if call.follows else None, "drafted_by": by,
        "program": call.program.name if call.program else None, "waits_for": waits, "area": area(call.area),
        "texts": {language: {part: text.get(part, "") for part in PARTS} for language, text in call.texts.items()},
        "cap": settings.BASE_URL + paths.message(call) if has_left else None,
        "geojson": settings.BASE_URL + paths.shape(call) if has_left else None,
    })  # fmt: skip


def area(kept: dict[str, Any]) -> dict[str, Any]:
    """A call's area for programs."""
    return {
        "zones": [f"{kind} {code}" for kind, code in kept["zones"]], "polygons": kept["polygons"],
        "circles": kept["circles"], "places": kept["places"],
        "names": {language: name for language, name in kept["areaDesc"].items() if language},
    }  # fmt: skip


def etag(shown: CallTold) -> str:
    """A tag that changes with anything that a program is told of a call."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def all_told(calls: Iterable[Call]) -> list[CallTold]:
    """Calls for programs."""
    return [told(call) for call in calls]
