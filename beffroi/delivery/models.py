"""Shards of a call on its way, notes to one person, and published bytes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from beffroi.calls.models import Call
from beffroi.people.models import Key


class Shard(models.Model):
    """Up to SHARD_SIZE recipients of one call on one channel in one language. These rows are the truth about a
    delivery."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="shards")
    channel = models.TextField()
    language = models.TextField()
    lane = models.SmallIntegerField()
    """Lower leaves first."""
    size = models.IntegerField()
    recipients = models.BinaryField(null=True)
    """Ids as int64, zlib; null once erased, 24 h after the outcome was told."""

    state = models.TextField(default="waiting")
    """waiting, done, or stopped (the call ended or expired first)."""
    cursor = models.IntegerField(default=0)
    """How many of the recipients have been tried and recorded."""
    held = models.JSONField(default=list)
    """Temporary failures to try again: [[id, tries, due as Unix time], ...], soonest first."""
    retry_at = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    """Grows with each claim and each record; a worker whose number is old may not record any more."""
    leased_until = models.DateTimeField(null=True)

    accepted = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    """Subscriptions that no longer exist: 404/410, 550, or left meanwhile."""
    failed = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)
    """Not sent, because the call ended or expired first."""
    reasons = models.JSONField(default=dict)
    """Reason to count, for what was not accepted."""
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="shard_waiting", fields=["lane", "-call", "size"], condition=models.Q(state="waiting")),
            models.Index(fields=["call"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="shard_state", condition=models.Q(state__in=["waiting", "done", "stopped"])),
            models.CheckConstraint(name="shard_cursor", condition=models.Q(cursor__lte=models.F("size"))),
        ]


class Note(models.Model):
    """One message that is not a call to one person: a confirmation, a private link, a page to staff. Erased after
    the days that city.toml says."""

    channel = models.TextField()
    address = models.BinaryField()
    """Sealed (lib/seal), context `note`."""
    content = models.BinaryField()
    """Sealed too: a note may hold a private link."""
    lane = models.SmallIntegerField(default=50)
    purpose = models.TextField()
    state = models.TextField(default="waiting")
    tries = models.SmallIntegerField(default=0)
    reason = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "not_before"])]


class Webhook(models.Model):
    """Where a partner's program is told of calls. It ends with its key."""

    public_id = models.TextField(unique=True)
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    address = models.BinaryField()
    """Address and secret, sealed (lib/seal), context `webhook`: an address may hold a secret of its own."""
    is_exercise = models.BooleanField(default=False)
    """Whether it is told of exercises, too."""
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)


class Event(models.Model):
    """What one webhook is to be told of one call. Erased after 7 days."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="events")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(default="waiting")
    """waiting, sent, expired (the call is over), or dropped (webhook or key has ended)."""
    tries = models.IntegerField(default=0)
    reason = models.TextField(default="")
    """Why the last try failed: a status, or an error's code."""
    made_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="event_waiting", fields=["webhook", "id"], condition=models.Q(state="waiting")),
            models.Index(fields=["made_at"]),
        ]
        constraints: ClassVar = [models.UniqueConstraint(name="event_once", fields=["webhook", "call"])]


class Page(models.Model):
    """Bytes that web/front serves as they are: made once, when something is published."""

    path = models.TextField(primary_key=True)
    content_type = models.TextField()
    body = models.BinaryField()
    etag = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())
