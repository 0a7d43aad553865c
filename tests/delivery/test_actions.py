"""Issuing a call: everything or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from beffroi.audience import address
from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.delivery import actions as delivery
from beffroi.delivery import fanout
from beffroi.delivery.models import Page, Shard
from beffroi.errors import BeffroiError, Conflict, NotAllowed
from beffroi.lib import clock, keys
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Entry
from tests import make
from tests.delivery.workers import tally
from tests.post_office import PostOffice


@pytest.fixture
def fresh_keys(django_db_setup: None) -> Iterator[Any]:
    """The key files, read again after each change to them."""
    keys.current.cache_clear()
    address.sealer.cache_clear()
    yield keys.folder()
    keys.current.cache_clear()
    address.sealer.cache_clear()


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [delivery.WAKE])
        return int(cursor.fetchone()[0])


def seen(call: Call) -> bytes:
    return bytes(call.digest or b"")


def test_what_is_frozen_is_what_each_channel_will_send(town: None, bruno: Any, post_office: PostOffice) -> None:
    call = make.pending(bruno)
    kept = {(e.channel, e.language): bytes(e.content) for e in call.editions.all()}
    assert set(kept) == {("content", ""), *((c, lang) for c in ("email", "webpush") for lang in ("fr", "en"))}
    frozen = {(e.channel, e.language): e.content for e in delivery.freeze(call)}
    assert frozen == {key: content for key, content in kept.items() if key[0] != "content"}


def test_an_issue_is_signed_published_owed_and_on_its_way(town: None, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara)
    assert call.identifier == f"town.{call.public_id}"
    assert bytes(call.signed or b"") in [bytes(body) for body in Page.objects.values_list("body", flat=True)]
    assert Shard.objects.get().call == call
    assert jobs() == 1


def test_what_cannot_be_signed_is_not_published(town: None, bruno: Any, chiara: Any, fresh_keys: Any) -> None:
    make.mail_subscription("ada")
    call = make.pending(bruno)
    signing = fresh_keys / keys.FILES["signing"]
    aside = signing.rename(signing.with_suffix(".aside"))
    keys.current.cache_clear()
    pages = set(Page.objects.values_list("path", flat=True))
    try:
        with pytest.raises(keys.KeyMissing):
            delivery.approve(chiara, call.public_id, seen=seen(call))
    finally:
        aside.rename(signing)
        keys.current.cache_clear()
    call.refresh_from_db()
    assert (call.state, call.signed, call.identifier, call.approver) == ("pending", None, None, None)
    assert (Shard.objects.count(), jobs(), set(Page.objects.values_list("path", flat=True))) == (0, 0, pages)
    assert not Entry.objects.filter(action="call.issue").exists()
    assert delivery.approve(chiara, call.public_id, seen=seen(call)).state == "live"


def test_a_second_person_must_be_the_right_one_and_have_seen_it(town: None, bruno: Any, chiara: Any, paul: Any) -> None:
    call = make.pending(bruno)
    with pytest.raises(delivery.NotCompetent) as caught:
        delivery.approve(paul, call.public_id, seen=seen(call))
    assert caught.value.facts == {"body": "mayor", "phase": "normal"}
    with pytest.raises(calls.CallChanged):
        delivery.approve(chiara, call.public_id, seen=b"something else")
    with pytest.raises(NotAllowed):
        delivery.approve(bruno, call.public_id, seen=seen(call))
    calls.declare_phase(bruno, "orsec")
    higher = make.pending(bruno)
    assert delivery.approve(paul, higher.public_id, seen=seen(higher)).state == "live"
    assert delivery.approve(chiara, call.public_id, seen=seen(call)).state == "live"
    with pytest.raises(calls.CallChanged):  # a second click
        delivery.approve(chiara, call.public_id, seen=seen(call))
    assert Call.objects.filter(state="live").count() == 2


def test_a_call_that_waited_too_long_or_is_over_is_refused_in_words(town: None, bruno: Any, chiara: Any) -> None:
    now = clock.now()
    with clock.at(now - timedelta(minutes=31)):
        late = make.pending(bruno, expires=now + timedelta(hours=1))
    with clock.at(now - timedelta(minutes=5)):
        over = make.pending(bruno, expires=now - timedelta(seconds=1))
    for call in (late, over):
        with pytest.raises(BeffroiError):
            delivery.approve(chiara, call.public_id, seen=seen(call))
    assert not Shard.objects.exists()


def test_only_a_closing_draft_is_closed_by_one_person(town: None, bruno: Any, chiara: Any, olga: Any) -> None:
    draft = calls.draft(bruno, make.content())
    with pytest.raises(Conflict):
        delivery.close_alone(bruno, draft.public_id)
    with pytest.raises(NotAllowed):
        delivery.close_alone(olga, draft.public_id)
    with clock.at(clock.now() - timedelta(minutes=11)):
        prior = make.live(bruno, chiara)
    content = outcomes.closing_content(prior, "all-clear", make.texts("Fini"), clock.now())
    closing = calls.follow(bruno, prior, content, msgType="Update", ending="all-clear")
    with pytest.raises(DatabaseError, match="call-closing-needs-two"):  # whoever forgets to ask meets the database
        delivery.close_alone(bruno, closing.public_id)
    closing.refresh_from_db()
    assert (closing.state, closing.editions.count()) == ("draft", 0)


def test_a_correction_is_not_held_up_by_a_clock_that_went_back(town: None, bruno: Any, chiara: Any) -> None:
    first = make.live(bruno, chiara)
    with clock.at(clock.now() - timedelta(minutes=3)):
        closing = outcomes.close(bruno, first.public_id, "false-alarm", make.texts("Fausse alerte"))
    assert closing.sent == first.sent


def test_recipients_are_forgotten_a_day_after_the_end(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice
) -> None:
    make.crowd(3)
    over, live = make.live(bruno, chiara), make.live(bruno, chiara)
    fanout.run()
    closing = outcomes.close(bruno, over.public_id, "false-alarm", make.texts("Fausse alerte"))
    unsent = Shard.objects.get(call=closing)
    day = timedelta(hours=24)
    assert closing.issued_at is not None
    assert delivery.erase_recipients(closing.issued_at + day - timedelta(seconds=1)) == 0
    assert delivery.erase_recipients(closing.issued_at + day + timedelta(seconds=1)) == 2
    assert {s.call_id: s.recipients is None for s in Shard.objects.all()} == {
        over.pk: True,
        closing.pk: True,
        live.pk: False,
    }
    unsent.refresh_from_db()
    assert unsent.state == "stopped"
    assert (tally(over), tally(closing)) == ({"owed": 3, "accepted": 3}, {"owed": 3, "stale": 3})
    assert delivery.erase_recipients(closing.issued_at + 2 * day) == 0
    assert Entry.objects.get(action="delivery.erase").facts == {"shards": 2}


def test_a_draft_that_could_not_be_handed_over_is_known_at_once(town: None, bruno: Any) -> None:
    delivery.demand_ready(calls.draft(bruno, make.content()))
    nobody = calls.draft(bruno, make.content(hazard="other", kind="drill"))
    with pytest.raises(NotAllowed) as caught:
        delivery.demand_ready(nobody)
    assert caught.value.code == "no-competent-body"
