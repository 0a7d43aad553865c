"""A call's page: what leaves, by what right, what happened, and only the buttons that would work."""

from __future__ import annotations

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.people.models import Person
from beffroi.web.staff import call as page
from tests import make
from tests.web.conftest import Enter


def chosen(person: Person, call: Call) -> set[str]:
    return {name for name, value in page.possible(person, call).items() if value is True and name != "needs_two_later"}


def test_the_page_shows_what_leaves_and_what_happened(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    shown = enter(bruno).get(f"/desk/call/{call.public_id}/").content.decode()
    for words in (
        "Laissez la voiture.",
        "Go up. Leave the car.",
        "Draft written",
        "Handed to a second person",
        "Mayor",
    ):
        assert words in shown
    assert f"town.{call.public_id}" in shown


def test_a_draft_may_be_handed_over_and_changed(bruno: Person, chiara: Person, olga: Person, town: None) -> None:
    call = calls.draft(bruno, make.content())
    assert chosen(bruno, call) == chosen(chiara, call) == {"edit", "submit", "withdraw"}
    assert chosen(olga, call) == set()


def test_a_waiting_call_is_decided_by_the_right_second_person(
    bruno: Person, chiara: Person, paul: Person, olga: Person, town: None
) -> None:
    call = make.pending(bruno)
    assert {"approve", "refuse"} <= chosen(chiara, call)
    assert "find_second" in chosen(bruno, call)
    assert {"approve"}.isdisjoint(chosen(bruno, call) | chosen(paul, call) | chosen(olga, call))
    mine = make.pending(chiara)
    assert {"approve", "refuse"}.isdisjoint(chosen(chiara, mine))


def test_a_live_call_is_followed_and_told_on(bruno: Person, chiara: Person, olga: Person, town: None) -> None:
    call = make.live(bruno, chiara)
    assert {"follow", "inform", "alone"} <= chosen(bruno, call)
    assert {"follow", "inform"}.isdisjoint(chosen(olga, call))


def test_a_hostile_text_is_inert(bruno: Person, town: None, enter: Enter) -> None:
    evil = make.texts('"><script>alert(1)</script>')
    call = calls.draft(bruno, make.content(texts=evil))
    shown = enter(bruno).get(f"/desk/call/{call.public_id}/").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_an_unknown_call_is_not_found(bruno: Person, town: None, enter: Enter) -> None:
    answer = enter(bruno).get("/desk/call/nosuchcall/")
    assert answer.status_code == 404
    assert b"call-not-found" in answer.content
