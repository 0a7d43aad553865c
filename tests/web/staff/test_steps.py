"""The buttons of a call's page."""

from __future__ import annotations

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.delivery.models import Note
from beffroi.people.models import Entry, Person
from tests import make
from tests.web.conftest import Enter


def test_hand_over_take_back_open_again(bruno: Person, town: None, enter: Enter) -> None:
    call = calls.draft(bruno, make.content())
    client = enter(bruno)
    for step, state in (("submit", "pending"), ("reopen", "draft"), ("submit", "pending"), ("withdraw", "withdrawn")):
        assert client.post(f"/desk/call/{call.public_id}/{step}/").status_code == 302
        assert Call.objects.get().state == state
    assert client.post(f"/desk/call/{call.public_id}/reopen/").status_code == 409


def test_a_refusal_says_why_and_stays_visible(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    client = enter(chiara)
    assert client.post(f"/desk/call/{call.public_id}/refuse/", {"why": " \u202e "}).status_code == 400
    assert Call.objects.get().state == "pending"
    client.post(f"/desk/call/{call.public_id}/refuse/", {"why": f"Wrong\r\nquarter {'x' * 600}"})
    assert Call.objects.get().state == "refused"
    assert "Wrong quarter" in client.get(f"/desk/call/{call.public_id}/").content.decode()
    assert len(Entry.objects.get(action="call.refuse").facts["why"]) <= 500


def test_one_tap_informs(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    client = enter(bruno)
    answer = client.post(f"/desk/call/{call.public_id}/inform/", follow=True)
    assert "2 authorities get the text now." in answer.content.decode()
    assert Note.objects.filter(purpose="inform").count() == 2
    assert Entry.objects.filter(action="call.inform", person=bruno).exists()


def test_what_was_not_sent_informs_nobody(bruno: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    assert enter(bruno).post(f"/desk/call/{call.public_id}/inform/").status_code == 409
    assert not Note.objects.exists()
