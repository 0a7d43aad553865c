"""Figures add up, answer a question each, and count nobody out of a handful."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.delivery import actions as delivery
from beffroi.delivery import fanout
from beffroi.delivery.models import Shard
from beffroi.evaluation import figures
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.post_office import PostOffice


@pytest.mark.parametrize(("count", "cell"), [(0, "0"), (1, "< 10"), (9, "< 10"), (10, "10"), (4321, "4,321")])
def test_a_cell_hides_a_handful(count: int, cell: str) -> None:
    assert figures.floored(count) == cell


@pytest.mark.parametrize(("counts", "words"), [
    ([], "nobody"), ([0, 0], "nobody"), ([3], "fewer than 10"), ([4, 5], "fewer than 10"), ([12, 30], "42"),
    ([40, 3], "about 40"), ([1200, 34], "1,234"), ([12, 0], "12"), ([5, 5], "about 10"),
])  # fmt: skip
def test_a_sum_gives_no_hidden_part_away(counts: list[int], words: str) -> None:
    with translation.override("en"):
        assert figures.people(counts) == words


@pytest.mark.parametrize(("seconds", "words"), [
    (0.04, "0.0 seconds"), (9.94, "9.9 seconds"), (10, "10 seconds"), (119, "119 seconds"), (120, "2 minutes"),
    (7140, "119 minutes"), (7200, "2 hours 0 minutes"), (45296, "12 hours 35 minutes"),
])  # fmt: skip
def test_a_span_can_be_read_aloud(seconds: float, words: str) -> None:
    with translation.override("en"):
        assert figures.lasting(seconds) == words


def ask(call: Call) -> dict[str, figures.Figure]:
    """The answers by name, in English, of the call as it is stored."""
    with translation.override("en"):
        return {figure.name: figure for figure in figures.of_call(Call.objects.get(pk=call.pk)).answers}


def test_figures_add_up(town: None, bruno: Any, chiara: Any, post_office: PostOffice) -> None:
    make.crowd(30)
    make.crowd(12, language="en")
    post_office.refuse("resident3@residents.example", "550 5.1.1 nobody")
    post_office.refuse("resident4@residents.example", "554 no")
    post_office.refuse("resident5@residents.example", "451 later")
    call = make.live(bruno, chiara)
    fanout.run()
    call = Call.objects.get(pk=call.pk)
    found = figures.of_call(call)
    assert [(row.channel, row.language, row.owed, row.accepted) for row in found.rows] == [
        ("email", "en", 12, 12), ("email", "fr", 30, 27),
    ]  # fmt: skip
    french = found.rows[1]
    assert (french.gone, french.failed, french.stale, french.waiting) == (1, 1, 0, 1)
    assert (found.owed, found.accepted) == (42, 39)
    assert found.columns == ["owed", "accepted", "gone", "failed", "waiting"]
    assert [(row.language, row.owed, row.gone, row.stale) for row in found.shown] == [
        ("en", "12", "0", "0"),
        ("fr", "30", "< 10", "0"),
    ]
    assert dict(found.reasons) == {"550": "< 10", "554": "< 10"}
    assert ask(call)["reach"].big == "39"
    assert ask(call)["reach"].answer == "It was for 42. Failed: fewer than 10."
    points = figures.curve(call, "email")
    assert [total for _s, total in points][-1] == 39
    assert points == sorted(points)


def test_the_way_of_a_call_is_told_in_order_with_spans(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    make.mail_subscription("ada")
    begun = clock.now()
    draft = calls.draft(None, make.content(), warned_at=begun - timedelta(minutes=3))
    call = make.approved(bruno, chiara, draft)
    fanout.run()
    outcomes.close(bruno, call.public_id, "false-alarm", make.texts("Fausse alerte"))
    steps = figures.steps(Call.objects.get(pk=call.pk))
    assert len(steps) == 7
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert steps[0].after_s is None
    spans = [step.after_s or 0 for step in steps]
    assert sum(spans) == pytest.approx((steps[-1].at - steps[0].at).total_seconds())
    assert spans[1] >= 180
    assert ask(call)["decide"].big == "3 minutes"
    assert ask(call)["decide"].answer == "From the warning to the decision."
    assert "deliver" in ask(call)


def test_a_later_message_is_not_as_old_as_its_event(town: None, bruno: Any, chiara: Any) -> None:
    draft = calls.draft(None, make.content(), warned_at=clock.now() - timedelta(hours=5))
    first = make.approved(bruno, chiara, draft)
    closing = outcomes.close(bruno, first.public_id, "all-clear", make.texts("Fini"))
    assert ask(first)["decide"].big == "5 hours 0 minutes"
    assert ask(closing)["decide"].big.endswith("seconds")
    assert ask(closing)["decide"].answer == "From the first draft to the decision."
    with translation.override("en"):
        names = [step.name for step in figures.steps(Call.objects.get(pk=closing.pk))]
    assert "Handed to the second person" not in names


def test_what_has_not_happened_has_no_figure(town: None, bruno: Any) -> None:
    call = make.pending(bruno)
    assert list(ask(call)) == ["reach"]
    assert ask(call)["reach"].big == "nobody"
    call = delivery.submit(bruno, calls.reopen(bruno, call.public_id).public_id)
    assert Shard.objects.count() == 0
    assert figures.curve(call, "email") == []
