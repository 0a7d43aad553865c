"""What a push service demands of a message (RFC 8030, RFC 8291), as strictly as the strictest vendor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_BODY = 4096  # bytes; RFC 8030 section 7.2: the least that a service must take, and the most that the vendors take
MAX_TTL_S = 60 * 24 * 3600  # longer is cut to it, as Mozilla's service does
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")  # RFC 8030 section 5.4
URGENCIES = ("very-low", "low", "normal", "high")  # RFC 8030 section 5.3


class RefusedError(Exception):
    """The service does not take a message; `status` is the HTTP status it answers with."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(status, reason)


@dataclass(frozen=True)
class Order:
    """What the sender asked for: how many seconds to keep the message, which topic it replaces, how urgent it is."""

    ttl_s: int
    topic: str | None
    urgency: str


def read_order(headers: Mapping[str, str]) -> Order:
    """The order in `headers` (a case-insensitive mapping); `RefusedError` 400 for what is missing or malformed."""
    ttl, topic, urgency = headers.get("TTL"), headers.get("Topic"), headers.get("Urgency", "normal")
    if ttl is None:
        raise RefusedError(400, "no TTL header")
    if not re.fullmatch(r"[0-9]{1,10}", ttl):
        raise RefusedError(400, "TTL is not a number of seconds")
    if topic is not None and not TOPIC.fullmatch(topic):
        raise RefusedError(400, "Topic is not 1 to 32 characters of the URL-safe base64 alphabet")
    if urgency not in URGENCIES:
        raise RefusedError(400, "no such Urgency")
    return Order(min(int(ttl), MAX_TTL_S), topic, urgency)


def check_body(headers: Mapping[str, str], body: bytes) -> None:
    """`RefusedError` 413 for a body over 4096 bytes, 400 for one not in the aes128gcm coding (RFC 8188 section 2.1)."""
    if len(body) > MAX_BODY:
        raise RefusedError(413, f"{len(body)} bytes, more than {MAX_BODY}")
    if headers.get("Content-Encoding") != "aes128gcm":
        raise RefusedError(400, "Content-Encoding is not aes128gcm")
    # salt 16, record size 4, key id length 1, key id: a P-256 point of 65 bytes; then at least delimiter and tag
    if len(body) < 16 + 4 + 1 + 65 + 1 + 16 or body[20] != 65 or body[21] != 4:
        raise RefusedError(400, "the body does not start with the header of the aes128gcm coding")
