"""Material of the tests of the standards: full alerts, alerts by Hypothesis, and the shared corpus where present."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import strategies as st

from beffroi.standards.cap.model import Alert, Area, Circle, Info, Point, Reference, Resource
from beffroi.standards.characters import clean

SHARED = Path(os.environ.get("BEFFROI_SHARED") or Path(__file__).parents[2] / "../shared").resolve()
BRUSSELS = timezone(timedelta(hours=1))
SENT = datetime(2026, 3, 2, 10, 5, tzinfo=BRUSSELS)
NAIVE = SENT.replace(tzinfo=None)
RING: tuple[Point, ...] = ((50.838, 4.344), (50.838, 4.352), (50.833, 4.352), (50.833, 4.344), (50.838, 4.344))


def shared(path: str) -> Path:
    """A file of the shared corpus; its absence is a visible skip."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not in the shared corpus at {SHARED}")
    return found


def tool(name: str) -> str:
    """A Debian program; its absence is a failure."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing: apt-get install {name}")
    return found


def area() -> Area:
    return Area(
        areaDesc="Bruxelles - Marolles",
        polygon=(RING,),
        circle=(Circle(centre=(50.8466, 4.3528), radius_km=1.25),),
        geocode=(("NUTS3", "BE100"), ("NUTS3", "BE241")),
        altitude_ft=0.0,
        ceiling_ft=328.5,
    )


def info(language: str = "fr-BE") -> Info:
    return Info(
        language=language,
        category=("Safety", "Env"),
        event="Fuite de gaz",
        responseType=("Shelter", "AllClear"),
        urgency="Immediate",
        severity="Severe",
        certainty="Observed",
        audience="Quartier des Marolles",
        eventCode=(("SAME", "A"), ("SAME", "B")),
        effective=SENT,
        onset=SENT,
        expires=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        senderName="Ville",
        headline='Fuite de gaz <rue Haute> & "place"',
        description="Première ligne.\nDeuxième ligne. 🚨",
        instruction="Fermez portes et fenêtres.",
        web="https://alerte.example.be/a/1?x=1&y=2",
        contact="+32 2 000 00 00",
        parameter=(("awareness_level", "3; orange; Severe"), ("awareness_type", "1; Wind")),
        resource=(
            Resource(resourceDesc="Plan", mimeType="image/png", size=12, uri="https://alerte.example.be/p.png"),
            Resource(resourceDesc="Son", mimeType="audio/mpeg", uri="son.mp3", derefUri="SGVsbG8=", digest="a" * 40),
        ),
        area=(area(),),
    )


def alert(**changes: object) -> Alert:
    """An Update with every element of CAP 1.2 in it."""
    earlier = Reference(sender="alerte@example.be", identifier="BXL-0", sent=datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    values: dict[str, object] = {
        "identifier": "BXL-1",
        "sender": "alerte@example.be",
        "sent": SENT,
        "status": "Actual",
        "msgType": "Update",
        "scope": "Restricted",
        "source": "Salle de crise",
        "restriction": "Services de secours",
        "addresses": ("a@example.be", "Poste de commandement"),
        "code": ("profile:test:1", "layer:test:1"),
        "note": "Une note",
        "references": (earlier,),
        "incidents": ("I1", "incident deux"),
        "info": (info(), info("nl-BE")),
    }
    return Alert(**{**values, **changes})  # type: ignore[arg-type]


def public(**changes: object) -> Alert:
    """An Alert to everyone, as a city sends it."""
    plain: dict[str, object] = {
        "msgType": "Alert",
        "scope": "Public",
        "restriction": None,
        "addresses": (),
        "references": (),
    }
    return alert(**{**plain, **changes})


TEXTS = st.text(min_size=1, max_size=40).map(clean).filter(bool)
LISTED = TEXTS.filter(lambda text: '"' not in text)
NAMES = st.from_regex(r"[^\s,<&\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,20}", fullmatch=True).filter(
    lambda name: clean(name) == name
)


def times(first_year: int, last_year: int) -> st.SearchStrategy[datetime]:
    """Aware, in whole seconds, at every offset that XML knows."""
    return st.builds(
        lambda at, minutes: at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))),
        st.datetimes(min_value=NAIVE.replace(year=first_year), max_value=NAIVE.replace(year=last_year)),
        st.integers(-14 * 60, 14 * 60),
    )


PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple)
POINTS = st.tuples(
    st.integers(-90_000_000, 90_000_000).map(lambda degrees: degrees / 1e6),
    st.integers(-180_000_000, 180_000_000).map(lambda degrees: degrees / 1e6),
)
RINGS = st.lists(POINTS, min_size=3, max_size=6, unique=True).map(lambda points: (*points, points[0]))
AREAS = st.builds(
    Area,
    areaDesc=TEXTS,
    polygon=st.lists(RINGS, max_size=2).map(tuple),
    circle=st.lists(st.builds(Circle, centre=POINTS, radius_km=st.integers(1, 10**9).map(lambda mm: mm / 1e6))).map(
        tuple
    ),
    geocode=PAIRS,
    altitude_ft=st.integers(-(10**6), 10**6).map(float),
    ceiling_ft=st.none() | st.integers(-(10**6), 10**6).map(float),
)
INFOS = st.builds(
    Info,
    language=st.sampled_from(["en-US", "fr", "nl-BE", "ca-ES-valencia"]),
    category=st.lists(st.sampled_from(["Geo", "Met", "CBRNE"]), min_size=1, max_size=2).map(tuple),
    event=TEXTS,
    responseType=st.lists(st.sampled_from(["Shelter", "None"]), max_size=2).map(tuple),
    urgency=st.sampled_from(["Immediate", "Past"]),
    severity=st.sampled_from(["Extreme", "Unknown"]),
    certainty=st.sampled_from(["Observed", "Unlikely"]),
    audience=st.none() | TEXTS,
    eventCode=PAIRS,
    effective=st.none() | times(2001, 2090),
    onset=st.none() | times(2001, 2090),
    expires=st.none() | times(2001, 2090),
    senderName=st.none() | TEXTS,
    headline=st.none() | TEXTS,
    description=st.none() | TEXTS,
    instruction=st.none() | TEXTS,
    web=st.none() | st.just("https://example.org/a"),
    contact=st.none() | TEXTS,
    parameter=PAIRS,
    resource=st.lists(
        st.builds(Resource, resourceDesc=TEXTS, mimeType=st.just("image/png"), size=st.integers(0, 10**9)), max_size=1
    ).map(tuple),
    area=st.lists(AREAS, max_size=2).map(tuple),
)
REFERENCES = st.builds(Reference, sender=NAMES, identifier=NAMES, sent=times(2001, 2040))
ALERTS = st.builds(
    Alert,
    identifier=NAMES,
    sender=NAMES,
    sent=times(2041, 2050),
    status=st.sampled_from(["Actual", "Exercise", "Test"]),
    msgType=st.sampled_from(["Update", "Cancel", "Ack", "Error"]),
    scope=st.sampled_from(["Public", "Private"]),
    source=st.none() | TEXTS,
    addresses=st.lists(LISTED, min_size=1, max_size=3).map(tuple),
    code=st.lists(TEXTS, max_size=2).map(tuple),
    note=st.none() | TEXTS,
    references=st.lists(REFERENCES, min_size=1, max_size=3).map(tuple),
    incidents=st.lists(LISTED, max_size=2).map(tuple),
    info=st.lists(INFOS, max_size=2).map(tuple),
)
