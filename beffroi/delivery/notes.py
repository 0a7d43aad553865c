"""Messages that are not calls, one to one person: confirmations, private links, pages to staff. The same channels
carry them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app as jobs

from beffroi.audience import address as addresses
from beffroi.delivery import shelves
from beffroi.delivery.channel import Envelope, Message, Receipt, Result, Target
from beffroi.delivery.models import Note
from beffroi.errors import BeffroiError
from beffroi.lib import clock

log = logging.getLogger("beffroi.notes")

WAKE: Final = "delivery.notes"
CONTEXT: Final = b"note"
PAGE_LANE: Final = 0
"""Pages to staff leave before anything else."""
PAUSE_MOST_S: Final = 600


def leave(channel: str, address: Mapping[str, str], message: Message, *, purpose: str, lane: int = 50) -> Note:
    """Put a note on its way, in the caller's transaction. `message.expires` is when it is worthless."""
    content = shelves.channels.get(channel).render(message)
    row = Note.objects.create(
        channel=channel,
        address=addresses.close(address, CONTEXT),
        content=addresses.sealer().seal(content, context=CONTEXT),
        lane=lane,
        purpose=purpose,
        expires_at=message.expires,
    )
    jobs.configure_task(WAKE, queue="notes").defer()
    return row


def send_due(now: datetime) -> int:
    """Send the notes that are due, most urgent first; each in its own transaction, marked after sending. How many
    were tried."""
    tried = 0
    while send_next(now):
        tried += 1
    return tried


@transaction.atomic
def send_next(now: datetime) -> bool:
    """Send one; False when none is due."""
    due = Q(state="waiting", not_before__lte=now)
    row = Note.objects.select_for_update(skip_locked=True).filter(due).order_by("lane", "pk").first()
    if row is None:
        return False
    row.tries += 1
    row.save(update_fields=["tries"])  # where nothing can be written nothing is sent: it would be sent at every look
    row.state, row.reason, wait_s = attempt(row, now)
    row.not_before = now + timedelta(seconds=wait_s)
    row.sent_at = clock.now() if row.state == "sent" else None
    row.save()
    return True


def attempt(row: Note, now: datetime) -> tuple[str, str, float]:
    """State, reason and seconds to wait after trying once. A note that cannot be sent never stops those behind it."""
    if row.expires_at <= now:
        return "expired", "", 0
    try:
        receipt = send(row)
    except Exception as err:
        log.exception("note %s by %s", row.pk, row.channel)
        receipt = Receipt(row.pk, Result.LATER, err.code if isinstance(err, BeffroiError) else type(err).__name__)
    if receipt.result is Result.ACCEPTED:
        return "sent", "", 0
    if receipt.result is Result.LATER:
        return "waiting", receipt.reason, max(receipt.retry_after_s or 0, min(10 * 2**row.tries, PAUSE_MOST_S))
    return "failed", receipt.reason, 0


def send(row: Note) -> Receipt:
    """Hand it to its channel."""
    envelope = Envelope(tag=f"note-{row.pk}", number=1, severity="Unknown", expires_at=row.expires_at, is_note=True)
    target = Target(row.pk, addresses.reveal(bytes(row.address), CONTEXT))
    content = addresses.sealer().open(bytes(row.content), context=CONTEXT)
    sender = shelves.channels.get(row.channel).open(shelves.machine())
    try:
        return next(iter(sender.send(content, envelope, [target])))
    finally:
        sender.close()


def erase(before: datetime) -> int:
    """Forget notes made before that time, sent or not."""
    return Note.objects.filter(made_at__lt=before).delete()[0]


def stop() -> int:
    """Notes that wait will not be sent; how many."""
    return Note.objects.filter(state="waiting").update(state="expired")
