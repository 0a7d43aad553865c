"""Addresses of what is published: made in one place, so that pages, feeds and signed messages agree."""

from __future__ import annotations

from beffroi.calls.models import Call


def now(language: str) -> str:
    """What is happening now."""
    return f"/{language}/"


def past(language: str) -> str:
    """What is over."""
    return f"/{language}/past/"


def errors(language: str) -> str:
    """What each error code means."""
    return f"/{language}/errors/"


def alert(call: Call, language: str) -> str:
    """A call's own page (delivery/editions.address is the same with the host before it)."""
    return f"/{language}/alert/{call.public_id}/"


def figures(call: Call, language: str) -> str:
    """The public figures of a call."""
    return f"/{language}/figures/{call.public_id}/"


def shape(call: Call) -> str:
    """Where a call is for, as GeoJSON."""
    return f"/alert/{call.public_id}.geojson"


def message(call: Call) -> str:
    """The signed CAP message."""
    return f"/cap/{call.identifier}.xml"


def place(type: str, code: str) -> str:
    """The outline of one place. `type` and `code` are data; what is not a letter, a digit or a dash does not get
    into a path."""
    return f"/places/{plain(type)}-{plain(code)}.json"


def plain(text: str) -> str:
    """A text of data as part of an address."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text)


LIVE = "/live.geojson"
"""All live alerts on one map."""
OUTLINES = "/places.geojson"
"""Simplified outlines of all places, for maps."""
