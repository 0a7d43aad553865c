"""The life of a call: which steps there are, and which there are not."""

from __future__ import annotations

from itertools import product

import pytest

from beffroi.calls.state import STEPS, Severity, State, StepRefused, step


@pytest.mark.parametrize(("now", "then"), list(product(State, State)))
def test_a_step_of_the_table_is_taken_and_no_other(now: State, then: State) -> None:
    if then in STEPS[now]:
        assert step(now, then) is then
    else:
        with pytest.raises(StepRefused) as caught:
            step(now, then)
        assert caught.value.facts == {"now": str(now), "then": str(then)}


def test_what_was_sent_is_never_a_draft_again() -> None:
    sent, reached = {State.LIVE}, {State.LIVE}
    while sent:
        sent = {then for now in sent for then in STEPS[now]} - reached
        reached |= sent
    assert reached == {State.LIVE, State.REPLACED, State.ENDED}


def test_a_call_goes_live_only_from_a_frozen_text_or_as_a_closing() -> None:
    assert {now for now in State if State.LIVE in STEPS[now]} == {State.PENDING, State.DRAFT}


def test_severities_are_ranked_worst_highest() -> None:
    names = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
    assert [Severity(name).rank for name in names] == [4, 3, 2, 1, 0]
