"""Subscriptions come, count once their address has answered, change and go; nothing of them stays."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from beffroi.audience import actions, address
from beffroi.audience.actions import CellsBad, LinkUnknown, Wish
from beffroi.audience.models import Place, Subscription
from beffroi.lib import grid
from tests import make

CELL = grid.cell(*make.NORTH_WEST)


def wish(name: str = "ada", **changes: Any) -> Wish:
    values: dict[str, Any] = {
        "channel": "email", "address": {"email": f"{name}@residents.example"}, "same": name, "language": "fr",
        "floor": 1, "is_exercise": False, "cells": [CELL],
    }  # fmt: skip
    return Wish(**(values | changes))


def test_a_subscription_waits_until_its_address_answers(db: None) -> None:
    row = actions.subscribe(wish(), link="secret", is_confirmed=False)
    assert row.confirmed_at is None
    first = actions.confirm(row.pk).confirmed_at
    assert first is not None
    assert actions.confirm(row.pk).confirmed_at == first
    row.delete()
    with pytest.raises(LinkUnknown):
        actions.confirm(9999)


def test_an_address_has_one_confirmed_subscription(db: None) -> None:
    old = actions.subscribe(wish(), link="one", is_confirmed=True)
    waiting = actions.subscribe(wish(), link="two", is_confirmed=False)
    assert set(Subscription.objects.values_list("pk", flat=True)) == {old.pk, waiting.pk}
    actions.confirm(waiting.pk)
    assert list(Subscription.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert Place.objects.count() == 1


def test_a_double_click_is_one_subscription(committed: None) -> None:
    def click(number: int) -> None:
        try:
            actions.subscribe(wish(), link=f"link {number}", is_confirmed=True)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click, args=(number,)) for number in range(6)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    "cells", [[], [0], [CELL, 17], [1 << 63], [grid.cell(49, 2) | 1 << 62], range(CELL, CELL + 2001)]
)
def test_cells_that_are_none_are_refused_and_nothing_is_stored(db: None, cells: Any) -> None:
    with pytest.raises(CellsBad):
        actions.subscribe(wish(cells=cells), link="secret", is_confirmed=True)
    assert not Subscription.objects.exists()


def test_cells_are_kept_compacted(db: None) -> None:
    town = grid.cover(grid.circle(*make.NORTH_WEST, 3))
    row = actions.subscribe(wish(cells=[*town, *town]), link="secret", is_confirmed=True)
    kept = list(row.places.values_list("cell", flat=True))
    assert len(kept) < len(town) / 3
    assert grid.ranges(kept) == grid.ranges(town)


def test_one_link_changes_and_ends_all_that_is_under_it(db: None) -> None:
    actions.subscribe(wish("ada"), link="mine", is_confirmed=True)
    actions.subscribe(wish("ada", channel="webpush"), link="mine", is_confirmed=True)
    other = actions.subscribe(wish("bob"), link="other", is_confirmed=True)
    there = grid.cell(*make.SOUTH_EAST)
    actions.change("mine", language="en", floor=3, is_exercise=True, cells=[there])
    mine = actions.of_link("mine")
    assert {(row.language, row.floor, row.is_exercise) for row in mine} == {("en", 3, True)}
    assert {cell for row in mine for cell in row.places.values_list("cell", flat=True)} == {there}
    actions.change("mine", language="fr", floor=3, is_exercise=True, cells=None)
    assert {cell for row in mine for cell in row.places.values_list("cell", flat=True)} == {there}
    with pytest.raises(CellsBad):
        actions.change("mine", language="fr", floor=0, is_exercise=True, cells=[1])
    assert actions.leave("mine") == 2
    assert list(Subscription.objects.all()) == [other]
    assert Place.objects.count() == 1
    with pytest.raises(LinkUnknown):
        actions.leave("mine")


def test_a_renewed_endpoint_takes_the_place_of_the_old_one(db: None) -> None:
    row = actions.subscribe(wish("old"), link="mine", is_confirmed=True)
    actions.subscribe(wish("new"), link="other", is_confirmed=True)
    mark = address.fingerprint("email", "new")
    fresh = {"email": "new@residents.example"}
    with pytest.raises(LinkUnknown):
        actions.move("other", bytes(row.address_hash), address=fresh, mark=mark)
    actions.move("mine", bytes(row.address_hash), address=fresh, mark=mark)
    [kept] = Subscription.objects.all()
    assert (kept.pk, bytes(kept.address_hash), address.reveal(bytes(kept.address))) == (row.pk, mark, fresh)


def test_who_never_confirmed_is_forgotten(db: None) -> None:
    actions.subscribe(wish("ada"), link="a", is_confirmed=True)
    actions.subscribe(wish("bob"), link="b", is_confirmed=False)
    today = date.today() + timedelta(days=1)  # noqa: DTZ011 - the day of the database, whichever that is
    assert actions.forget_unconfirmed(today - timedelta(days=4)) == 0
    actions.forget_unconfirmed(today + timedelta(days=1))
    assert Subscription.objects.count() == 1
    assert actions.of_link("a")


def test_gone_addresses_are_removed_with_their_places(db: None) -> None:
    rows = [actions.subscribe(wish(name), link=name, is_confirmed=True) for name in ("ada", "bob", "eve")]
    assert actions.remove([rows[0].pk, rows[1].pk, 9999]) == 2
    assert list(Subscription.objects.all()) == [rows[2]]
    assert Place.objects.count() == 1


def test_nothing_in_the_tables_tells_who_it_is(db: None) -> None:
    actions.subscribe(
        wish("ada.lovelace", same="ada.lovelace@residents.example"), link="my secret link", is_confirmed=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audience_subscription")
        kept = b" ".join(
            bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for v in cursor.fetchall()[0]
        )
    assert not any(word in kept for word in (b"lovelace", b"residents", b"secret"))


def test_invented_people_come_by_the_thousand(db: None) -> None:
    assert actions.subscribe_many([wish(f"resident{n}") for n in range(300)]) == 300
    assert Subscription.objects.filter(confirmed_at__isnull=False).count() == Place.objects.count() == 300
    with pytest.raises(LinkUnknown):
        actions.leave("")
