"""A live call comes to its end: by one person or two, or by itself, and those who were reached are told."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.delivery import actions as delivery
from beffroi.delivery import fanout, notes
from beffroi.delivery.models import Note, Page
from beffroi.errors import Conflict, NotAllowed
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.people.models import Entry, Person
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.read import check
from tests import make
from tests.browser.patience import until
from tests.post_office import PostOffice

END = make.texts("C'est fini")


def message(call: Call) -> cap.Alert:
    """The call as others read it."""
    found = check(bytes(call.signed or b"")).alert
    assert found is not None
    return found


def live(bruno: Any, chiara: Any, *, minutes_ago: float, **changes: Any) -> Call:
    now = clock.now()
    with clock.at(now - timedelta(minutes=minutes_ago)):
        return make.live(bruno, chiara, **({"expires": now + timedelta(hours=2)} | changes))


@pytest.mark.parametrize(("severity", "minutes", "is_alone"), [
    ("Extreme", 9, True), ("Severe", 9, True), ("Extreme", 11, False), ("Severe", 11, False), ("Moderate", 29, True),
])  # fmt: skip
def test_one_person_closes_soon_or_what_is_not_severe(
    town: None, bruno: Any, chiara: Any, severity: str, minutes: float, is_alone: bool
) -> None:
    prior = live(bruno, chiara, minutes_ago=minutes, severity=severity)
    closing = outcomes.close(bruno, prior.public_id, "all-clear", END)
    prior.refresh_from_db()
    if is_alone:
        assert (closing.state, closing.authority, closing.approver, prior.state) == ("live", "closing", None, "ended")
        return
    assert (closing.state, closing.author, prior.state) == ("pending", bruno, "live")
    with pytest.raises(NotAllowed):
        delivery.approve(bruno, closing.public_id, seen=bytes(closing.digest or b""))
    delivery.approve(chiara, closing.public_id, seen=bytes(closing.digest or b""))
    prior.refresh_from_db()
    assert prior.state == "ended"
    assert message(Call.objects.get(pk=closing.pk)).references == (message(prior).key,)


def test_an_all_clear_is_an_update_and_a_false_alarm_a_cancel(town: None, bruno: Any, chiara: Any) -> None:
    for ending, msgType, certainty in (("all-clear", "Update", "Observed"), ("false-alarm", "Cancel", "Unlikely")):
        prior = make.live(bruno, chiara, severity="Extreme")
        closing = outcomes.close(bruno, prior.public_id, ending, END)
        found = message(closing)
        assert (found.msgType, found.references) == (msgType, (message(prior).key,))
        assert {(i.responseType, i.urgency, i.certainty, i.severity) for i in found.info} == {
            (("AllClear",), "Past", certainty, "Minor")
        }
        assert found.info[0].headline == "C'est fini"
        assert found.info[0].area == message(prior).info[0].area


def test_only_what_is_live_is_closed_or_updated_and_only_by_those_who_may(
    town: None, bruno: Any, chiara: Any, olga: Any
) -> None:
    waiting, first = make.pending(bruno), make.live(bruno, chiara)
    with pytest.raises(outcomes.EndingUnknown):
        outcomes.close(bruno, first.public_id, "expired", END)
    with pytest.raises(NotAllowed):
        outcomes.close(olga, first.public_id, "all-clear", END)
    ended = outcomes.close(bruno, first.public_id, "all-clear", END)
    for call in (waiting, first, ended):
        with pytest.raises(Conflict):
            outcomes.close(bruno, call.public_id, "all-clear", END)
        with pytest.raises(Conflict):
            outcomes.update(bruno, call.public_id, make.content())
    assert Call.objects.count() == 3


def test_an_update_is_a_draft_of_the_same_event(town: None, bruno: Any, chiara: Any) -> None:
    drill = make.live(bruno, chiara, status="Exercise")
    update = outcomes.update(bruno, drill.public_id, make.content(status="Actual", severity="Extreme"))
    assert (update.state, update.status, update.severity) == ("draft", "Exercise", "Extreme")
    assert (update.follows, update.number, update.msgType) == (drill, 2, "Update")


def test_an_expiry_tells_those_who_were_reached_and_never_that_all_is_clear(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara, severity="Extreme", expires=clock.now() + timedelta(seconds=2))
    longer = make.live(bruno, chiara, severity="Minor")
    fanout.run()
    draft = calls.follow(bruno, call, make.content(), msgType="Update")
    until(lambda: clock.now() > call.expires, "the end of the call")
    make.mail_subscription("late")
    with caplog.at_level(logging.CRITICAL, "beffroi.outcomes"):
        assert outcomes.expire(clock.now() + timedelta(hours=3)) == 1  # the longer one: the database knows better
    for one in (call, longer, draft):
        one.refresh_from_db()
    assert (call.state, longer.state, draft.state) == ("ended", "live", "withdrawn")
    closing = Call.objects.get(follows=call, state="live")
    assert (closing.ending, closing.author, closing.authority) == ("expired", None, "closing")
    found = message(closing)
    assert found.msgType == "Update"
    assert {(i.responseType, i.urgency, i.certainty, i.severity) for i in found.info} == {
        (("Monitor",), "Past", "Unknown", "Unknown")
    }
    fanout.run()
    [_alert, _minor, mail] = post_office.to("ada@residents.example")
    assert mail.message["Subject"] == closing_texts(call, "expired")["fr"]["headline"]
    assert len(post_office.to("late@residents.example")) == 0
    assert outcomes.expire(clock.now()) == 0


def test_a_closing_message_leaves_the_page_by_itself(town: None, bruno: Any, chiara: Any) -> None:
    closing = outcomes.close(bruno, make.live(bruno, chiara).public_id, "all-clear", END)
    assert outcomes.expire(clock.now() + timedelta(hours=5)) == 0
    now_page = bytes(Page.objects.get(path="/fr/").body).decode()
    assert closing.public_id in now_page
    assert outcomes.expire(clock.now() + timedelta(hours=7)) == 1
    closing.refresh_from_db()
    assert closing.state == "ended"
    assert closing.public_id not in bytes(Page.objects.get(path="/fr/").body).decode()
    assert Call.objects.count() == 2


def test_those_who_could_renew_it_are_paged_once_before_the_end(
    town: None, bruno: Any, chiara: Any, olga: Any, post_office: PostOffice
) -> None:
    Person.objects.using("owner").filter(pk=chiara.pk).update(language="en")
    soon = make.live(bruno, chiara, expires=clock.now() + timedelta(minutes=29))
    later = make.live(bruno, chiara)
    closing = outcomes.close(bruno, make.live(bruno, chiara).public_id, "all-clear", END)
    assert outcomes.page_before_end(clock.now()) == 1
    assert outcomes.page_before_end(clock.now()) == 0
    assert set(Note.objects.values_list("lane", "purpose")) == {(notes.PAGE_LANE, "page")}
    notes.send_due(clock.now() + timedelta(seconds=5))
    sent = {mail.recipient: str(mail.message["Subject"]) for mail in post_office.mails}
    assert set(sent) == {"bruno@town.example", "chiara@town.example"}
    assert sent["chiara@town.example"].endswith(": Go upstairs")
    assert soon.public_id in post_office.mails[0].text()
    later.refresh_from_db()
    closing.refresh_from_db()
    assert (later.paged_at, closing.paged_at) == (None, None)


def test_one_tap_informs_all_who_must_know(
    town: None, bruno: Any, chiara: Any, olga: Any, post_office: PostOffice
) -> None:
    call = make.live(bruno, chiara, status="Exercise")
    with pytest.raises(NotAllowed):
        outcomes.inform(olga, call.public_id)
    with pytest.raises(Conflict):
        outcomes.inform(bruno, make.pending(bruno).public_id)
    assert outcomes.inform(bruno, call.public_id) == 2
    notes.send_due(clock.now() + timedelta(seconds=5))
    assert {mail.recipient for mail in post_office.mails} == {
        "centre112@authorities.example", "mayor@authorities.example",
    }  # fmt: skip
    text = post_office.mails[0].text()
    for words in ("Montez à l'étage", "Montez. Laissez la voiture.", "Nord-Ouest", call.public_id, "EXERCI"):
        assert words in text
    assert "List-Unsubscribe" not in post_office.mails[0].message
    assert Entry.objects.get(action="call.inform").facts == {"contacts": ["centre-112", "mayor"]}


def test_the_end_that_a_program_proposes_waits_for_people(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara, severity="Minor")
    draft = outcomes.propose_end(make.program(), call.public_id, "false-alarm")
    assert (draft.state, draft.author, draft.msgType) == ("draft", None, "Cancel")
    assert draft.texts == closing_texts(call, "false-alarm")
    call.refresh_from_db()
    assert call.state == "live"
    with pytest.raises(outcomes.EndingUnknown):
        outcomes.propose_end(make.program("other"), call.public_id, "expired")
    ended = make.approved(bruno, chiara, draft)
    assert (ended.state, ended.author) == ("live", bruno)
