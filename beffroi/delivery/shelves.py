"""The shelves that this room asks for by name: kinds, channels, and who makes the published pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from django.conf import settings

from beffroi import city
from beffroi.calls.kind import Kind
from beffroi.calls.models import Call
from beffroi.delivery.channel import Channel, Machine
from beffroi.lib import keys
from beffroi.lib.shelf import Shelf

kinds: Shelf[Kind] = Shelf("beffroi.kinds", "KIND", "beffroi.kinds")
channels: Shelf[Channel] = Shelf("beffroi.channels", "CHANNEL", "beffroi.channels")


class Sheet(NamedTuple):
    """One page to publish; `body` None takes it away."""

    path: str
    content_type: str
    body: bytes | None


class Publisher(Protocol):
    """Makes pages of a call that has just changed (None: of everything that stands)."""

    def sheets(self, call: Call | None) -> Iterable[Sheet]:
        """The pages, rendered."""
        ...


publishers: Shelf[Publisher] = Shelf("beffroi.web.publishers", "PUBLISHER", "beffroi.publishers")


def load() -> None:
    """Fill the shelves: once, when a process starts."""
    for shelf in (kinds, channels, publishers):
        shelf.load()


def enabled() -> list[Channel]:
    """The channels that the city has switched on."""
    return [channels.get(name) for name in city.current().channels]


def machine() -> Machine:
    """What channels may know of this machine."""
    town = city.current()
    return Machine(
        base_url=settings.BASE_URL,
        push_hosts=tuple(settings.PUSH_HOSTS or town.push.hosts),
        open_hosts=tuple(settings.OPEN_HOSTS),
        ca_file=settings.CA_FILE,
        smtp_url=settings.SMTP_URL,
        mail_from=settings.MAIL_FROM,
        contact=settings.MAIL_FROM,
        vapid=keys.current().vapid,
    )
