"""Takes subscriptions in: checks what a browser or a form sent, stores it, sends the letter that asks for
confirmation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.audience import address as addresses
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.delivery import notes, shelves
from beffroi.delivery.channel import Message
from beffroi.errors import BadInput
from beffroi.lib import clock, keys, tokens

CONFIRM: Final = "confirm"
CONFIRM_S: Final = 48 * 3600
LETTERS: Final = 3
"""Unconfirmed subscriptions of one address: more would let a stranger fill somebody's mailbox."""
CHANNELS: Final = 4
UNCHECKED: Final = frozenset({"webpush"})
"""Channels whose address proves itself: only the browser could know its endpoint."""


class SubscriptionBad(BadInput):
    """Not the JSON that docs/feeds.md describes: fact `field`."""

    code = "subscription-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for, checked but for the addresses."""

    channels: Sequence[tuple[str, Mapping[str, object]]]
    cells: Sequence[int]
    language: str
    floor: int
    is_exercise: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is told in return. The same whether an address was known before or not."""

    link: str
    confirm: list[str]
    """Channels on which a confirmation is on its way."""


def parse(body: bytes) -> dict[str, Any]:
    """A JSON object, or SubscriptionBad."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as err:
        raise SubscriptionBad(field="body") from err
    if not isinstance(found, dict):
        raise SubscriptionBad(field="body")
    return found


def read(given: Mapping[str, Any]) -> Wanted:
    """The wish in a JSON object, or SubscriptionBad with the field that is wrong."""
    language, floor, is_exercise = given.get("language"), given.get("floor"), given.get("exercise", False)
    if language not in city.current().languages:
        raise SubscriptionBad(field="language")
    if isinstance(floor, bool) or not isinstance(floor, int) or not 0 <= floor <= 4:
        raise SubscriptionBad(field="floor")
    if not isinstance(is_exercise, bool):
        raise SubscriptionBad(field="exercise")
    return Wanted(
        channels=channels(given.get("channels")), cells=cells(given.get("cells")),
        language=str(language), floor=floor, is_exercise=is_exercise,
    )  # fmt: skip


def cells(given: object) -> list[int]:
    """H3 indexes from their hexadecimal texts; whether they are cells is for audience/actions to say."""
    if not isinstance(given, list) or len(given) > audience.CELLS:
        raise SubscriptionBad(field="cells")
    try:
        return [int(text, 16) for text in given if len(text) <= 16]
    except (TypeError, ValueError) as err:
        raise SubscriptionBad(field="cells") from err


def channels(given: object) -> list[tuple[str, Mapping[str, object]]]:
    """Channel and address as sent, for channels that the city has switched on."""
    if not isinstance(given, list) or not 0 < len(given) <= CHANNELS:
        raise SubscriptionBad(field="channels")
    found: list[tuple[str, Mapping[str, object]]] = []
    for one in given:
        if not isinstance(one, dict) or one.get("channel") not in city.current().channels:
            raise SubscriptionBad(field="channels")
        inner = one.get("subscription", one)
        if not isinstance(inner, dict):
            raise SubscriptionBad(field="channels")
        found.append((str(one["channel"]), inner))
    return found


@transaction.atomic
def receive(wanted: Wanted) -> Taken:
    """Store everything under one new private link, or nothing."""
    link = tokens.fresh()
    waiting = []
    for channel, given in wanted.channels:
        if store(channel, given, wanted, link):
            waiting.append(channel)
    return Taken(link=f"{settings.BASE_URL}/{wanted.language}/mine/{link}/", confirm=waiting)


def store(channel: str, given: Mapping[str, object], wanted: Wanted, link: str) -> bool:
    """One channel; whether its address must be confirmed."""
    part = shelves.channels.get(channel)
    address = part.address(given, shelves.machine())
    wish = Wish(
        channel=channel, address=address, same=part.same(address), language=wanted.language, floor=wanted.floor,
        is_exercise=wanted.is_exercise, cells=wanted.cells,
    )  # fmt: skip
    is_checked = channel in UNCHECKED
    audience.checked(wish.cells)  # also where nothing will be stored: the answer must not tell which it was
    mark = addresses.fingerprint(channel, wish.same)
    if not is_checked and Subscription.objects.filter(address_hash=mark, confirmed_at=None).count() >= LETTERS:
        return True
    row = audience.subscribe(wish, link=link, is_confirmed=is_checked)
    if not is_checked:
        notes.leave(channel, address, letter(row), purpose=CONFIRM)
    return not is_checked


def letter(row: Subscription) -> Message:
    """The message that asks whether it was really you. The private link is not in it: a mistyped address must not
    give it away."""
    town = city.current()
    expires = clock.now() + timedelta(seconds=CONFIRM_S)
    token = tokens.issue(keys.current().tokens, CONFIRM, str(row.pk), expires_at=expires)
    with translation.override(row.language):
        return Message(
            language=row.language,
            headline=_("Confirm your alerts"),
            instruction=_(
                "Somebody asked for alerts to this address. If it was you, open this link and press the button:"
            ),
            description=_(
                "It was not you? Then do nothing: without the button nothing is ever sent. The link works for 48 hours."
            ),
            tag="confirm", url=f"{settings.BASE_URL}/{row.language}/confirm/{token}/",
            expires=expires.astimezone(ZoneInfo(town.timezone)), is_note=True,
            source=town.cap.sender_name.get(row.language) or next(iter(town.cap.sender_name.values())),
        )  # fmt: skip


def confirm(token: str) -> Subscription:
    """The button was pressed. Twice is once; TokenBad, TokenExpired, LinkUnknown."""
    return audience.confirm(subject(token))


def subject(token: str) -> int:
    """The row that a confirmation link names, if it is ours and still good."""
    return int(tokens.read(keys.current().tokens, CONFIRM, token, now=clock.now()))


def move(given: Mapping[str, Any]) -> None:
    """A browser has renewed its push subscription: the same person, a new endpoint."""
    link, old = given.get("link"), given.get("old")
    fresh = given.get("subscription")
    if not isinstance(link, str) or not isinstance(old, str) or not isinstance(fresh, dict):
        raise SubscriptionBad(field="body")
    part = shelves.channels.get("webpush")
    address = part.address(fresh, shelves.machine())
    was = addresses.fingerprint("webpush", old)
    audience.move(link, was, address=address, mark=addresses.fingerprint("webpush", part.same(address)))
