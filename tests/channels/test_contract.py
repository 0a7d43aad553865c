"""What every channel on the shelf must do, whatever the other end does (delivery/channel.py is the contract)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from beffroi.delivery import shelves
from beffroi.delivery.channel import Channel, ChannelDown, Receipt, Result, Target, TextTooLong
from beffroi.errors import BadInput
from beffroi.lib.text import CONTROLS, HIDDEN
from tests.channels.rigs import Rig, rig
from tests.channels.samples import envelope, message

shelves.load()

HOSTILE = "<script>alert(1)</script>\r\nBcc: all@town.example\r\n\r\n\u202egnp.exe\u2066\u200b\x00\x1b[31m&lt;"


@pytest.fixture(params=shelves.channels.names())
def channel(request: pytest.FixtureRequest, django_db_setup: None) -> Channel:
    return shelves.channels.get(request.param)


@pytest.fixture
def other_end(channel: Channel, post_office: Any, push_sink: Any) -> Rig:
    return rig(channel.name, post_office, push_sink)


def send(channel: Channel, targets: list[Target]) -> dict[int, Receipt]:
    """Receipts by id, after seeing that there is exactly one for each target."""
    sender = channel.open(shelves.machine())
    receipts = list(sender.send(channel.render(message()), envelope(), iter(targets)))
    sender.close()
    assert sorted(receipt.id for receipt in receipts) == sorted(target.id for target in targets)
    return {receipt.id: receipt for receipt in receipts}


def test_a_person_reads_what_was_written(channel: Channel) -> None:
    title, text = channel.preview(channel.render(message()))
    assert title == "Montez à l'étage"
    assert "Laissez la voiture." in text
    assert "Ville" in text
    assert channel.render(message(expires=message().expires.replace(microsecond=0))) == channel.render(
        message(expires=message().expires.replace(microsecond=0))
    )


@pytest.mark.parametrize("field", ["headline", "instruction", "description", "event", "where", "source"])
def test_hostile_text_is_inert(channel: Channel, field: str) -> None:
    empty = {"instruction": ""} if field == "description" else {}
    title, text = channel.preview(channel.render(message(**(empty | {field: HOSTILE}))))
    shown = title + text
    assert not HIDDEN.search(shown)
    assert not CONTROLS.search(shown)
    assert "\n" not in title
    assert "\r" not in shown


def test_right_to_left_text_keeps_its_letters(channel: Channel) -> None:
    title, text = channel.preview(
        channel.render(message(language="ar", headline="اصعدوا إلى الطابق", instruction="ابتعدوا عن الماء."))
    )
    assert "اصعدوا إلى الطابق" in title
    assert "ابتعدوا عن الماء." in text


@pytest.mark.parametrize("language", ["fr", "en", "es", "ca", "ar"])
def test_an_exercise_says_so_at_both_ends(channel: Channel, language: str) -> None:
    title, text = channel.preview(channel.render(message(language=language, is_exercise=True, headline="x" * 300)))
    with translation.override(language):
        assert title.startswith(translation.gettext("EXERCISE"))
        assert text.rstrip().endswith(translation.gettext("EXERCISE. Nothing has happened."))
    title, text = channel.preview(channel.render(message(language=language)))
    assert "EXERCI" not in (title + text).upper()
    assert "EJERCICIO" not in (title + text).upper()


def test_a_long_text_is_cut_or_refused_but_never_sent_broken(channel: Channel) -> None:
    title, text = channel.preview(channel.render(message(headline="monter " * 60, instruction="partir " * 2000)))
    assert title.startswith("monter monter")
    assert "partir partir" in text
    try:
        _title, text = channel.preview(channel.render(message(instruction="🌊" * 2000)))
    except TextTooLong as err:
        assert err.facts["channel"] == channel.name
        assert err.facts["language"] == "fr"
    else:
        assert text.count("🌊") == 2000


def test_a_language_without_translation_is_sent_all_the_same(channel: Channel) -> None:
    title, _text = channel.preview(channel.render(message(language="br", is_exercise=True)))
    assert title.endswith("Montez à l'étage")


def test_an_address_is_checked_and_stored_as_text(channel: Channel, other_end: Rig) -> None:
    stored = channel.address(other_end.given(), shelves.machine())
    assert json.loads(json.dumps(stored)) == stored
    assert channel.same(stored) == channel.same(dict(stored))


def test_a_bad_address_is_refused(channel: Channel, other_end: Rig) -> None:
    for given in other_end.bad:
        with pytest.raises(BadInput):
            channel.address(given, shelves.machine())


def test_every_answer_becomes_a_receipt(channel: Channel, other_end: Rig) -> None:
    answers = ["accepted", "gone", "later", "refused", "accepted"]
    found = send(channel, [other_end.target(n, answer) for n, answer in enumerate(answers)])
    assert [str(found[n].result) for n in range(len(answers))] == answers
    assert found[2].retry_after_s in {None, 70}
    assert all(receipt.reason for receipt in found.values() if receipt.result is not Result.ACCEPTED)
    assert all("@" not in receipt.reason and "/" not in receipt.reason for receipt in found.values())


def test_who_hangs_up_harms_nobody_else(channel: Channel, other_end: Rig) -> None:
    found = send(channel, [other_end.target(1), other_end.target(2, "drop"), other_end.target(3)])
    assert [found[n].result for n in (1, 2, 3)] == [Result.ACCEPTED, Result.LATER, Result.ACCEPTED]


def test_nobody_there_is_for_later(channel: Channel, other_end: Rig) -> None:
    """Each is for later, or the channel says that it is down: what was taken from it then has no receipt."""
    machine, target = other_end.nowhere()
    sender = channel.open(machine)
    receipts: list[Receipt] = []
    targets = [replace(target, id=n) for n in range(3)]
    try:
        receipts += sender.send(channel.render(message()), envelope(), targets)
    except ChannelDown as err:
        assert err.status == 503
    else:
        assert sorted(receipt.id for receipt in receipts) == [0, 1, 2]
    sender.close()
    assert {receipt.result for receipt in receipts} <= {Result.LATER}


def test_a_broken_stored_address_harms_nobody_else(channel: Channel, other_end: Rig) -> None:
    good = other_end.target(1)
    cut = Target(2, {name: value[:-3] + "é\r\n" for name, value in good.address.items()})
    found = send(channel, [Target(3, {}), cut, good])
    assert [found[n].result for n in (1, 2, 3)] == [Result.ACCEPTED, Result.REFUSED, Result.REFUSED]


def test_targets_are_taken_only_as_fast_as_they_are_sent(channel: Channel, other_end: Rig) -> None:
    taken = 0

    def endless() -> Iterator[Target]:
        nonlocal taken
        same = other_end.target(1)
        while True:
            taken += 1
            yield replace(same, id=taken)

    sender = channel.open(shelves.machine())
    receipts = sender.send(channel.render(message()), envelope(), endless())
    assert [next(receipts).result for _ in range(3)] == [Result.ACCEPTED] * 3
    receipts.close()  # type: ignore[attr-defined]
    sender.close()
    assert taken < 5000
    assert other_end.arrived() <= taken
