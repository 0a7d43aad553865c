"""Frozen editions: their digest, and the canonical form of what a call says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

from beffroi.calls.models import Call

CONTENT = "content"
"""The edition that holds the call itself, so that area, severity and mode are under the digest too."""


class Frozen(NamedTuple):
    """One edition before it is a row."""

    channel: str
    language: str
    content: bytes


def digest(editions: Iterable[Frozen]) -> bytes:
    """SHA-256 over one line an edition, sorted: `channel language sha256(content)`. The database computes the same."""
    lines = sorted((e.channel, e.language, hashlib.sha256(e.content).hexdigest()) for e in editions)
    return hashlib.sha256("\n".join(" ".join(line) for line in lines).encode()).digest()


def content(call: Call) -> Frozen:
    """Everything the approver decides about, in canonical JSON."""
    fields = {
        "kind": call.kind,
        "status": call.status,
        "msgType": call.msgType,
        "hazard": call.hazard,
        "category": call.category,
        "severity": call.severity,
        "urgency": call.urgency,
        "certainty": call.certainty,
        "responseType": call.responseType,
        "onset": call.onset and call.onset.isoformat(),
        "expires": call.expires.isoformat(),
        "texts": call.texts,
        "area": call.area,
        "ranges": hashlib.sha256(call.ranges).hexdigest(),
        "follows": call.follows and call.follows.public_id,
    }
    body = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Frozen(CONTENT, "", body.encode())
