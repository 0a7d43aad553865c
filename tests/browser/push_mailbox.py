"""Subscriptions at the push service, and the messages that wait in them for the browser (RFC 8030 section 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.browser.push_rules import Order, RefusedError


@dataclass(frozen=True)
class Message:
    """An encrypted body on its way; `expires_at` in Unix seconds."""

    id: str
    body: bytes
    order: Order
    expires_at: float


@dataclass
class Mailbox:
    """`key`: the applicationServerKey (uncompressed point); `browser`: the identity that the service gave it."""

    id: str
    key: bytes
    browser: str
    is_ended: bool = False
    waiting: dict[str, Message] = field(default_factory=dict)

    def put(self, message: Message) -> None:
        """Keep `message` until the browser says that it has it; a waiting one of the same topic is replaced."""
        topic = message.order.topic
        self.waiting = {k: m for k, m in self.waiting.items() if topic is None or m.order.topic != topic}
        self.waiting[message.id] = message


@dataclass(frozen=True)
class Ack:
    """What Firefox (`delivered`, `not decrypted`, `not delivered`) or Chromium (`received`) said of a message."""

    mailbox: str
    message: str
    outcome: str


class Mailboxes:
    """All subscriptions of one push service. Not for several threads: only the service's loop touches it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._boxes: dict[str, Mailbox] = {}
        self.acks: list[Ack] = []

    def open(self, mailbox: Mailbox) -> None:
        self._boxes[mailbox.id] = mailbox

    def find(self, mailbox_id: str) -> Mailbox:
        """`RefusedError` 404 for a subscription that never was, 410 for one that has ended."""
        mailbox = self._boxes.get(mailbox_id)
        if mailbox is None:
            raise RefusedError(404, "no such subscription")
        if mailbox.is_ended:
            raise RefusedError(410, "the subscription has ended")
        return mailbox

    def end(self, mailbox_id: str) -> None:
        mailbox = self.find(mailbox_id)
        mailbox.is_ended = True
        mailbox.waiting.clear()

    def waiting(self, mailbox_id: str) -> list[Message]:
        """What the mailbox keeps, oldest first; what has outlived its TTL is thrown away unseen."""
        mailbox = self.find(mailbox_id)
        mailbox.waiting = {k: m for k, m in mailbox.waiting.items() if m.expires_at > self._clock()}
        return list(mailbox.waiting.values())

    def due(self, browser: str) -> list[tuple[Mailbox, Message]]:
        """What waits for `browser` in all its mailboxes."""
        own = [box for box in self._boxes.values() if box.browser == browser and not box.is_ended]
        return [(box, message) for box in own for message in self.waiting(box.id)]

    def acknowledge(self, ack: Ack) -> None:
        """The browser has it (or could not use it): record that and stop keeping it."""
        self.acks.append(ack)
        self.drop(ack.mailbox, ack.message)

    def drop(self, mailbox_id: str, message_id: str) -> None:
        """Stop keeping a message, if it is there at all."""
        mailbox = self._boxes.get(mailbox_id)
        if mailbox is not None:
            mailbox.waiting.pop(message_id, None)
