"""The only writer of subscriptions: subscribe, confirm, change, leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection, transaction

from beffroi.audience import address as addresses
from beffroi.audience.models import Place, Subscription
from beffroi.errors import BadInput, NotFound
from beffroi.lib import clock, grid, tokens

CELLS: Final = 2000
"""Most cells that one subscription may hold; a large municipality takes about 200 once compacted."""


class CellsBad(BadInput):
    """The places are not H3 cells of resolution 4 to 9, or there are none, or too many."""

    code = "cells-bad"


class LinkUnknown(NotFound):
    """No subscription has this private link."""

    code = "link-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for. `address` and `same` come from the channel."""

    channel: str
    address: dict[str, str]
    same: str
    language: str
    floor: int
    is_exercise: bool
    cells: Sequence[int]


def checked(cells: Iterable[int]) -> list[int]:
    """The cells, sorted and compacted, or CellsBad."""
    found = sorted(set(cells))
    if not 0 < len(found) <= CELLS or not all(grid.valid(cell) for cell in found):
        raise CellsBad(cells=len(found), limit=CELLS)
    return grid.compact(found)


@transaction.atomic
def subscribe(wish: Wish, *, link: str, is_confirmed: bool) -> Subscription:
    """A subscription under the private link `link`. It counts once confirmed, and then takes the place of an older
    one of the same address (a phone that subscribes twice is one phone)."""
    cells = checked(wish.cells)
    row = Subscription.objects.create(
        channel=wish.channel, language=wish.language, floor=wish.floor, is_exercise=wish.is_exercise,
        address=addresses.close(wish.address), address_hash=addresses.fingerprint(wish.channel, wish.same),
        link_hash=tokens.digest(link),
    )  # fmt: skip
    place(row, cells)
    return confirm(row.pk) if is_confirmed else row


@transaction.atomic
def subscribe_many(wishes: Sequence[Wish]) -> int:
    """Invented subscriptions by the thousand, confirmed, without a private link: for demos and benchmarks."""
    rows = Subscription.objects.bulk_create(
        Subscription(
            channel=wish.channel, language=wish.language, floor=wish.floor, is_exercise=wish.is_exercise,
            address=addresses.close(wish.address), address_hash=addresses.fingerprint(wish.channel, wish.same),
            link_hash=b"", confirmed_at=clock.now(),
        )
        for wish in wishes
    )  # fmt: skip
    Place.objects.bulk_create(
        Place(cell=cell, subscription=row) for row, wish in zip(rows, wishes, strict=True) for cell in wish.cells
    )
    return len(rows)


def place(row: Subscription, cells: Sequence[int]) -> None:
    """Put the subscription on these cells."""
    Place.objects.bulk_create(Place(cell=cell, subscription=row) for cell in cells)


def of_link(link: str) -> list[Subscription]:
    """Every subscription under a private link, or LinkUnknown."""
    rows = list(Subscription.objects.select_for_update().filter(link_hash=tokens.digest(link)).order_by("pk"))
    if not rows:
        raise LinkUnknown()
    return rows


@transaction.atomic
def confirm(subscription_id: int) -> Subscription:
    """The address answered: the subscription counts from now on, alone. LinkUnknown when it was deleted meanwhile."""
    row = Subscription.objects.select_for_update().filter(pk=subscription_id).first()
    if row is None:
        raise LinkUnknown()
    if row.confirmed_at is None:
        alone(bytes(row.address_hash))
        Subscription.objects.filter(address_hash=row.address_hash, confirmed_at__isnull=False).delete()
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at"])
    return row


def alone(address_hash: bytes) -> None:
    """Until the transaction ends nobody else confirms this address: a double click would meet itself and fail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(address_hash[:8], signed=True)])


@transaction.atomic
def forget_unconfirmed(before: date) -> int:
    """Delete subscriptions that nobody confirmed since `before`."""
    return Subscription.objects.filter(confirmed_at=None, made_on__lt=before).delete()[0]


@transaction.atomic
def change(link: str, *, language: str, floor: int, is_exercise: bool, cells: Sequence[int] | None) -> None:
    """Change language, floor, exercises and, when given, places of all under the link."""
    for row in of_link(link):
        row.language, row.floor, row.is_exercise = language, floor, is_exercise
        row.save(update_fields=["language", "floor", "is_exercise"])
        if cells is not None:
            fresh = checked(cells)
            row.places.all().delete()
            place(row, fresh)


@transaction.atomic
def move(link: str, was: bytes, *, address: dict[str, str], mark: bytes) -> None:
    """The row of this link with the address fingerprint `was` has a new address (a browser renews its endpoint), or
    LinkUnknown."""
    row = next((row for row in of_link(link) if bytes(row.address_hash) == was), None)
    if row is None:
        raise LinkUnknown()
    alone(mark)
    Subscription.objects.filter(address_hash=mark, confirmed_at__isnull=False).exclude(pk=row.pk).delete()
    row.address, row.address_hash = addresses.close(address), mark
    row.save(update_fields=["address", "address_hash"])


@transaction.atomic
def leave(link: str) -> int:
    """Delete all under the link; how many there were."""
    rows = of_link(link)
    for row in rows:
        row.delete()
    return len(rows)


def remove(ids: Iterable[int]) -> int:
    """Delete subscriptions: their address is gone, or their owner said so by a signed link."""
    found = list(ids)
    with transaction.atomic():
        removed = Subscription.objects.filter(pk__in=found)
        total = removed.count()
        removed.delete()
    return total
