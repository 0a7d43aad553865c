"""Chains of received messages: the order of arrival, replays and strangers change nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.crisis.chain import Key, Link, Standing, standings

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
AEMET, REGION, STRANGER = "aemet.example", "region.example", "stranger.example"


def key(name: str, minute: int, sender: str = AEMET) -> Key:
    return sender, name, NOON + timedelta(minutes=minute)


def link(key: Key, msgType: str = "Alert", *references: Key, lasts_h: float | None = 6, arrival: int = 0) -> Link:
    expires = None if lasts_h is None else key[2] + timedelta(hours=lasts_h)
    return Link(key=key, msgType=msgType, references=references, expires=expires, arrival=arrival)


def may(speaker: str, owner: str) -> bool:
    return (speaker, owner) == (REGION, AEMET)


def stands(*links: Link, now: datetime = NOON + timedelta(hours=1)) -> dict[Key, Standing]:
    return standings(links, now=now, may=may)


A, B, C, D = key("a", 0), key("b", 10), key("c", 20), key("d", 15)


def test_an_alert_is_live_until_it_expires() -> None:
    assert stands(link(A)) == {A: Standing.LIVE}
    assert stands(link(A), now=NOON + timedelta(hours=6)) == {A: Standing.EXPIRED}
    assert stands(link(A, lasts_h=None), now=NOON + timedelta(days=9)) == {A: Standing.LIVE}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_changes_nothing(order: tuple[int, ...]) -> None:
    chain = [link(A), link(B, "Update", A), link(C, "Cancel", B)]
    assert stands(*(chain[i] for i in order)) == {A: Standing.CANCELLED, B: Standing.CANCELLED, C: Standing.ACTED}


def test_an_update_takes_the_place_of_all_it_refers_to() -> None:
    other = key("other", 5)
    assert stands(link(A), link(other), link(B, "Update", A, other)) == {
        A: Standing.REPLACED, other: Standing.REPLACED, B: Standing.LIVE,
    }  # fmt: skip


def test_a_cancel_waits_for_its_alert_which_is_then_born_cancelled() -> None:
    cancel = link(B, "Cancel", A)
    assert stands(cancel) == {B: Standing.WAITING}
    assert stands(cancel, link(A, arrival=9)) == {A: Standing.CANCELLED, B: Standing.ACTED}


def test_a_late_message_never_revives_an_ended_alert() -> None:
    late = link(D, "Update", A, arrival=99)
    assert stands(link(A), link(B, "Update", A), link(C, "Cancel", B), late)[D] is Standing.CANCELLED


def test_an_update_before_its_alert_is_the_word_that_counts() -> None:
    assert stands(link(B, "Update", A)) == {B: Standing.LIVE}
    assert stands(link(B, "Update", A), link(A, arrival=5)) == {A: Standing.REPLACED, B: Standing.LIVE}


def test_of_two_updates_of_one_alert_the_newest_counts() -> None:
    assert stands(link(A), link(B, "Update", A), link(D, "Update", A)) == {
        A: Standing.REPLACED, B: Standing.REPLACED, D: Standing.LIVE,
    }  # fmt: skip


def test_references_are_instants_not_text() -> None:
    elsewhere = (A[0], A[1], A[2].astimezone(tz=None))
    assert stands(link(A), link(B, "Cancel", elsewhere))[A] is Standing.CANCELLED


def test_a_stranger_changes_nothing_and_a_listed_authority_does() -> None:
    strange, listed = key("x", 30, STRANGER), key("x", 30, REGION)
    assert stands(link(A), link(strange, "Cancel", A)) == {A: Standing.LIVE, strange: Standing.FOREIGN}
    assert stands(link(A), link(listed, "Cancel", A)) == {A: Standing.CANCELLED, listed: Standing.ACTED}


def test_ack_and_error_say_nothing_to_the_public() -> None:
    assert stands(link(A), link(B, "Ack", A), link(C, "Error", A)) == {
        A: Standing.LIVE, B: Standing.SILENT, C: Standing.SILENT,
    }  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Link]:
    keys = [key(str(n), n) for n in range(draw(st.integers(2, 7)))]
    links = []
    for n, this in enumerate(keys):
        msgType = draw(st.sampled_from(["Alert", "Update", "Cancel"])) if n else "Alert"
        earlier = draw(st.lists(st.sampled_from(keys[:n]), min_size=1, max_size=2)) if msgType != "Alert" else []
        links.append(link(this, msgType, *earlier, arrival=n))
    return links


@settings(max_examples=200, derandomize=True)
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_replay_give_the_same_picture(history: list[Link], random: object) -> None:
    again = [*history, *history]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert stands(*again) == stands(*history)


@settings(max_examples=200, derandomize=True)
@given(histories())
def test_what_an_update_replaced_is_never_live_again(history: list[Link]) -> None:
    found = stands(*history)
    replaced = {key for said in history if said.msgType == "Update" for key in said.references}
    assert all(found[key] is not Standing.LIVE for key in replaced)
    assert sum(standing is Standing.LIVE for standing in found.values()) <= sum(k.msgType == "Alert" for k in history)
