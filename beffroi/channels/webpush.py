"""Channel `webpush`: RFC 8030 over HTTP/2, encrypted by RFC 8291, signed by RFC 8292."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext as _

from beffroi.delivery.channel import Envelope, Machine, Message, Receipt, Result, Target, TextTooLong
from beffroi.lib import base64url, clock, webpush
from beffroi.lib.fuse import Fuses
from beffroi.lib.guard import Guard
from beffroi.lib.http import RESTS, Answer, Post, Poster
from beffroi.lib.text import clean_line, clean_text

BODY: Final = 600
"""Characters of the instruction that a notification carries: more is never shown, and a bridged push holds 2,744
bytes in all."""
PAYLOAD: Final = 2600
"""Bytes before encryption; what comes out stays below 2,744 (lib/webpush)."""
LONGEST_S: Final = 24 * 3600
"""A push service keeps a message no longer than this, however long the call is valid."""


class Sender:
    """One worker's connections to push services."""

    def __init__(self, machine: Machine, fuses: Fuses) -> None:
        self.poster = Poster(guard(machine), allowed_hosts=machine.push_hosts)
        self.poster.fuses = fuses
        self.vapid = webpush.Vapid(machine.vapid, f"mailto:{machine.contact}")

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        """Encrypt and post, at most as many at a time as the connections take."""
        fixed = [
            "Content-Encoding: aes128gcm",
            "Content-Type: application/octet-stream",
            f"Urgency: {'high' if envelope.severity in {'Extreme', 'Severe'} else 'normal'}",
            f"Topic: {envelope.tag[:32]}",
        ]
        broken: list[int] = []
        hosts: dict[int, str] = {}

        def posts() -> Iterator[Post]:
            for target in targets:
                try:
                    post = self.post(target, edition, fixed, envelope)
                except (webpush.PushSubscriptionBad, KeyError, ValueError):
                    broken.append(target.id)
                else:
                    hosts[target.id] = urlsplit(post.url).netloc
                    yield post

        for answer in self.poster.send(posts()):
            yield judged(answer, hosts.pop(answer.tag))
        yield from (Receipt(row_id, Result.REFUSED, "address-broken") for row_id in broken)

    def post(self, target: Target, payload: bytes, fixed: list[str], envelope: Envelope) -> Post:
        """One encrypted message to one endpoint; the poster asks the guard again, for an endpoint is user input."""
        subscription = webpush.PushSubscription(**stored(target.address))
        ttl = max(0, min(LONGEST_S, int((envelope.expires_at - clock.now()).total_seconds())))
        headers = [*fixed, f"TTL: {ttl}", f"Authorization: {self.vapid.header(subscription.endpoint, now=clock.now())}"]
        return Post(
            target.id, subscription.endpoint, headers, webpush.encrypt(payload, subscription.p256dh, subscription.auth)
        )

    def close(self) -> None:
        """Close the connections."""
        self.poster.close()


def guard(machine: Machine) -> Guard:
    """Who may be reached at all."""
    return Guard(open_hosts=frozenset(machine.open_hosts), ca_file=machine.ca_file or None)


def stored(address: Mapping[str, str]) -> dict[str, Any]:
    """A stored address as the values of a PushSubscription."""
    return {
        "endpoint": address["endpoint"],
        "p256dh": base64url.decode(address["p256dh"]),
        "auth": base64url.decode(address["auth"]),
    }


def judged(answer: Answer, host: str) -> Receipt:
    """What a push service's answer means (RFC 8030 section 5; Mozilla autopush).

    A host that we do not go to (http-refused) is tried again like one that does not answer, and never ends a
    subscription: a typing error in the list of hosts, or a name server that lies for a minute, would forget a city. So
    is one that does not believe our signature (401, 403): that is said of our key or of this machine's clock.
    """
    if 200 <= answer.status < 300:
        return Receipt(answer.tag, Result.ACCEPTED, hop=host)
    if answer.status in {404, 410}:
        return Receipt(answer.tag, Result.GONE, str(answer.status), hop=host)
    result = Result.LATER if answer.is_for_now else Result.REFUSED
    return Receipt(
        answer.tag, result, answer.error or str(answer.status), answer.retry_after_s, host, answer.error != RESTS
    )


class WebPush:
    """The channel."""

    name: Final = "webpush"

    def __init__(self) -> None:
        self.fuses = Fuses()
        """What this process knows of push services that fail: longer than one sender lives."""

    def render(self, message: Message) -> bytes:
        """The notification that the service worker shows (web/static/sw.js reads the same keys)."""
        with translation.override(message.language):
            title = message.headline
            if message.is_exercise:
                title = f"{_('EXERCISE')}: {title}"
            body = clean_text(message.instruction or message.description, limit=BODY)
            end = _("EXERCISE. Nothing has happened.") if message.is_exercise else clean_line(message.source)
            over = _("A message came too late and is no longer valid.")
        content = {
            "v": 1,
            "tag": message.tag,
            "number": message.number,
            "title": clean_line(title, limit=140),
            "body": f"{body}\n{end}".strip(),
            "lang": message.language,
            "url": message.url,
            "severity": message.severity,
            "msgType": message.msgType,
            "ending": message.ending,
            "expires": int(message.expires.timestamp()),
            "over": over,
        }
        payload = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > PAYLOAD:
            raise TextTooLong(channel=self.name, language=message.language, size=len(payload), limit=PAYLOAD)
        return payload

    def preview(self, edition: bytes) -> tuple[str, str]:
        """Title and text of the notification."""
        content = json.loads(edition)
        return content["title"], content["body"]

    def address(self, given: Mapping[str, object], machine: Machine) -> dict[str, str]:
        """A browser's PushSubscription, checked: its host is allowed, its key lies on the curve."""
        subscription = webpush.parse_subscription(given)
        guard(machine).check(subscription.endpoint, allowed_hosts=machine.push_hosts)
        return {
            "endpoint": subscription.endpoint,
            "p256dh": base64url.encode(subscription.p256dh),
            "auth": base64url.encode(subscription.auth),
        }

    def same(self, address: Mapping[str, str]) -> str:
        """The endpoint is the phone."""
        return address["endpoint"]

    def open(self, machine: Machine) -> Sender:
        """Connections of one worker."""
        return Sender(machine, self.fuses)


CHANNEL = WebPush()
