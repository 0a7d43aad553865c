"""Update, all-clear, false alarm: each starts from the live call and reaches the same people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from beffroi.calls.models import Call
from beffroi.delivery import fanout
from beffroi.lib import clock
from beffroi.people.models import Person
from tests import make
from tests.web.conftest import Enter
from tests.web.staff.sending import form


def closing(headline: str = "C'est fini") -> dict[str, str]:
    """The words of an ending, complete in the call's two languages."""
    return {
        "headline.fr": headline, "instruction.fr": "Vous pouvez sortir.", "headline.en": "It is over",
        "instruction.en": "You can go out.",
    }  # fmt: skip


def test_an_update_starts_from_the_call_and_stays_what_it_is(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    call = make.live(bruno, chiara, status="Exercise")
    client = enter(bruno)
    page = client.get(f"/desk/call/{call.public_id}/update/").content.decode()
    assert "Montez à l&#x27;étage" in page
    assert 'data-mode="exercise"' in page
    sent = form(step="submit", status="Actual", hazard="attack", headline__fr="Restez en haut")
    client.post(f"/desk/call/{call.public_id}/update/", sent)
    follow = Call.objects.get(follows=call)
    assert (follow.msgType, follow.state, follow.status, follow.hazard) == ("Update", "pending", "Exercise", "flood")
    shown = client.get(f"/desk/call/{call.public_id}/").content.decode()
    assert "The next message of this event is being prepared." in shown


def test_an_update_with_faults_keeps_its_words(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    answer = enter(bruno).post(f"/desk/call/{call.public_id}/update/", form(headline__fr="", instruction__fr="Restez."))
    assert answer.status_code == 400
    assert "Restez." in answer.content.decode()
    assert Call.objects.count() == 1


@pytest.mark.parametrize(("ending", "msgType"), [("false-alarm", "Cancel"), ("all-clear", "Update")])
def test_within_ten_minutes_one_person_ends_it(
    bruno: Person, chiara: Person, town: None, enter: Enter, ending: str, msgType: str
) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara, severity="Extreme")
    client = enter(bruno)
    page = client.get(f"/desk/call/{call.public_id}/close/{ending}/").content.decode()
    assert "It leaves at once." in page
    client.post(f"/desk/call/{call.public_id}/close/{ending}/", closing())
    end = Call.objects.get(follows=call)
    assert (end.state, end.msgType, end.authority, end.ending) == ("live", msgType, "closing", ending)
    call.refresh_from_db()
    assert call.state == "ended"


def test_later_a_severe_one_needs_two(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    client = enter(bruno)
    with clock.at(clock.now() + timedelta(minutes=11)):
        page = client.get(f"/desk/call/{call.public_id}/close/all-clear/").content.decode()
        assert "a second person must agree" in page
        client.post(f"/desk/call/{call.public_id}/close/all-clear/", closing())
    end = Call.objects.get(follows=call)
    call.refresh_from_db()
    assert (end.state, call.state) == ("pending", "live")


def test_the_words_of_an_ending_are_ready_in_every_language_and_needed_in_each(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    call = make.live(bruno, chiara)
    client = enter(bruno)
    url = f"/desk/call/{call.public_id}/close/all-clear/"
    page = client.get(url).content.decode()
    assert "You can come down: the flood in Nord-Ouest is over" in page
    assert 'name="headline.fr"' in page
    answer = client.post(url, closing() | {"headline.en": ""})
    assert answer.status_code == 400
    assert "Vous pouvez sortir." in answer.content.decode()
    assert Call.objects.count() == 1


def test_who_was_told_hears_the_end(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    page = enter(bruno).get(f"/desk/call/{call.public_id}/close/all-clear/").content.decode()
    assert "nobody: nothing of it has left yet" in page


def test_a_closing_that_came_back_is_changed_in_its_words_only(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    call = make.live(bruno, chiara)
    client = enter(bruno)
    with clock.at(clock.now() + timedelta(minutes=11)):
        client.post(f"/desk/call/{call.public_id}/close/all-clear/", closing())
    end = Call.objects.get(follows=call)
    client.post(f"/desk/call/{end.public_id}/reopen/")
    assert client.get(f"/desk/call/{end.public_id}/edit/").url == f"/desk/call/{end.public_id}/closing/"  # type: ignore[attr-defined]
    assert "It is over" in client.get(f"/desk/call/{end.public_id}/closing/").content.decode()
    client.post(f"/desk/call/{end.public_id}/closing/", closing("Tout est fini"))
    end.refresh_from_db()
    assert (end.texts["fr"]["headline"], end.ending, end.urgency) == ("Tout est fini", "all-clear", "Past")
    assert client.post(f"/desk/call/{end.public_id}/closing/", {}).status_code == 400


def test_what_is_not_live_is_not_followed(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    client = enter(bruno)
    for way in ("update/", "close/all-clear/"):
        assert client.get(f"/desk/call/{call.public_id}/{way}").status_code == 409
    assert client.get(f"/desk/call/{call.public_id}/closing/").status_code == 409


def test_an_expiry_is_no_ending_that_people_choose(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    answer = enter(bruno).post(f"/desk/call/{call.public_id}/close/expired/", closing())
    assert answer.status_code == 400
    assert not fanout.claim()
    assert Call.objects.count() == 1
