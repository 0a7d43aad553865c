"""A call as CAP: the strictest reader takes it, other tools verify it, and it says the same when it is read again."""

from __future__ import annotations

import math
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from shapely import Point, Polygon, box, union_all
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.crisis import prefill
from beffroi.delivery import capout
from beffroi.lib import clock, keys
from beffroi.outcomes import actions as outcomes
from beffroi.places import select as places
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.read import check
from tests import make
from tests.standards import samples

DOCS = Path(__file__).parents[2] / "docs" / "signatures.md"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def read(signed: bytes | memoryview | None) -> cap.Alert:
    """The message, which the strictest reader has accepted without a word and which our key has signed."""
    raw = bytes(signed or b"")
    verdict = check(raw, profile="strict")
    unusual = [finding for finding in verdict.findings if finding.code != "recommended-missing"]
    assert (verdict.verdict, unusual) == ("accept", [])
    assert verdict.alert is not None
    verified = signature.verify(raw, pinned=[keys.current().certificate], at=verdict.alert.sent)
    assert check(verified.data).alert == verdict.alert
    return verdict.alert


def xmlsec1_takes(raw: bytes, folder: Path) -> bool:
    """What another implementation says, asked as docs/signatures.md tells receivers to."""
    [command] = [
        line.strip() for line in DOCS.read_text("utf-8").splitlines() if line.strip().startswith("xmlsec1 --verify")
    ]
    (folder / "message.xml").write_bytes(raw)
    (folder / "certificate.pem").write_bytes(keys.current().certificate.public_bytes(Encoding.PEM))
    words = [samples.tool("xmlsec1"), *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


def test_an_event_in_cap_from_alert_to_end(town: None, bruno: Any, chiara: Any, tmp_path: Path) -> None:
    first = make.live(bruno, chiara, zones=[("QUARTER", "nw"), ("QUARTER", "se")], onset=clock.now())
    alert = read(first.signed)
    assert (alert.status, alert.msgType, alert.scope, alert.sender) == (
        "Actual",
        "Alert",
        "Public",
        "alerte@town.example",
    )
    assert (alert.identifier, alert.references, alert.incidents) == (first.identifier, (), (first.public_id,))
    assert [info.language for info in alert.info] == ["fr", "en"]
    assert alert.info[1].headline == "Go upstairs"
    assert alert.info[1].web == f"http://localhost:8000/en/alert/{first.public_id}/"
    assert alert.info[0].area[0].geocode == (("QUARTER", "nw"), ("QUARTER", "se"))
    update = make.approved(bruno, chiara, outcomes.update(bruno, first.public_id, make.content()))
    said = read(update.signed)
    assert (said.msgType, said.references, said.incidents) == ("Update", (alert.key,), alert.incidents)
    false = outcomes.close(bruno, update.public_id, "false-alarm", make.texts("Fausse alerte"))
    ended = read(false.signed)
    assert (ended.msgType, ended.references) == ("Cancel", (said.key,))
    assert {(info.urgency, info.severity, info.responseType) for info in ended.info} == {
        ("Past", "Minor", ("AllClear",))
    }
    for call in (first, update, false):
        assert xmlsec1_takes(bytes(call.signed or b""), tmp_path)
    changed = bytes(false.signed or b"").replace(b"Fausse alerte", b"Vraie alerte")
    assert changed != bytes(false.signed or b"")
    assert not xmlsec1_takes(changed, tmp_path)


def test_an_exercise_says_so_in_cap(town: None, bruno: Any, chiara: Any) -> None:
    alert = read(make.live(bruno, chiara, status="Exercise").signed)
    assert alert.status == "Exercise"
    assert alert.note is not None
    assert not check(bytes(make.live(bruno, chiara, status="Exercise").signed or b"")).deliverable


@pytest.mark.parametrize("zones", [[("QUARTER", "nw")], [("QUARTER", "nw"), ("QUARTER", "se")]])
def test_what_is_read_again_says_the_same(town: None, bruno: Any, chiara: Any, zones: Any) -> None:
    texts = make.texts("L'eau monte & « 5 < 6 »")
    texts["fr"] |= {"instruction": "Un\n\nDeux", "description": "é" * 400}
    texts["en"] |= {"instruction": ""}
    call = make.live(
        bruno, chiara, zones=zones, texts=texts, onset=clock.now() + timedelta(minutes=5), severity="Extreme",
        responseType=["Shelter", "Avoid"],
    )  # fmt: skip
    again = prefill.content(read(call.signed), border=places.border(city.current()), now=clock.now())
    for name in (
        "kind",
        "status",
        "category",
        "severity",
        "urgency",
        "certainty",
        "responseType",
        "onset",
        "expires",
        "texts",
    ):
        assert getattr(again, name) == getattr(call, name), name
    assert again.ranges == bytes(call.ranges)
    assert area.shape_of(again.area).equals(area.shape_of(call.area))
    assert again.area["places"] == call.area["places"]


def star(points: int, inner: float) -> Polygon:
    """A polygon of so many corners, in and out by turns."""
    corners = [(1.0 if n % 2 else inner, 2 * math.pi * n / points) for n in range(points)]
    return Polygon([(2 + 0.1 * r * math.cos(a), 49 + 0.07 * r * math.sin(a)) for r, a in corners])


def coast(points: int) -> Polygon:
    """A round island with a coast as rough as real ones."""
    return Polygon([
        (2 + (0.1 + 0.004 * math.sin(n * 1.7)) * math.cos(2 * math.pi * n / points),
         49 + (0.07 + 0.003 * math.cos(n * 2.3)) * math.sin(2 * math.pi * n / points)) for n in range(points)
    ]).buffer(0)  # fmt: skip


@pytest.mark.parametrize("shape", [
    box(1.97, 49.0, 2.0, 49.02), star(400, 0.5), star(3000, 0.98), coast(2000), Point(2, 49).buffer(0.1, quad_segs=200),
    box(1.9, 48.9, 2.1, 49.1).difference(box(1.95, 48.95, 2.05, 49.05)),
    union_all([box(1.9, 48.9, 1.95, 48.95), star(300, 0.9)]),
], ids=lambda shape: f"{shape.geom_type}-{len(mapping(shape)['coordinates'][0])}")  # fmt: skip
def test_a_fine_outline_becomes_a_little_wider_and_leaves_nobody_out(
    django_db_setup: None, shape: BaseGeometry
) -> None:
    call = Call(
        public_id="coast", texts=make.texts(), category=["Met"], responseType=["Shelter"], urgency="Immediate",
        severity="Severe", certainty="Likely", status="Actual", msgType="Alert", expires=NOON + timedelta(hours=1),
        area={"areaDesc": {"": "Partout"}, "zones": [], "geometry": area.drawn(shape)},
    )  # fmt: skip
    _identifier, signed = capout.compose(call, NOON)
    rings = [Polygon([(lon, lat) for lat, lon in ring]) for ring in read(signed).info[0].area[0].polygon]
    assert max(len(ring.exterior.coords) for ring in rings) <= capout.VERTICES
    drawn = union_all(rings)
    assert drawn.is_valid
    assert drawn.buffer(1e-5).covers(area.shape_of(call.area))
    assert drawn.area < 1.1 * shape.convex_hull.area


def test_a_call_that_was_never_sent_cannot_be_referred_to() -> None:
    with pytest.raises(ValueError, match="never sent"):
        capout.reference(Call(public_id="draft"))
