"""Which received messages stand now: chains of Alert, Update and Cancel, in whatever order they came (CAP 1.2, 3.2.1).

Messages that refer to each other are one event. A Cancel ends everything of its event that was sent before it, so a
late message never brings an ended alert back; an Update replaces what it refers to; of several that are left the
newest is the head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

Key = tuple[str, str, datetime]
"""Sender, identifier, and `sent` as an instant."""

ACTING: Final = frozenset({"Update", "Cancel"})


class Standing(StrEnum):
    """What a received message is worth now."""

    LIVE = "live"  # the newest word of its event
    REPLACED = "replaced"  # an Update took its place
    CANCELLED = "cancelled"  # a Cancel ended it
    EXPIRED = "expired"  # its time is over
    ACTED = "acted"  # a Cancel that has ended its event
    WAITING = "waiting"  # a Cancel of something that has not come yet
    FOREIGN = "foreign"  # an Update or Cancel by somebody who may not speak for that sender: a person decides
    SILENT = "silent"  # Ack and Error: no word to the public


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the chain needs to know of one message."""

    key: Key
    msgType: str
    references: tuple[Key, ...]
    expires: datetime | None
    arrival: int
    """Order in which it came: breaks ties of `sent`."""


MaySpeakFor = Callable[[str, str], bool]
"""Whether the first sender may update and cancel the alerts of the second."""


def standings(links: Iterable[Link], *, now: datetime, may: MaySpeakFor) -> dict[Key, Standing]:
    """The standing of every message. The order of `links` does not matter; nor does receiving one of them twice."""
    known = {link.key: link for link in links}
    found = {key: Standing.FOREIGN if is_foreign(link, may) else Standing.SILENT for key, link in known.items()}
    for event in events(speaking(known, may)):
        found.update(settle(event, now))
    return found


def event_of(key: Key, links: Iterable[Link], *, may: MaySpeakFor) -> set[Key]:
    """The messages of the same event as this one, itself included; none when it has no say in any event."""
    acting = speaking({link.key: link for link in links}, may)
    return next((keys for event in events(acting) if key in (keys := {link.key for link in event})), set())


def speaking(known: Mapping[Key, Link], may: MaySpeakFor) -> dict[Key, Link]:
    """Those that count in an event: not strangers' words, and neither Ack nor Error."""
    return {
        key: link for key, link in known.items()
        if link.msgType in ACTING | {"Alert"} and not is_foreign(link, may)
    }  # fmt: skip


def is_foreign(link: Link, may: MaySpeakFor) -> bool:
    """An Update or Cancel that refers to a message of a sender for whom its own may not speak."""
    return link.msgType in ACTING and any(
        sender != link.key[0] and not may(link.key[0], sender) for sender, _id, _sent in link.references
    )


def events(links: Mapping[Key, Link]) -> list[list[Link]]:
    """Messages joined by references, also through messages that never came."""
    leader: dict[Key, Key] = {}

    def top(key: Key) -> Key:
        leader.setdefault(key, key)
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for link in links.values():
        for reference in link.references if link.msgType in ACTING else ():
            leader[top(reference)] = top(link.key)
    groups: dict[Key, list[Link]] = {}
    for link in links.values():
        groups.setdefault(top(link.key), []).append(link)
    return list(groups.values())


def settle(event: list[Link], now: datetime) -> dict[Key, Standing]:
    """The standings within one event."""
    cancels = [link for link in event if link.msgType == "Cancel"]
    words = sorted((link for link in event if link.msgType != "Cancel"), key=age)
    ended_at = max((link.key[2] for link in cancels), default=None)
    replaced = {key for link in words if link.msgType == "Update" for key in link.references}
    found: dict[Key, Standing] = {}
    head: Key | None = None
    for link in words:
        found[link.key] = Standing.REPLACED
        if ended_at is not None and link.key[2] <= ended_at:
            found[link.key] = Standing.CANCELLED
        elif link.key not in replaced:
            head = link.key
    if head is not None:
        expires = next(link.expires for link in words if link.key == head)
        found[head] = Standing.EXPIRED if expires is not None and expires <= now else Standing.LIVE
    for link in cancels:
        found[link.key] = Standing.ACTED if any(w.key[2] <= link.key[2] for w in words) else Standing.WAITING
    return found


def age(link: Link) -> tuple[datetime, int]:
    """Order of speech: when it was sent, then when it came."""
    return link.key[2], link.arrival
