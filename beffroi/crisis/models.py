"""Received CAP messages, kept byte for byte for ever, and what is known of each feed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from beffroi.calls.models import Call


class Message(models.Model):
    """One received message. Its bytes never change; its standing is computed from its chain (crisis/chain.py)."""

    raw = models.BinaryField()
    digest = models.BinaryField(unique=True)
    """SHA-256 of the bytes: the same message again has no effect."""
    way = models.TextField()
    """`command`, `program:NAME` or `feed:NAME`."""
    received_at = models.DateTimeField(db_default=Now())

    verdict = models.TextField()
    findings = models.JSONField(default=list)
    is_deliverable = models.BooleanField(default=False)
    signature = models.TextField(default="")
    """`verified`, `unverified` (no pinned key), `failed`, or empty when unsigned."""

    sender = models.TextField(default="")
    identifier = models.TextField(default="")
    sent = models.DateTimeField(null=True)
    msgType = models.TextField(default="")
    expires = models.DateTimeField(null=True)
    references: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(default=list)
    """[[sender, identifier, sent as RFC 3339], ...]."""

    standing = models.TextField(default="")
    """crisis.chain.Standing, refreshed when something of its event comes; empty for what was rejected or
    quarantined."""
    held = models.TextField(default="")
    """Why a person must look: a stable code; empty when nothing is wrong or somebody has settled it."""
    settled_at = models.DateTimeField(null=True)
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="warnings")
    """The draft it became."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sender", "identifier"]),
            models.Index(fields=["standing", "expires"]),
            models.Index(name="message_held", fields=["received_at"], condition=~models.Q(held="")),
        ]


class Feed(models.Model):
    """What is known of a feed of city.toml."""

    name = models.TextField(primary_key=True)
    etag = models.TextField(default="")
    modified = models.TextField(default="")
    tried_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    """Last time that it gave something that could be read (304 counts)."""
    error = models.TextField(default="")
    """Stable code of what went wrong last; empty when it answered and all that it links to could be taken."""


class Fetched(models.Model):
    """A linked message of a feed that was asked for, so that it is not fetched at each poll."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE)
    href = models.TextField()
    updated = models.TextField(default="")
    error = models.TextField(default="")
    """Stable code of what went wrong when it was last tried; empty when it was taken."""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="fetched_once", fields=["feed", "href", "updated"])]
