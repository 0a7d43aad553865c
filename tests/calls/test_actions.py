"""Calls from draft to live and to their end: who may do what, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.calls.state import StepRefused
from beffroi.delivery import actions as delivery
from beffroi.errors import Conflict, NotAllowed
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Entry
from tests import make


def said() -> list[str]:
    """The log, oldest first."""
    return list(Entry.objects.exclude(action__startswith="person.").order_by("pk").values_list("action", flat=True))


def test_two_people_issue_a_call_and_the_log_says_who(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    call.refresh_from_db()
    assert (call.state, call.authority, call.author, call.approver) == ("live", "two_people", bruno, chiara)
    assert (call.phase, call.body) == ("normal", "mayor")
    assert call.sent is not None
    assert call.sent.microsecond == 0
    assert said() == ["call.draft", "call.submit", "call.issue"]
    last = Entry.objects.get(action="call.issue")
    assert (last.person, last.about, last.facts["digest"]) == (
        chiara,
        f"call:{call.public_id}",
        bytes(call.digest or b"").hex(),
    )


def test_nobody_else_may_write_a_call(town: None, olga: Any, adam: Any, bruno: Any) -> None:
    call = calls.draft(bruno, make.content())
    steps: list[Callable[[Any], object]] = [
        lambda p: calls.draft(p, make.content()),
        lambda p: calls.edit(p, call.public_id, make.content()),
        lambda p: calls.follow(p, call, make.content(), msgType="Update"),
        lambda p: calls.follow(p, call, make.content(), msgType="Update", ending="all-clear"),
        lambda p: delivery.submit(p, call.public_id),
        lambda p: calls.refuse(p, call.public_id, why="no"),
        lambda p: calls.withdraw(p, call.public_id),
        lambda p: calls.reopen(p, call.public_id),
        lambda p: calls.declare_phase(p, "orsec"),
    ]
    for person in (olga, adam):
        for step in steps:
            with pytest.raises(NotAllowed):
                step(person)
    call.refresh_from_db()
    assert (call.state, Call.objects.count()) == ("draft", 1)
    assert said() == ["call.draft"]


def test_a_waiting_call_is_refused_opened_again_and_taken_back(town: None, bruno: Any, chiara: Any) -> None:
    call = make.pending(bruno)
    calls.refuse(chiara, call.public_id, why="wrong quarter")
    assert Entry.objects.get(action="call.refuse").facts == {"why": "wrong quarter"}
    with pytest.raises(StepRefused):
        delivery.submit(bruno, call.public_id)
    call = calls.reopen(bruno, call.public_id)
    assert (call.state, call.digest, call.submitted_at, call.body, call.editions.count()) == (
        "draft",
        None,
        None,
        "",
        0,
    )
    calls.edit(bruno, call.public_id, make.content(zones=[("QUARTER", "se")]))
    delivery.submit(bruno, call.public_id)
    with pytest.raises(StepRefused):
        calls.edit(bruno, call.public_id, make.content())
    assert calls.withdraw(bruno, call.public_id).state == "withdrawn"
    with pytest.raises(StepRefused):
        calls.reopen(bruno, call.public_id)
    with pytest.raises(calls.CallNotFound):
        calls.withdraw(bruno, "nothing")


def test_a_draft_has_whole_seconds_as_cap_wants_them(town: None, bruno: Any, chiara: Any) -> None:
    end = clock.now().replace(microsecond=1) + timedelta(hours=1)
    call = make.live(bruno, chiara, onset=end - timedelta(minutes=1), expires=end)
    assert (call.onset, call.expires) == (end.replace(microsecond=0) - timedelta(minutes=1), end.replace(microsecond=0))


def test_a_robot_changes_only_its_own_draft(town: None, bruno: Any, chiara: Any) -> None:
    call = calls.draft(None, make.content(), warned_at=clock.now())
    calls.edit(None, call.public_id, make.content(severity="Extreme"))
    assert Call.objects.get(pk=call.pk).severity == "Extreme"
    calls.edit(bruno, call.public_id, make.content())
    with pytest.raises(Conflict):
        calls.edit(None, call.public_id, make.content())
    other = calls.draft(None, make.content())
    assert delivery.submit(chiara, other.public_id).author == chiara  # who submits a robot's draft answers for it
    with pytest.raises(NotAllowed):
        delivery.approve(chiara, other.public_id, seen=bytes(Call.objects.get(pk=other.pk).digest or b""))


def test_waiting_calls_lapse_after_half_an_hour_or_when_their_time_is_over(town: None, bruno: Any) -> None:
    now = clock.now()
    with clock.at(now - timedelta(minutes=31)):
        late = make.pending(bruno)
    with clock.at(now - timedelta(minutes=10)):
        over = make.pending(bruno, expires=now - timedelta(seconds=1))
        fresh = make.pending(bruno)
    assert calls.lapse(now) == 2
    states = dict(Call.objects.values_list("pk", "state"))
    assert states == {late.pk: "lapsed", over.pk: "lapsed", fresh.pk: "pending"}
    assert calls.lapse(now) == 0
    assert calls.reopen(bruno, late.public_id).state == "draft"


def test_an_event_has_one_successor_at_a_time(town: None, bruno: Any, chiara: Any) -> None:
    first = make.live(bruno, chiara)
    update = calls.follow(bruno, first, make.content(), msgType="Update")
    assert (update.number, update.first, update.follows) == (2, first, first)
    with pytest.raises(Conflict):
        calls.follow(chiara, first, make.content(), msgType="Update")
    calls.follow(bruno, first, make.content(severity="Minor", urgency="Past"), msgType="Cancel", ending="false-alarm")
    update.refresh_from_db()
    assert update.state == "withdrawn"


def test_later_messages_of_an_exercise_are_exercises(town: None, bruno: Any, chiara: Any) -> None:
    first = make.live(bruno, chiara, status="Exercise")
    update = calls.follow(None, first, make.content(status="Actual"), msgType="Update")
    assert update.status == "Exercise"
    calls.edit(bruno, update.public_id, make.content(status="Actual"))
    assert Call.objects.get(pk=update.pk).status == "Exercise"


def test_an_update_replaces_and_a_closing_ends(town: None, bruno: Any, chiara: Any) -> None:
    first = make.live(bruno, chiara)
    update = delivery.submit(bruno, calls.follow(bruno, first, make.content(), msgType="Update").public_id)
    delivery.approve(chiara, update.public_id, seen=bytes(update.digest or b""))
    first.refresh_from_db()
    assert first.state == "replaced"
    ending = make.content(severity="Minor", urgency="Past")
    closing = calls.follow(bruno, update, ending, msgType="Update", ending="all-clear")
    closing = delivery.close_alone(bruno, closing.public_id)
    update.refresh_from_db()
    assert (update.state, update.ended_at, closing.number) == ("ended", closing.issued_at, 3)
    calls.end(closing, clock.now())
    closing.refresh_from_db()
    assert closing.state == "ended"


def test_somebody_is_paged_once(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    assert calls.mark_paged(call, clock.now())
    assert not calls.mark_paged(call, clock.now())
    assert not calls.mark_paged(make.pending(bruno), clock.now())


def test_the_phase_in_force_is_the_last_declared(town: None, bruno: Any, chiara: Any) -> None:
    assert calls.current_phase("normal") == "normal"
    calls.declare_phase(bruno, "orsec")
    assert calls.current_phase("normal") == "orsec"
    assert make.pending(bruno).body == "prefect"
    with pytest.raises(NotAllowed):
        calls.declare_phase(bruno, "normal")
    calls.declare_phase(chiara, "normal")
    assert calls.current_phase("other") == "normal"


def test_a_program_drafts_changes_and_takes_back_its_own(town: None) -> None:
    key = make.program()
    call = calls.draft(key, make.content())
    assert (call.author, call.program) == (None, key)
    calls.edit(key, call.public_id, make.content(severity="Minor"))
    calls.withdraw(key, call.public_id)
    call.refresh_from_db()
    assert (call.state, call.severity, call.author) == ("withdrawn", "Minor", None)
    lines = Entry.objects.filter(about=calls.about(call))
    assert {(line.person, line.facts["program"]) for line in lines} == {(None, "partner")}


def test_without_a_person_a_programs_draft_goes_nowhere(town: None, bruno: Any) -> None:
    """Not by the actions, and not by the database, whatever runs as the application."""
    key = make.program()
    call = calls.draft(key, make.content())
    impostor: Any = key
    with pytest.raises(NotAllowed):
        delivery.submit(impostor, call.public_id)
    with pytest.raises(NotAllowed):
        delivery.approve(impostor, call.public_id, seen=b"")
    with pytest.raises(DatabaseError, match="call-author"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(state="pending", submitted_at=clock.now())
    with pytest.raises(DatabaseError, match="call-frozen"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(program=None)


@pytest.mark.parametrize("actor", ["program", "robot"])
def test_what_another_drafted_is_left_alone(town: None, bruno: Any, actor: str) -> None:
    key = make.program()
    who = key if actor == "program" else None
    others = calls.draft(None if who else key, make.content())
    with pytest.raises(Conflict) as caught:
        calls.edit(who, others.public_id, make.content())
    assert caught.value.facts["why"] == "draft-of-another"
    mine = calls.draft(who, make.content())
    calls.edit(bruno, mine.public_id, make.content())
    with pytest.raises(Conflict) as caught:
        calls.edit(who, mine.public_id, make.content())
    assert caught.value.facts["why"] == "draft-has-author"


def test_a_key_without_the_action_does_nothing(town: None, bruno: Any, chiara: Any) -> None:
    key = make.program("reader", "call.read")
    with pytest.raises(NotAllowed):
        calls.draft(key, make.content())
    with pytest.raises(NotAllowed):
        outcomes.propose_end(key, make.live(bruno, chiara).public_id, "all-clear")
