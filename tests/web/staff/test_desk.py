"""The duty desk: the decision first, and for each role what it may see and do."""

from __future__ import annotations

from beffroi.calls import actions as calls
from beffroi.lib import clock
from beffroi.people.models import Person
from beffroi.web.staff import desk, rows, words
from tests import make
from tests.web.conftest import Enter


def step(person: Person) -> str | None:
    found = desk.decision(person, rows.waiting(), rows.robots(), clock.now())
    return found.step if found else None


def test_a_calm_desk_says_when_it_looked(bruno: Person, town: None, enter: Enter) -> None:
    page = enter(bruno).get("/desk/").content.decode()
    assert "Nothing waits for a decision" in page
    assert "Nothing is live. Checked" in page
    assert "/desk/call/new/" in page


def test_the_moving_part_comes_alone(bruno: Person, town: None, enter: Enter) -> None:
    piece = enter(bruno).get("/desk/now/").content.decode()
    assert "<html" not in piece
    assert "Nothing waits for a decision" in piece


def test_the_clock_shows_each_what_to_do(bruno: Person, chiara: Person, paul: Person, olga: Person, town: None) -> None:
    assert step(bruno) is None
    call = make.pending(bruno)
    assert (step(chiara), step(bruno), step(paul), step(olga)) == ("decide", "wait", "wait", "wait")
    calls.withdraw(bruno, call.public_id)
    calls.draft(None, make.content(), warned_at=clock.now())
    assert (step(bruno), step(olga)) == ("take", "wait")


def test_the_author_is_told_to_find_a_second_person(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    assert "Find a second person." in enter(bruno).get("/desk/").content.decode()
    page = enter(chiara).get("/desk/").content.decode()
    assert f'href="/desk/call/{call.public_id}/approve/"' in page
    assert "Lapses in" in page


def test_an_administrator_sees_no_call_but_its_line(bruno: Person, adam: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    page = enter(adam).get("/desk/").content.decode()
    assert call.public_id not in page
    assert "/desk/log/" in page
    assert "Declare another phase" not in page


def test_a_phase_is_declared_and_changes_who_decides(bruno: Person, town: None, enter: Enter) -> None:
    client = enter(bruno)
    assert client.post("/desk/phase/", {"phase": "carnival"}).status_code == 400
    assert client.post("/desk/phase/", {"phase": "orsec"}).status_code == 302
    assert "Orsec plan" in client.get("/desk/").content.decode()
    assert make.pending(bruno).body == "prefect"


def test_a_live_call_shows_how_its_delivery_goes(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    make.mail_subscription("ada")
    make.live(bruno, chiara)
    page = enter(bruno).get("/desk/").content.decode()
    assert "E-mail 0.0 %" in page
    assert "10 or fewer" in page


def test_a_clock_counts() -> None:
    moment = clock.now()
    assert words.span((moment - moment).total_seconds()) == "00:00:00"
    assert words.span(3 * 3600 + 62) == "03:01:02"
    assert words.span(-5) == "00:00:00"
