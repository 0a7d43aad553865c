"""Take a CAP message in: check, keep its bytes, place it in its chain, make or mend the draft. Twice is once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from beffroi import city
from beffroi.crisis import actions, select
from beffroi.crisis.chain import Key, Link, Standing, event_of, standings
from beffroi.crisis.models import Message
from beffroi.errors import BeffroiError
from beffroi.lib import clock
from beffroi.lib.text import clean_line
from beffroi.people import log
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.read import check
from beffroi.standards.cap.verdict import Finding, Verdict

logger = logging.getLogger("beffroi.crisis")

REFERENCES: Final = 1000
"""More than a real message ever had. Following them costs time, and others wait for it."""
FINDINGS: Final = 50
ONE_AT_A_TIME: Final = 0x6265_6666_726F_6931
"""The advisory lock of intake. A Cancel and its Alert that come in at the same moment must see each other, and so must
two copies of one message; a city takes in a few messages a minute and needs some milliseconds for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a message came, and what is asked of those that come so."""

    name: str
    profile: Profile = "strict"
    senders: frozenset[str] = field(default_factory=frozenset)
    """Senders that this way may bring; empty for any."""
    pinned: tuple[signature.Pinned, ...] = ()
    """Keys of which one must have signed; empty when no signature is asked."""


@transaction.atomic
def receive(raw: bytes, way: Way) -> Message:
    """The message as it stands after it was taken in. What cannot be used is kept too, held for a person, and has no
    effect."""
    mark = hashlib.sha256(raw).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    known = Message.objects.filter(digest=mark).first()
    if known is not None:
        return known
    verdict = check(raw, profile=way.profile)
    message = Message(
        raw=raw, digest=mark, way=way.name, verdict=verdict.verdict, is_deliverable=verdict.deliverable,
        findings=[plain(finding) for finding in verdict.findings[:FINDINGS]],
    )  # fmt: skip
    if verdict.alert is not None:
        identify(message, verdict.alert)
        message.signature = signed_how(raw, verdict.alert, way)
    message.held = trouble(message, verdict, way)
    message.save()
    if message.held == "" and verdict.alert is not None:
        take_effect(message, verdict, verdict.alert)
    log.write(
        None, "warning.receive", f"warning:{message.pk}", way=way.name, verdict=message.verdict, held=message.held
    )
    return message


def plain(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored: it quotes the message, and a NUL or a bidi mark quoted is as bad as one said."""
    return asdict(finding) | {
        "message": clean_line(finding.message),
        "xpath": finding.xpath and clean_line(finding.xpath),
    }


def identify(message: Message, alert: cap.Alert) -> None:
    """Copy what chains are made of. Without `expires` the city's own limit counts."""
    message.sender, message.identifier, message.sent = alert.sender, alert.identifier, alert.sent
    message.msgType = alert.msgType
    message.references = [[r.sender, r.identifier, r.sent.isoformat()] for r in alert.references]
    ends = [info.expires for info in alert.info if info.expires is not None]
    message.expires = max(ends) if ends else alert.sent + timedelta(hours=city.current().cap.expires_h)


def trouble(message: Message, verdict: Verdict, way: Way) -> str:
    """Why a person must look at it, as a code; empty when it may take effect."""
    alert = verdict.alert
    if alert is None or verdict.verdict == "reject":
        return "rejected"
    if not alert.sender or not alert.identifier or alert.sent == UNKNOWN_SENT:
        return "rejected"  # what has no identity can never be updated or cancelled
    if way.senders and message.sender not in way.senders:
        return "sender-not-expected"
    if message.signature == "failed" or (way.pinned and message.signature != "verified"):
        return "signature"
    if len(message.references) > REFERENCES:
        return "references-too-many"
    # Only what had an effect takes the name: otherwise whoever forges a message first could keep the true one out.
    named = Message.objects.filter(sender=message.sender, identifier=message.identifier)
    return "identifier-twice" if named.exclude(held__in=select.WITHOUT_EFFECT).exists() else ""


def signed_how(raw: bytes, alert: cap.Alert, way: Way) -> str:
    """`verified` only when one of the pinned keys signed these very bytes, judged at the time of `sent`."""
    try:
        if not signature.is_signed(raw):
            return ""
        if not way.pinned:
            return "unverified"
        verified = signature.verify(raw, pinned=way.pinned, at=alert.sent)
    except signature.SignatureInvalid:
        return "failed"
    return "verified" if check(verified.data, profile=way.profile).alert == alert else "failed"


def take_effect(message: Message, verdict: Verdict, alert: cap.Alert) -> None:
    """Place the message in its chain and follow it up. Should that fail, the message is kept and put before a person:
    whatever is wrong with us or with it, a warning is not lost."""
    if alert.status != "Actual" or alert.scope != "Public":
        message.standing = Standing.SILENT  # an exercise, a test or a private word changes nothing about real warnings
        message.save(update_fields=["standing"])
        return
    event = place(message)
    try:
        with transaction.atomic():
            actions.follow_up(message, verdict, alert, event)
    except BeffroiError as err:
        why = err.code
    except Exception:
        logger.exception("warning %s could not take effect", message.pk)
        why = "internal"
    else:
        return
    message.call = None  # nothing of it was done
    actions.hold(message, why)


def place(message: Message) -> list[Message]:
    """Compute the standings of all that the message touches anew; gives the messages of its event, itself included."""
    near = [message, *(other for other in select.related(message) if other.pk != message.pk)]
    chain = links(near)
    picture = standings(chain, now=clock.now(), may=may_speak)
    for other in near:
        standing = picture[key_of(other)]
        is_foreign = standing is Standing.FOREIGN
        if other.standing != standing:
            other.standing = standing
            other.held = "sender-may-not" if is_foreign else "" if other.held == "sender-may-not" else other.held
            other.save(update_fields=["standing", "held"])
    mates = event_of(key_of(message), chain, may=may_speak)
    return [other for other in near if key_of(other) in mates]


def key_of(message: Message) -> Key:
    """The identity of a message; only of those with `sent`."""
    if message.sent is None:
        raise ValueError("a message without identity has no key")
    return message.sender, message.identifier, message.sent


def may_speak(speaker: str, owner: str) -> bool:
    """Whether city.toml lets one sender update and cancel another's alerts."""
    return any(row.sender == speaker and owner in row.may_cancel for row in city.current().authority)


def links(messages: Iterable[Message]) -> list[Link]:
    """What the chain needs of each."""
    return [
        Link(
            key=key_of(m), msgType=m.msgType, expires=m.expires, arrival=m.pk,
            references=tuple((s, i, datetime.fromisoformat(at)) for s, i, at in m.references),
        )
        for m in messages
    ]  # fmt: skip
