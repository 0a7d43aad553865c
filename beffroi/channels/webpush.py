"""Channel `webpush`: RFC 8030 over HTTP/2, encrypted by RFC 8291, signed by RFC 8292."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from beffroi.delivery.channel import Envelope, Machine, Message, Receipt, Result, Target, TextTooLong
from beffroi.lib import clock, webpush
from beffroi.lib.http import Answer, Guard, Post, Poster

BODY: Final = 600
"""Characters of the instruction that a notification carries: more is never shown, and a bridged push holds 2,744 bytes in all."""
LONGEST_S: Final = 24 * 3600
"""A push service keeps a message no longer than this, however long the call is valid."""
LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


def short(text: str, limit: int) -> str:
    """The text, cut at a word with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


class Sender:
    """One worker's connections to push services."""

    def __init__(self, machine: Machine) -> None:
        self.guard = Guard(open_hosts=frozenset(machine.open_hosts))
        self.hosts = machine.push_hosts
        self.poster = Poster(self.guard, ca_file=machine.ca_file or None)
        self.vapid = webpush.Vapid(machine.keys["vapid"], subject=f"mailto:{machine.contact}")

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        """Encrypt and post, at most as many at a time as the connections take."""
        refused: list[Receipt] = []
        payload = edition
        fixed = [
            "Content-Encoding: aes128gcm",
            "Content-Type: application/octet-stream",
            f"Urgency: {'high' if envelope.severity in {'Extreme', 'Severe'} else 'normal'}",
            f"Topic: {envelope.tag[:32]}",
        ]

        def posts() -> Iterator[Post]:
            for target in targets:
                try:
                    yield self.post(target, payload, fixed, envelope)
                except webpush.PushSubscriptionBad:
                    refused.append(Receipt(target.id, Result.GONE, "endpoint-refused"))

        for answer in self.poster.send(posts()):
            yield judged(answer)
        yield from refused

    def post(self, target: Target, payload: bytes, fixed: list[str], envelope: Envelope) -> Post:
        """One encrypted message to one endpoint; the endpoint is user input, so its host is checked again now."""
        subscription = webpush.parse_subscription(target.address)
        place = self.guard.check(subscription.endpoint, allowed_hosts=self.hosts)
        ttl = max(0, min(LONGEST_S, int((envelope.expires_at - clock.now()).total_seconds())))
        headers = [*fixed, f"TTL: {ttl}", f"Authorization: {self.vapid.header(subscription.endpoint, now=clock.now())}"]
        return Post(target.id, place, headers, webpush.encrypt(payload, subscription.p256dh, subscription.auth))

    def close(self) -> None:
        """Close the connections."""
        self.poster.close()


def judged(answer: Answer) -> Receipt:
    """What a push service's answer means (RFC 8030 section 5; Mozilla autopush)."""
    if answer.error is not None:
        return Receipt(answer.tag, Result.LATER, answer.error)
    if 200 <= answer.status < 300:
        return Receipt(answer.tag, Result.ACCEPTED)
    if answer.status in {404, 410}:
        return Receipt(answer.tag, Result.GONE, str(answer.status))
    if answer.status in LATER:
        return Receipt(answer.tag, Result.LATER, str(answer.status), answer.retry_after_s)
    return Receipt(answer.tag, Result.REFUSED, str(answer.status))


class WebPush:
    """The channel."""

    name: Final = "webpush"

    def render(self, message: Message) -> bytes:
        """The notification that the service worker shows (web/static/sw.js reads the same keys)."""
        with translation.override(message.language):
            title = message.headline
            if message.is_exercise:
                title = f"{_('EXERCISE')}: {title}"
            body = message.instruction or message.description
            end = _("EXERCISE. Nothing has happened.") if message.is_exercise else message.source
        content = {
            "v": 1,
            "tag": message.tag,
            "number": message.number,
            "title": short(title, 140),
            "body": f"{short(body, BODY)}\n{end}".strip(),
            "lang": message.language,
            "url": message.url,
            "severity": message.severity,
            "msgType": message.msgType,
            "ending": message.ending,
            "expires": int(message.expires.timestamp()),
        }
        payload = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > webpush.PAYLOAD:
            raise TextTooLong(channel=self.name, language=message.language, size=len(payload), limit=webpush.PAYLOAD)
        return payload

    def preview(self, edition: bytes) -> tuple[str, str]:
        """Title and text of the notification."""
        content = json.loads(edition)
        return content["title"], content["body"]

    def address(self, given: Mapping[str, object], machine: Machine) -> dict[str, str]:
        """A browser's PushSubscription, checked: its host is allowed, its key lies on the curve."""
        subscription = webpush.parse_subscription(given)
        guard = Guard(open_hosts=frozenset(machine.open_hosts))
        guard.check(subscription.endpoint, allowed_hosts=machine.push_hosts)
        return {
            "endpoint": subscription.endpoint,
            "p256dh": webpush.b64(subscription.p256dh),
            "auth": webpush.b64(subscription.auth),
        }

    def same(self, address: Mapping[str, str]) -> str:
        """The endpoint is the phone."""
        return address["endpoint"]

    def open(self, machine: Machine) -> Sender:
        """Connections of one worker."""
        return Sender(machine)


CHANNEL = WebPush()
