"""Received messages for programs: what was understood, and what waits for a person."""

from __future__ import annotations

import pytest

from beffroi.crisis import intake
from beffroi.standards.cap.write import write
from tests.crisis.messages import alert
from tests.web.api.partner import Partner


@pytest.fixture
def partner(town: None) -> Partner:
    return Partner("partner", "warning.read")


def test_newest_first_with_their_drafts(partner: Partner) -> None:
    way = intake.Way(name="feed:weather")
    first = intake.receive(write(alert("a")), way)
    intake.receive(b"<alert", way)
    told = partner.ask("GET", "/warnings")
    assert [one["held"] for one in told["items"]] == ["rejected", ""]
    assert first.call is not None
    assert (told["items"][1]["identifier"], told["items"][1]["draft"]) == ("a", first.call.public_id)
    assert "findings" not in told["items"][0]
    assert [one["id"] for one in partner.ask("GET", "/warnings?which=live")["items"]] == [first.pk]
    assert [one["held"] for one in partner.ask("GET", "/warnings?which=held")["items"]] == ["rejected"]
    page = partner.ask("GET", "/warnings?limit=1")
    assert partner.ask("GET", f"/warnings?limit=1&cursor={page['next']}")["items"][0]["id"] == first.pk


def test_one_with_its_findings(partner: Partner) -> None:
    row = intake.receive(b"<alert", intake.Way(name="command"))
    assert partner.ask("GET", f"/warnings/{row.pk}")["findings"] == row.findings
    assert partner.ask("GET", "/warnings/999")["code"] == "message-not-found"
    assert partner.ask("GET", "/warnings/99999999999999999999")["code"] == "request-bad"
