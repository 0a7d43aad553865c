"""The composer: nothing typed is lost, nothing hostile lives on, and a draft waits for its second person."""

from __future__ import annotations

import pytest

from beffroi.calls.models import Call
from beffroi.people.models import Person
from tests import make
from tests.web.conftest import Enter
from tests.web.staff.sending import form


def test_a_form_becomes_a_draft_and_then_waits(bruno: Person, town: None, enter: Enter) -> None:
    client = enter(bruno)
    answer = client.post("/desk/call/new/", form())
    call = Call.objects.get()
    assert answer.url == f"/desk/call/{call.public_id}/"  # type: ignore[attr-defined]
    assert (call.state, call.author, call.texts["fr"]["headline"]) == ("draft", bruno, "Montez à l'étage")
    client.post(f"/desk/call/{call.public_id}/edit/", form(step="submit", headline__fr="Montez tout de suite"))
    call.refresh_from_db()
    assert (call.state, call.texts["fr"]["headline"], call.body) == ("pending", "Montez tout de suite", "mayor")


def test_with_faults_the_page_says_each_and_keeps_what_was_typed(bruno: Person, town: None, enter: Enter) -> None:
    typed = form(headline__fr="Montez <b>maintenant</b>", expires="2001-01-01T00:00", places=["QUARTER se"], hazard="")
    answer = enter(bruno).post("/desk/call/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert not Call.objects.exists()
    assert 'href="#f-expires"' in page
    assert "This time is over. Choose a later one." in page
    assert 'value="2001-01-01T00:00"' in page
    assert "Montez &lt;b&gt;maintenant&lt;/b&gt;" in page
    assert "<b>maintenant" not in page
    assert '<option value="QUARTER se" selected>' in page


def test_the_hazard_fills_in_what_is_known_of_it(bruno: Person, town: None, enter: Enter) -> None:
    page = enter(bruno).get("/desk/call/new/?hazard=flood&status=Exercise").content.decode()
    assert '<option value="flood" selected>' in page
    assert 'value="Inondation"' in page
    assert 'data-mode="exercise"' in page


def test_the_count_is_floored_and_needs_no_script(bruno: Person, town: None, enter: Enter) -> None:
    make.mail_subscription("ada")
    client = enter(bruno)
    page = client.post("/desk/call/new/", form(step="count")).content.decode()
    assert "10 or fewer subscriptions. 1 place:" in page
    assert 'value="Montez à l&#x27;étage"' in page
    piece = client.post("/desk/estimate/", form()).content.decode()
    assert "10 or fewer subscriptions" in piece
    assert "<html" not in piece
    assert (
        "Nobody has subscribed here yet."
        in client.post("/desk/estimate/", form(places=["QUARTER se"])).content.decode()
    )
    assert "An empty area is never everyone." in client.post("/desk/estimate/", form(places=[])).content.decode()


def test_an_exercise_counts_only_those_who_asked(bruno: Person, town: None, enter: Enter) -> None:
    make.mail_subscription("ada")
    answer = enter(bruno).post("/desk/estimate/", form(status="Exercise"))
    assert "Nobody has subscribed here yet." in answer.content.decode()


def test_who_changes_a_draft_is_its_author(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    enter(bruno).post("/desk/call/new/", form())
    call = Call.objects.get()
    enter(chiara).post(f"/desk/call/{call.public_id}/edit/", form(headline__fr="Montez vite"))
    call.refresh_from_db()
    assert call.author == chiara


def test_a_call_that_waits_is_not_edited(bruno: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    client = enter(bruno)
    assert client.get(f"/desk/call/{call.public_id}/edit/").status_code == 409
    assert client.post(f"/desk/call/{call.public_id}/edit/", form()).status_code == 409


def test_a_text_too_long_for_a_channel_stays_a_draft_with_its_words(bruno: Person, town: None, enter: Enter) -> None:
    wide = "𝔘" * 2000  # 8,000 bytes: more than a push message carries
    answer = enter(bruno).post("/desk/call/new/", form(step="submit", instruction__fr=wide, headline__fr="𝔘" * 160))
    assert answer.status_code in {302, 400}
    assert Call.objects.get().state == ("pending" if answer.status_code == 302 else "draft")


def test_nobody_is_competent_is_said(bruno: Person, town: None, enter: Enter) -> None:
    answer = enter(bruno).post("/desk/call/new/", form(step="submit", hazard="attack"))
    assert answer.status_code == 403
    assert b"no-competent-body" in answer.content
    assert Call.objects.get().state == "draft"


@pytest.mark.parametrize("body", [b"\x00", b"%FF=%FE&headline.fr=%00", b"places=" * 50])
def test_garbage_is_refused_and_changes_nothing(bruno: Person, town: None, enter: Enter, body: bytes) -> None:
    answer = enter(bruno).post("/desk/call/new/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert not Call.objects.exists()
