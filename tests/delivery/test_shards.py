"""Who a message goes to, cut into shards."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi.audience import actions as audience
from beffroi.audience.models import Subscription
from beffroi.calls.models import Call
from beffroi.delivery import fanout, shards
from beffroi.delivery.models import Shard
from beffroi.lib import packed
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.delivery.workers import sql
from tests.post_office import PostOffice


def ids(call: Call) -> set[int]:
    """The frozen recipients of a message."""
    rows = Shard.objects.filter(call=call).values_list("recipients", flat=True)
    return {row_id for recipients in rows for row_id in packed.unsqueeze(bytes(recipients or b""))}


@pytest.mark.parametrize(("total", "already", "sizes"), [
    (0, 0, []), (1, 0, [1]), (250, 0, [100, 100, 50]), (2450, 0, [100] * 4 + [1000, 1000, 50]), (1001, 4, [1000, 1]),
])  # fmt: skip
def test_the_first_shards_are_small_so_that_every_worker_begins_soon(
    total: int, already: int, sizes: list[int]
) -> None:
    found = list(shards.cut(range(total), already=already))
    assert [len(piece) for piece in found] == sizes
    assert [row_id for piece in found for row_id in piece] == list(range(total))


def test_shards_are_of_one_channel_and_language_and_bear_the_lane_of_their_severity() -> None:
    groups = {("webpush", "fr"): [3, 1], ("email", "en"): [2]}
    for severity, lane in (("Extreme", 20), ("Severe", 21), ("Unknown", 24)):
        found = shards.plan(Call(severity=severity), groups, lane=2)
        assert [(s.channel, s.language, s.lane, s.size) for s in found] == [
            ("email", "en", lane, 1), ("webpush", "fr", lane, 2),
        ]  # fmt: skip
        assert packed.unsqueeze(bytes(found[1].recipients or b"")) == [3, 1]


def test_the_end_of_a_warning_travels_in_its_lane() -> None:
    extreme = Call(severity="Extreme")
    for ending, lane in (("all-clear", 0), ("false-alarm", 0), ("expired", 4)):
        closing = Call(severity="Unknown", follows=extreme, ending=ending)
        assert shards.plan(closing, {("email", "fr"): [1]}, lane=0)[0].lane == lane


def test_an_update_goes_to_all_of_the_event_and_to_the_newly_covered(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    here, there = make.NORTH_WEST, make.SOUTH_EAST
    ada, strict = make.mail_subscription("ada", here), make.mail_subscription("strict", here, floor=3)
    leaver, mover = make.mail_subscription("leaver", here), make.mail_subscription("mover", here)
    low, new, high = (
        make.mail_subscription(name, there, floor=floor) for name, floor in (("low", 0), ("new", 2), ("high", 4))
    )
    first = make.live(bruno, chiara)
    assert ids(first) == {ada.pk, strict.pk, leaver.pk, mover.pk}
    audience.leave("link of leaver")
    audience.change("link of mover", language="en", floor=4, is_exercise=False, cells=None)
    content = make.content(severity="Moderate", zones=[("QUARTER", "se")])
    update = make.approved(bruno, chiara, outcomes.update(bruno, first.public_id, content))
    assert ids(update) == {ada.pk, strict.pk, mover.pk, low.pk, new.pk}
    assert high.pk not in ids(update)
    assert set(Shard.objects.filter(call=update).values_list("language", flat=True)) == {"fr", "en"}
    second = outcomes.update(bruno, update.public_id, make.content(severity="Minor", zones=[("QUARTER", "sw")]))
    assert ids(make.approved(bruno, chiara, second)) == ids(update)


def test_an_ending_goes_to_those_who_may_have_been_told_and_to_nobody_else(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    crowd = make.crowd(300)
    first = make.live(bruno, chiara)
    assert fanout.run(is_over=lambda: bool(post_office.mails)) == 1
    told = {row_id for row_id in crowd if Subscription.objects.filter(pk=row_id).exists()} & reached(post_office)
    on_the_wire = fanout.claim()
    assert on_the_wire is not None
    make.mail_subscription("new here")
    audience.remove(list(told)[:10])
    ending = outcomes.close(bruno, first.public_id, "all-clear", make.texts("Fini"))
    assert len(told) == 100
    assert ids(ending) == (told - set(list(told)[:10])) | set(on_the_wire.recipients)


def reached(office: PostOffice) -> set[int]:
    """Ids of those who got a mail, by their numbered names."""
    numbers = {int(mail.recipient.removeprefix("resident").partition("@")[0]) for mail in office.mails}
    everyone = list(Subscription.objects.order_by("pk").values_list("pk", flat=True))
    return {everyone[number] for number in numbers}


def test_who_was_told_by_the_alert_hears_the_end_after_an_update(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    ada = make.mail_subscription("ada")
    first = make.live(bruno, chiara)
    fanout.run()
    late = make.mail_subscription("late", make.SOUTH_EAST)
    update = outcomes.update(bruno, first.public_id, make.content(zones=[("QUARTER", "se")]))
    update = make.approved(bruno, chiara, update)
    assert ids(update) == {ada.pk, late.pk}
    ending = outcomes.close(bruno, update.public_id, "all-clear", make.texts("Fini"))
    assert ids(ending) == {ada.pk}  # the update had not left yet


def test_a_dead_workers_batch_counts_as_on_the_wire(town: None, bruno: Any, chiara: Any) -> None:
    make.crowd(100)
    first = make.live(bruno, chiara)
    assert fanout.claim() is not None
    sql("UPDATE delivery_shard SET leased_until = now() - interval '1 hour'")
    assert len(shards.reached(first, only_tried=True)) == 100
    sql("UPDATE delivery_shard SET leased_until = NULL, cursor = 7")
    assert len(shards.reached(first, only_tried=True)) == 7
    assert len(shards.reached(first, only_tried=False)) == 100


def test_an_exercise_stays_among_those_who_asked_for_it(town: None, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    bob = make.mail_subscription("bob", is_exercise=True)
    eve = make.mail_subscription("eve", make.SOUTH_EAST, is_exercise=True)
    drill = make.live(bruno, chiara, status="Exercise")
    assert ids(drill) == {bob.pk}
    update = outcomes.update(bruno, drill.public_id, make.content(status="Actual", zones=[("QUARTER", "se")]))
    assert ids(make.approved(bruno, chiara, update)) == {bob.pk, eve.pk}
