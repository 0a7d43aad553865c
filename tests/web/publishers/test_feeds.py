"""What programs read."""

from __future__ import annotations

import json
from typing import Any

import feedparser
import pytest
from cryptography import x509

from beffroi.delivery import publish
from beffroi.delivery.models import Page
from beffroi.lib import keys
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Person
from tests import make

pytestmark = pytest.mark.usefixtures("town")


def read(path: str) -> bytes:
    return bytes(Page.objects.get(path=path).body)


def told(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(path))
    return found


def test_the_signed_message_byte_for_byte(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara)
    page = Page.objects.get(path=f"/cap/{call.identifier}.xml")
    assert bytes(page.body) == bytes(call.signed or b"")
    assert page.content_type == "application/cap+xml"


def test_the_feed_has_every_message_newest_first(bruno: Person, chiara: Person) -> None:
    first = make.live(bruno, chiara)
    closing = outcomes.close(bruno, first.public_id, "all-clear", make.texts("Fin"))
    feed = feedparser.parse(read("/feed.atom"))
    assert not feed.bozo
    assert feed.feed.title == "Ville: Alertes"
    links = [entry.links[0].href for entry in feed.entries]
    assert [link.rpartition("/")[2] for link in links] == [f"{closing.identifier}.xml", f"{first.identifier}.xml"]
    assert feed.entries[0].links[0].type == "application/cap+xml"
    assert feed.entries[1].title == "Montez à l'étage"


def test_exercises_have_a_feed_of_their_own(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara, status="Exercise")
    assert feedparser.parse(read("/feed.atom")).entries == []
    assert len(feedparser.parse(read("/exercise/feed.atom")).entries) == 1
    assert told("/feed.json")["alerts"] == []
    assert told("/live.geojson")["features"] == []
    assert told(f"/alert/{call.public_id}.geojson")["features"][0]["properties"]["sev"] == "drill"


def test_live_alerts_in_json(bruno: Person, chiara: Person) -> None:
    mild = make.live(bruno, chiara, severity="Minor")
    call = make.live(bruno, chiara)
    alerts = told("/feed.json")["alerts"]
    assert [alert["id"] for alert in alerts] == [call.public_id, mild.public_id]
    alert = alerts[0]
    assert alert["severity"] == "Severe"
    assert alert["cap"].endswith(f"/cap/{call.identifier}.xml")
    assert [text["language"] for text in alert["languages"]] == list(call.texts)
    assert alert["languages"][0]["web"].endswith(f"/{next(iter(call.texts))}/alert/{call.public_id}/")
    outcomes.close(bruno, call.public_id, "all-clear", make.texts("Fin"))
    assert [alert["id"] for alert in told("/feed.json")["alerts"]] == [mild.public_id]


def test_shapes(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara)
    feature = told(f"/alert/{call.public_id}.geojson")["features"][0]
    assert feature["geometry"] == call.area["geometry"]
    assert feature["properties"] == {"id": call.public_id, "sev": "severe", "headline": "Montez à l'étage"}
    assert told("/live.geojson")["features"] == [feature]


def test_the_certificate_that_signs() -> None:
    publish.everything()
    assert x509.load_pem_x509_certificate(read("/cap/certificate.pem")) == keys.current().certificate
