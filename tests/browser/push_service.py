"""A stand-in for the browser vendors' push services on loopback: real browsers on one side, a sender on the other."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.autopush import Autopush
from tests.browser.certificate import make_certificate
from tests.browser.gcm import Gcm
from tests.browser.loop import LoopThread
from tests.browser.patience import until
from tests.browser.push_endpoint import Post, PushEndpoint
from tests.browser.push_mailbox import Ack, Mailbox, Mailboxes, Message

# Chromium always names Google's host in its endpoints; pages (not workers) are told of our address instead
MOVE_ENDPOINT = """{
    const prototype = PushSubscription.prototype, toJSON = prototype.toJSON;
    const { get } = Object.getOwnPropertyDescriptor(prototype, "endpoint");
    const move = subscription => get.call(subscription).replace(/^.*\\/fcm\\/send\\//, %s);
    Object.defineProperty(prototype, "endpoint", { get() { return move(this); } });
    prototype.toJSON = function () { return { ...toJSON.call(this), endpoint: move(this) }; };
}"""


class PushService:
    """Runs in a thread of its own from construction to `close`.

    `origin` is `https://localhost:PORT` (allow `host` as a push host, trust `ca_file`), `websocket_url` is for
    Firefox, `chromium_arguments` and `chromium_script` are for Chromium.
    """

    def __init__(self, folder: Path) -> None:
        certificate = make_certificate(folder)
        self.ca_file = certificate.ca_file
        self._loop = LoopThread("push-service")
        self._passed_s = 0.0
        self._mailboxes = Mailboxes(self._now)
        self._endpoint = PushEndpoint(self._mailboxes, self._deliver, self._now)
        self._autopush = Autopush(self._mailboxes, self._endpoint.address)
        self._gcm = Gcm(self._mailboxes)
        self._loop.run(self._endpoint.start(certificate))
        self._loop.run(self._gcm.start(certificate))
        self.websocket_url = self._loop.run(self._autopush.start())
        self.origin = self._endpoint.origin
        self.host = self.origin.removeprefix("https://")
        self.chromium_arguments = self._gcm.arguments
        self.chromium_script = MOVE_ENDPOINT % json.dumps(f"{self.origin}/wpush/v2/")

    def close(self) -> None:
        self._loop.run(self._autopush.stop())
        self._loop.run(self._gcm.stop())
        self._loop.run(self._endpoint.stop())
        self._loop.close()

    @property
    def posts(self) -> list[Post]:
        """What was posted since the last `forget`, refused or not, oldest first."""
        return list(self._endpoint.posts)

    @property
    def acks(self) -> list[Ack]:
        """What the browsers said of the messages they were given, since the last `forget`."""
        return list(self._mailboxes.acks)

    def forget(self) -> None:
        """Start a new record, and set the clock right. Subscriptions and waiting messages stay."""
        self._passed_s = 0.0
        self._endpoint.posts.clear()
        self._mailboxes.acks.clear()

    def wait_for_posts(self, count: int) -> list[Post]:
        """The posts, once there are at least `count`."""
        return until(lambda: self.posts if len(self.posts) >= count else None, f"{count} posts to {self.origin}")

    def wait_for_acks(self, count: int) -> list[Ack]:
        """The acks, once there are at least `count`."""
        return until(lambda: self.acks if len(self.acks) >= count else None, f"{count} acks from the browser")

    def pass_time(self, seconds: float) -> None:
        """For this service (not for the browser) it is so much later from now on: messages and tokens run out."""
        self._passed_s += seconds

    def subscribe(self, key: bytes) -> str:
        """The endpoint of a new subscription without a browser; `key`: applicationServerKey (uncompressed point)."""
        mailbox = Mailbox(uuid.uuid4().hex, key, "nobody")
        self._loop.call(lambda: self._mailboxes.open(mailbox))
        return self._endpoint.address(mailbox)

    def waiting(self, endpoint: str) -> list[Message]:
        """The messages that `endpoint` keeps for its browser, oldest first."""
        return self._loop.call(lambda: self._mailboxes.waiting(_name(endpoint)))

    def end(self, endpoint: str) -> None:
        """The subscription is over, as when the resident removes the site's permission: 410 from now on."""
        self._loop.call(lambda: self._mailboxes.end(_name(endpoint)))

    @contextmanager
    def firefox_offline(self) -> Iterator[None]:
        """Inside, no Firefox is connected and none can connect; afterwards waits until those of before are back."""
        gone = self._autopush.browsers()
        self._autopush.is_offline = True
        self._loop.run(self._autopush.hang_up())
        until(lambda: not self._autopush.browsers(), "the browsers to be offline")
        try:
            yield
        finally:
            self._autopush.is_offline = False
        until(lambda: set(gone) <= set(self._autopush.browsers()), "the browsers to connect again")

    def _now(self) -> float:
        return time.time() + self._passed_s

    async def _deliver(self, mailbox: Mailbox, message: Message) -> bool:
        return await self._autopush.deliver(mailbox, message) or await self._gcm.deliver(mailbox, message)


def _name(endpoint: str) -> str:
    return endpoint.rpartition("/")[2]
