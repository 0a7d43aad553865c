"""The exercise: who takes part, what it says of itself, and what it does when nobody sends. Played in full in
test_demo_run.py."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.calls.models import Call
from beffroi.ops import demo_play
from tests import make


def test_figures_in_one_line(settings: Any) -> None:
    settings.BASE_URL = "http://localhost:8000"
    played = demo_play.Played(call="abc", owed=20_000, accepted=19_999, first_s=0.318, last_s=6.78, told=19_000)
    assert str(played) == (
        "Exercise played: 19,999 of 20,000 messages accepted, the first 0.32 s after approval, the last after 6.8 s; "
        "its end was told to 19,000. Figures: http://localhost:8000/en/figures/abc/"
    )


def test_everyone_takes_part(town: None) -> None:
    where = demo_play.everywhere()
    assert len(where["area"]["zones"]) == 4
    assert where["ranges"]


def test_whether_one_was_played(town: None, bruno: Any, chiara: Any) -> None:
    assert not demo_play.was_played()
    make.live(bruno, chiara)
    assert not demo_play.was_played()
    make.live(bruno, chiara, status="Exercise")
    assert demo_play.was_played()


def test_nobody_sends(town: None, bruno: Any, chiara: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make.mail_subscription("ada", is_exercise=True)
    call: Call = make.live(bruno, chiara, status="Exercise")
    monkeypatch.setattr(demo_play, "LONGEST_S", 0)
    with pytest.raises(demo_play.ExerciseStuck) as stuck:
        demo_play.wait_for(call)
    assert stuck.value.facts == {"call": call.public_id}
