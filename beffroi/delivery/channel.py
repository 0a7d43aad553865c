"""What a channel is: the contract of the shelf channels/. Pure: no Django, no tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from beffroi.errors import BadInput, Unavailable


class TextTooLong(BadInput):
    """A text does not fit the channel: facts `channel`, `language`, `size`, `limit`."""

    code = "text-too-long"


class ChannelDown(Unavailable):
    """Nobody can be reached by this channel now: not a matter of one address."""

    code = "channel-down"


class Result(StrEnum):
    """What became of one message to one recipient."""

    ACCEPTED = "accepted"  # the next hop took it
    GONE = "gone"  # the address no longer exists: the subscription ends
    LATER = "later"  # try again
    REFUSED = "refused"  # it will not be taken, now or later
    STALE = "stale"  # the call ended or expired first: it was not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A call, or a note, in one language: what a channel makes an edition of."""

    language: str
    headline: str
    instruction: str
    description: str = ""
    event: str = ""
    where: str = ""
    severity: str = "Unknown"
    msgType: str = "Alert"
    ending: str | None = None
    is_exercise: bool = False
    is_note: bool = False
    tag: str
    """Public id of the event: the same for all its messages."""
    number: int = 1
    """1, 2, 3 ... within the event."""
    url: str
    expires: datetime
    """Aware, in the city's time zone."""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the sender needs beside the edition."""

    tag: str
    number: int
    severity: str
    expires_at: datetime
    """By this machine's clock, which may differ from the database's."""
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient: the id comes back in the receipt, the address is the channel's own form."""

    id: int
    address: Mapping[str, str] = field(repr=False)
    leave_url: str = field(default="", repr=False)
    """A link that ends this subscription by one POST (RFC 8058); empty for notes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the message to one target. `reason` is short and countable, never personal."""

    id: int
    result: Result
    reason: str = ""
    retry_after_s: float | None = None
    hop: str = ""
    """Who said so, where a channel has several next hops: the host of a push service."""
    is_tried: bool = True
    """False: nothing was sent, for the next hop rests after many failures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a channel may know of the machine it runs on."""

    base_url: str
    push_hosts: tuple[str, ...] = ()
    open_hosts: tuple[str, ...] = ()
    ca_file: str = ""
    smtp_url: str = field(default="", repr=False)
    """It may hold a password."""
    mail_from: str = ""
    contact: str = ""
    """An address for the operators of push services (VAPID `sub`)."""
    vapid: EllipticCurvePrivateKey


class Sender(Protocol):
    """Kept connections of one worker on one channel."""

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        """One receipt for each target, in any order. Pulls targets only as fast as it sends; never raises for one
        target. Raises ChannelDown when none can be reached now: whoever has no receipt yet is tried again."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Channel(Protocol):
    """One way out. A file in channels/ holds one as `CHANNEL`."""

    @property
    def name(self) -> str:
        """Stable name, as in tables and city.toml."""
        ...

    def render(self, message: Message) -> bytes:
        """The edition: everything that is the same for all recipients of a language. Raises TextTooLong."""
        ...

    def preview(self, edition: bytes) -> tuple[str, str]:
        """Title and text, as a person will read them."""
        ...

    def address(self, given: Mapping[str, object], machine: Machine) -> dict[str, str]:
        """A subscriber's address in this channel's own form, checked. Raises BadInput."""
        ...

    def same(self, address: Mapping[str, str]) -> str:
        """What makes two addresses the same one (for the keyed hash)."""
        ...

    def open(self, machine: Machine) -> Sender:
        """A sender with its own connections."""
        ...
