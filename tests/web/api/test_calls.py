"""A program drafts, changes and takes back its own drafts; nothing that it does makes a call leave."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.delivery.models import Shard
from beffroi.people.models import Entry
from tests import make
from tests.web.api.partner import Partner, call, text


@pytest.fixture
def partner(town: None) -> Partner:
    return Partner()


def test_a_draft_has_no_author_and_names_its_program(partner: Partner) -> None:
    told = partner.ask("POST", "/calls", call())
    assert partner.status == 201, told
    assert partner.headers["Location"] == f"/api/calls/{told['id']}"
    assert (told["state"], told["drafted_by"], told["program"], told["waits_for"]) == (
        "draft", "program", "partner", "author",
    )  # fmt: skip
    assert (told["hazard"], told["category"], told["area"]["places"]) == ("flood", ["Met"], ["Nord-Ouest"])
    assert told["texts"]["fr"]["event"], "the hazard's own name"
    made = Call.objects.get()
    assert (made.author, made.program) == (None, partner.key)
    entry = Entry.objects.get(action="call.draft")
    assert (entry.person, entry.facts["program"]) == (None, "partner")


def test_it_leaves_only_when_two_people_decide(partner: Partner, bruno: Any, chiara: Any) -> None:
    told = partner.ask("POST", "/calls", call())
    live = make.approved(bruno, chiara, Call.objects.get())
    assert (live.author, live.approver, live.program) == (bruno, chiara, partner.key)
    told = partner.ask("GET", f"/calls/{told['id']}")
    assert (told["state"], told["waits_for"], told["body"]) == ("live", None, "mayor")
    assert told["cap"] == f"http://localhost:8000/cap/{live.identifier}.xml"


def test_the_person_who_hands_it_over_cannot_approve_it(partner: Partner, chiara: Any) -> None:
    partner.ask("POST", "/calls", call())
    with pytest.raises(Exception, match="not-allowed"):
        make.approved(chiara, chiara, Call.objects.get())


@pytest.mark.parametrize("step", ["submit", "approve", "issue", "refuse"])
def test_there_is_no_way_to_decide(partner: Partner, step: str) -> None:
    told = partner.ask("POST", "/calls", call())
    partner.ask("POST", f"/calls/{told['id']}/{step}", {})
    assert partner.status == 404
    assert Call.objects.get().state == "draft"


@pytest.mark.parametrize(("changes", "fields"), [
    ({"hazard": "dragons"}, {"hazard": "unknown"}),
    ({"expires": "2001-01-01T00:00:00Z"}, {"expires": "past"}),
    ({"texts": {"en": text("Go upstairs")}}, {"headline.fr": "missing", "instruction.fr": "missing"}),
    ({"texts": {"fr": text("Montez"), "tlh": text("pagh")}}, {"texts.tlh": "unknown"}),
    ({"area": {"zones": ["QUARTER atlantis"]}}, {"area": "unknown-zone"}),
    ({"area": {}}, {"area": "empty"}),
    ({"area": {"circles": [[10, 10, 1]]}}, {"area": "outside"}),
])  # fmt: skip
def test_what_is_no_call(partner: Partner, changes: dict[str, Any], fields: dict[str, str]) -> None:
    told = partner.ask("POST", "/calls", call(**changes))
    assert (partner.status, told["code"], told["facts"]["fields"]) == (400, "call-content-bad", fields)
    assert not Call.objects.exists()


@pytest.mark.parametrize(("changes", "field"), [
    ({"severity": "Huge"}, "severity"), ({"responseType": []}, "responseType"), ({"expires": "tonight"}, "expires"),
    ({"colour": "red"}, "colour"), ({"texts": {"fr": {"headline": "x"}}}, "texts.fr.instruction"),
    ({"area": {"polygons": [[[49.0, 2.0]]]}}, "area.polygons.0"), ({"expires": "2030-01-01T00:00:00"}, "expires"),
])  # fmt: skip
def test_what_is_not_as_the_document_has_it(partner: Partner, changes: dict[str, Any], field: str) -> None:
    told = partner.ask("POST", "/calls", call(**changes))
    assert (partner.status, told["code"]) == (400, "request-bad")
    assert list(told["facts"]["fields"]) == [field]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"', b"null"])
def test_what_is_no_json(partner: Partner, body: bytes) -> None:
    told = partner.ask("POST", "/calls", body)
    assert (partner.status, told["code"]) == (400, "request-bad")


def test_a_text_too_long_for_a_channel_is_told_to_the_program_and_nothing_stays(partner: Partner) -> None:
    long = {language: text("h" * 160) | {"instruction": "🌊" * 1000} for language in ("fr", "en", "es")}
    told = partner.ask("POST", "/calls", call(texts=long))
    assert partner.status in {201, 400}
    if partner.status == 400:
        assert told["code"] == "text-too-long"
        assert not Call.objects.exists()


def test_a_draft_is_changed_under_its_etag(partner: Partner) -> None:
    made = partner.ask("POST", "/calls", call())
    path, tag = f"/calls/{made['id']}", partner.headers["ETag"]
    other = call(severity="Minor")
    assert partner.ask("PUT", path, other)["code"] == "request-bad", "without If-Match nothing is changed"
    told = partner.ask("PUT", path, other, If_Match=tag)
    assert (partner.status, told["severity"]) == (200, "Minor")
    fresh = partner.headers["ETag"]
    assert fresh != tag
    assert partner.ask("PUT", path, call(), If_Match=tag)["code"] == "etag-stale"
    assert partner.status == 412
    partner.ask("GET", path)
    assert partner.headers["ETag"] == fresh


def test_what_a_person_has_touched_is_the_persons(partner: Partner, bruno: Any) -> None:
    made = partner.ask("POST", "/calls", call())
    calls.edit(bruno, made["id"], make.content(severity="Moderate"))
    told = partner.ask("GET", f"/calls/{made['id']}")
    changed = partner.ask("PUT", f"/calls/{made['id']}", call(), If_Match=partner.headers["ETag"])
    assert (partner.status, changed["code"], changed["facts"]["why"]) == (409, "conflict", "draft-has-author")
    assert partner.ask("POST", f"/calls/{made['id']}/withdraw")["facts"]["why"] == "draft-has-author"
    assert partner.ask("GET", f"/calls/{made['id']}") == told


def test_what_another_drafted_is_not_touched(partner: Partner, bruno: Any) -> None:
    robots = calls.draft(None, make.content())
    others = Partner("other").ask("POST", "/calls", call())["id"]
    for public_id in (robots.public_id, others):
        told = partner.ask("POST", f"/calls/{public_id}/withdraw")
        assert (partner.status, told["facts"]["why"]) == (409, "draft-of-another")
    assert set(Call.objects.values_list("state", flat=True)) == {"draft"}


def test_a_draft_is_taken_back_once(partner: Partner) -> None:
    made = partner.ask("POST", "/calls", call())
    assert partner.ask("POST", f"/calls/{made['id']}/withdraw")["state"] == "withdrawn"
    assert partner.ask("POST", f"/calls/{made['id']}/withdraw")["code"] == "call-step-refused"
    assert Entry.objects.get(action="call.withdraw").facts["program"] == "partner"


def test_the_next_message_of_a_live_call(partner: Partner, bruno: Any, chiara: Any) -> None:
    live = make.live(bruno, chiara)
    told = partner.ask("POST", f"/calls/{live.public_id}/update", call(hazard="other", status="Exercise"))
    assert (partner.status, told["msgType"], told["follows"], told["number"]) == (201, "Update", live.public_id, 2)
    assert (told["hazard"], told["status"]) == ("flood", "Actual"), "those of the event"
    again = partner.ask("POST", f"/calls/{live.public_id}/update", call())
    assert (partner.status, again["facts"]["why"]) == (409, "follow-up-waiting")
    live.refresh_from_db()
    assert live.state == "live"


@pytest.mark.parametrize(("ending", "msgType"), [("all-clear", "Update"), ("false-alarm", "Cancel")])
def test_an_end_is_only_drafted_where_a_person_could_send_it_alone(
    partner: Partner, bruno: Any, chiara: Any, ending: str, msgType: str
) -> None:
    live = make.live(bruno, chiara, severity="Minor")
    before = Shard.objects.count()
    told = partner.ask("POST", f"/calls/{live.public_id}/end", {"ending": ending})
    assert (partner.status, told["state"], told["msgType"], told["ending"]) == (201, "draft", msgType, ending)
    live.refresh_from_db()
    assert (live.state, Shard.objects.count()) == ("live", before)
    ended = make.approved(bruno, chiara, Call.objects.get(public_id=told["id"]))
    assert (ended.state, ended.author, ended.approver) == ("live", bruno, chiara)


def test_an_end_never_takes_the_place_of_what_waits(partner: Partner, bruno: Any, chiara: Any) -> None:
    live = make.live(bruno, chiara)
    waits = calls.follow(bruno, live, make.content(), msgType="Update")
    told = partner.ask("POST", f"/calls/{live.public_id}/end", {"ending": "all-clear"})
    assert (partner.status, told["facts"]["why"]) == (409, "follow-up-waiting")
    waits.refresh_from_db()
    assert waits.state == "draft"


def test_only_what_is_live_is_followed(partner: Partner) -> None:
    made = partner.ask("POST", "/calls", call())
    assert partner.ask("POST", f"/calls/{made['id']}/end", {"ending": "all-clear"})["facts"]["why"] == "not-live"
    assert partner.ask("POST", "/calls/nosuchcall/update", call())["code"] == "call-not-found"
    assert partner.status == 404


def test_lists_page_by_page(partner: Partner) -> None:
    ids = [partner.ask("POST", "/calls", call())["id"] for _ in range(3)]
    first = partner.ask("GET", "/calls?limit=2")
    assert [one["id"] for one in first["items"]] == ids[:0:-1]
    calls.draft(None, make.content())  # what is new does not move the page
    second = partner.ask("GET", f"/calls?limit=2&cursor={first['next']}")
    assert ([one["id"] for one in second["items"]], second["next"]) == (ids[:1], None)
    assert partner.ask("GET", "/calls?state=live") == {"items": [], "next": None}
    assert len(partner.ask("GET", "/calls?state=draft&state=live")["items"]) == 4
    assert partner.ask("GET", "/calls?state=burning")["code"] == "request-bad"
    assert partner.ask("GET", "/calls?cursor=!")["code"] == "cursor-bad"
