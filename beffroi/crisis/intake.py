"""Take a CAP message in: check, keep its bytes, place it in its chain, make or mend the draft. Twice is once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from cryptography.x509 import Certificate
from django.db import transaction
from django.db.models import Q

from beffroi import city
from beffroi.crisis import actions
from beffroi.crisis.chain import Key, Link, Standing, standings
from beffroi.crisis.models import Message
from beffroi.lib import clock
from beffroi.people import log
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.read import check
from beffroi.standards.cap.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a message came, and what is asked of those that come so."""

    name: str
    profile: Profile = "strict"
    senders: frozenset[str] = field(default_factory=frozenset)
    """Senders that this way may bring; empty for any."""
    pinned: tuple[Certificate, ...] = ()
    """Keys of which one must have signed; empty when no signature is asked."""


@transaction.atomic
def receive(raw: bytes, way: Way) -> Message:
    """The message as it stands after it was taken in. What cannot be used is kept too, held for a person, and has no
    effect."""
    mark = hashlib.sha256(raw).digest()
    known = Message.objects.filter(digest=mark).first()
    if known is not None:
        return known
    verdict = check(raw, profile=way.profile)
    message = Message(
        raw=raw, digest=mark, way=way.name, verdict=verdict.verdict, is_deliverable=verdict.deliverable,
        findings=[asdict(finding) for finding in verdict.findings[:50]],
    )  # fmt: skip
    if verdict.alert is not None:
        identify(message, verdict.alert)
    message.held = trouble(message, verdict, way)
    message.save()
    if message.held == "":
        refresh_event(message)
        actions.follow_up(message, verdict.alert)
    log.write(
        None, "warning.receive", f"warning:{message.pk}", way=way.name, verdict=message.verdict, held=message.held
    )
    return message


def identify(message: Message, alert: cap.Alert) -> None:
    """Copy what chains are made of."""
    message.sender, message.identifier, message.sent = alert.sender, alert.identifier, alert.sent
    message.msgType = alert.msgType
    message.references = [[r.sender, r.identifier, r.sent.isoformat()] for r in alert.references]
    ends = [info.expires for info in alert.info if info.expires is not None]
    message.expires = max(ends) if ends else None


def trouble(message: Message, verdict: Verdict, way: Way) -> str:
    """Why a person must look at it, as a code; empty when it may take effect."""
    if verdict.alert is None or verdict.verdict == "reject":
        return "rejected"
    if way.senders and message.sender not in way.senders:
        return "sender-not-expected"
    if Message.objects.filter(sender=message.sender, identifier=message.identifier).exclude(held="rejected").exists():
        return "identifier-twice"
    message.signature = signed_how(message.raw, verdict.alert, way)
    if message.signature == "failed" or (way.pinned and message.signature != "verified"):
        return "signature"
    return ""


def signed_how(raw: bytes, alert: cap.Alert, way: Way) -> str:
    """`verified` only when one of the pinned keys signed these very bytes, judged at the time of `sent`."""
    if not signature.is_signed(raw):
        return ""
    if not way.pinned:
        return "unverified"
    try:
        verified = signature.verify(raw, pinned=way.pinned, at=alert.sent)
    except signature.SignatureInvalid:
        return "failed"
    return "verified" if check(verified.data, profile=way.profile).alert == alert else "failed"


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
    default_s = city.current().cap.expires_h * 3600
    return [
        Link(
            key=key_of(m), msgType=m.msgType, arrival=m.pk,
            references=tuple((s, i, datetime.fromisoformat(at)) for s, i, at in m.references),
            expires=m.expires or datetime.fromtimestamp(key_of(m)[2].timestamp() + default_s, tz=key_of(m)[2].tzinfo),
        )
        for m in messages
    ]  # fmt: skip


WITHOUT_EFFECT = ("rejected", "identifier-twice", "signature", "sender-not-expected")


def related(message: Message) -> list[Message]:
    """Every message of the same event, also through messages that never came, locked."""
    usable = Message.objects.select_for_update().filter(sent__isnull=False).exclude(held__in=WITHOUT_EFFECT)
    found, asked = {message.pk: message}, set()
    names = names_in(message)
    while fresh := names - asked:
        wanted = Q()
        for sender, identifier in fresh:
            wanted |= Q(sender=sender, identifier=identifier) | Q(references__contains=[[sender, identifier]])
        asked |= fresh
        for other in usable.filter(wanted).exclude(pk__in=found).order_by("pk"):
            found[other.pk] = other
            names |= names_in(other)
    return list(found.values())


def names_in(message: Message) -> set[tuple[str, str]]:
    """The message and those it refers to, by sender and identifier."""
    return {(message.sender, message.identifier), *((s, i) for s, i, _at in message.references)}


def refresh_event(message: Message) -> None:
    """Compute the standings of the message's event anew and store those that changed."""
    event = related(message)
    picture = standings(links(event), now=clock.now(), may=may_speak)
    for other in event:
        standing = picture[key_of(other)]
        if other.standing != standing:
            other.standing = standing
            if standing is Standing.FOREIGN:
                other.held = "sender-may-not"
            other.save(update_fields=["standing", "held"])
