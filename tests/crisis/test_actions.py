"""What a message does to the city's own calls: it mends what only a robot has touched, and never what a person has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.crisis import actions
from beffroi.crisis.models import Message
from beffroi.delivery import actions as delivery
from beffroi.errors import BadInput, Conflict, NotAllowed
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Entry
from tests import make
from tests.crisis.messages import alert, area, cancel, green, info, take, update

A = alert("a")
B = update("b", 5, A, info=(info(headline="Plus grave", severity="Extreme"),))
C = cancel("c", 10, A)


def headline(call: Call) -> str:
    call.refresh_from_db()
    return call.texts["fr"]["headline"]


def drafted() -> Call:
    """The draft of A."""
    call = take(A).call
    assert call is not None
    return call


def touched(bruno: Any) -> Call:
    """The draft of A after Bruno changed it."""
    call = drafted()
    return calls.edit(bruno, call.public_id, outcomes.content_of(call))


def issued(bruno: Any, chiara: Any, **changes: Any) -> Call:
    """The live call that A became."""
    call = drafted()
    calls.edit(bruno, call.public_id, replace(outcomes.content_of(call), **changes))
    call = delivery.submit(bruno, call.public_id)
    return delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))


def test_an_update_refreshes_the_robots_draft(town: None) -> None:
    call = drafted()
    assert take(B).call == call
    assert headline(call) == "Plus grave"
    assert (call.author, call.severity, Call.objects.count()) == (None, "Extreme", 1)


def test_an_update_never_changes_a_persons_draft(town: None, bruno: Any) -> None:
    call = touched(bruno)
    message = take(B)
    assert (message.held, message.standing, message.call) == ("draft-in-work", "live", None)
    assert headline(call) == "Crue de la rivière"
    assert Call.objects.count() == 1


def test_an_update_never_changes_what_waits_for_a_second_person(town: None, bruno: Any) -> None:
    call = delivery.submit(bruno, drafted().public_id)
    assert take(B).held == "draft-in-work"
    assert headline(call) == "Crue de la rivière"


def test_an_update_of_a_live_call_makes_a_follow_up_draft(town: None, bruno: Any, chiara: Any) -> None:
    live = issued(bruno, chiara)
    follow = take(B).call
    assert follow is not None
    assert (follow.state, follow.follows, follow.msgType, follow.author) == ("draft", live, "Update", None)
    live.refresh_from_db()
    assert live.state == "live"
    again = take(update("b2", 6, B, info=(info(headline="Encore plus grave"),)))
    assert (again.call, headline(follow)) == (follow, "Encore plus grave")
    assert Call.objects.count() == 2


@pytest.mark.parametrize("decide", ["edit", "submit", "refuse"])
def test_a_follow_up_that_people_have_touched_is_theirs(town: None, bruno: Any, chiara: Any, decide: str) -> None:
    issued(bruno, chiara)
    follow = take(B).call
    assert follow is not None
    if decide == "edit":
        calls.edit(bruno, follow.public_id, outcomes.content_of(follow))
    else:
        delivery.submit(bruno, follow.public_id)
    if decide == "refuse":
        calls.refuse(chiara, follow.public_id, why="non")
    assert take(update("b2", 6, B)).held == "draft-in-work"
    assert take(cancel("c", 10, B)).held == "source-cancelled"
    assert Call.objects.count() == 2


def test_a_refused_draft_is_not_refreshed_and_news_makes_a_new_one(town: None, bruno: Any, chiara: Any) -> None:
    call = delivery.submit(bruno, drafted().public_id)
    calls.refuse(chiara, call.public_id, why="non")
    fresh = take(B).call
    assert fresh is not None
    assert (fresh == call, fresh.state, fresh.follows) == (False, "draft", None)
    assert headline(call) == "Crue de la rivière"


def test_the_end_of_an_untouched_draft(town: None) -> None:
    call = drafted()
    assert take(C).held == ""
    call.refresh_from_db()
    assert call.state == "withdrawn"
    assert Entry.objects.get(action="call.withdraw").facts == {"why": "source-cancelled"}


@pytest.mark.parametrize("state", ["draft", "pending"])
def test_the_end_of_a_draft_in_work_is_told_to_a_person(town: None, bruno: Any, state: str) -> None:
    call = touched(bruno)
    if state == "pending":
        delivery.submit(bruno, call.public_id)
    assert take(C).held == "source-cancelled"
    call.refresh_from_db()
    assert call.state == state


@pytest.mark.parametrize("ending", [C, green(update("g", 10, A))], ids=["cancel", "green"])
def test_at_the_sources_end_an_all_clear_lies_ready_for_the_live_call(
    town: None, bruno: Any, chiara: Any, ending: Any
) -> None:
    live = issued(bruno, chiara)
    assert take(ending).held == ""
    closing = Call.objects.get(follows=live)
    assert (closing.state, closing.ending, closing.author) == ("draft", "all-clear", None)
    live.refresh_from_db()
    assert live.state == "live"  # people decide
    take(cancel("c2", 11, A))
    assert Call.objects.filter(follows=live).count() == 1


def test_the_sources_end_takes_back_an_untouched_follow_up_too(town: None, bruno: Any, chiara: Any) -> None:
    live = issued(bruno, chiara)
    follow = take(B).call
    take(cancel("c", 10, B))
    assert follow is not None
    follow.refresh_from_db()
    assert follow.state == "withdrawn"
    assert Call.objects.get(follows=live, state="draft").ending == "all-clear"


def test_when_the_danger_goes_on_the_waiting_all_clear_is_taken_back(town: None, bruno: Any, chiara: Any) -> None:
    live = issued(bruno, chiara)
    take(C)
    follow = take(update("again", 15, A)).call
    assert follow is not None
    assert (follow.follows, follow.ending, follow.state) == (live, None, "draft")
    assert Call.objects.get(ending="all-clear").state == "withdrawn"


def test_after_the_citys_own_end_news_begins_a_new_event(town: None, bruno: Any, chiara: Any) -> None:
    live = issued(bruno, chiara)
    outcomes.close(bruno, live.public_id, "all-clear", {"fr": live.texts["fr"]})
    fresh = take(B).call
    assert fresh is not None
    assert (fresh.follows, fresh.msgType) == (None, "Alert")
    take(cancel("c", 10, B))
    fresh.refresh_from_db()
    assert fresh.state == "withdrawn"


def test_an_exercise_made_of_a_warning_is_not_the_real_thing(town: None, bruno: Any, chiara: Any) -> None:
    """Otherwise a real Update would go out as a part of the exercise, or a Cancel end it."""
    exercise = issued(bruno, chiara, status="Exercise")
    real = take(B).call
    assert real is not None
    assert (real.status, real.follows) == ("Actual", None)
    take(cancel("c", 10, B))
    assert not Call.objects.filter(follows=exercise).exists()


def test_a_bad_area_leaves_the_earlier_draft_as_it_was(town: None) -> None:
    call = drafted()
    lost = area(polygon=(), geocode=(("QUARTER", "moon"),))
    message = take(update("b", 5, A, info=(info(headline="Ailleurs", area=(lost,)),)))
    assert (message.held, message.standing) == ("area-unknown-zone", "live")
    assert headline(call) == "Crue de la rivière"


def test_a_warning_without_info_is_for_a_person(town: None) -> None:
    assert take(alert("empty", info=())).held == "info-missing"


# -- settling ---------------------------------------------------------------------------------------------------------


def test_who_settles_says_how(town: None, bruno: Any, olga: Any, adam: Any) -> None:
    message = take(b"no message")
    for person in (olga, adam):
        with pytest.raises(NotAllowed):
            actions.settle(person, message.pk, note="Vu")
    with pytest.raises(BadInput):
        actions.settle(bruno, message.pk, note="  ")
    actions.settle(bruno, message.pk, note="Appelé le service")
    settled = Message.objects.get(pk=message.pk)
    assert settled.settled_at is not None
    assert (settled.held, bytes(settled.raw)) == ("rejected", b"no message")
    entry = Entry.objects.get(action="warning.settle")
    assert (entry.person, entry.facts) == (bruno, {"held": "rejected", "note": "Appelé le service"})
    with pytest.raises(Conflict):
        actions.settle(bruno, message.pk, note="Encore")


def test_only_what_is_held_can_be_settled(town: None, bruno: Any) -> None:
    with pytest.raises(Conflict):
        actions.settle(bruno, take(A).pk, note="Vu")
    with pytest.raises(actions.MessageNotFound):
        actions.settle(bruno, 999, note="Vu")


def test_a_programs_draft_is_not_the_robots(town: None, bruno: Any, chiara: Any) -> None:
    call = issued(bruno, chiara)
    draft = outcomes.update(make.program(), call.public_id, outcomes.content_of(call))
    assert take(B).held == "draft-in-work"
    draft.refresh_from_db()
    assert (draft.state, draft.texts) == ("draft", call.texts)
