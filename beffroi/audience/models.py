"""Subscriptions: no name, no coordinates; an address that only the key outside the database opens."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Subscription(models.Model):
    """One address on one channel, with its language and its floor. Its places are cells of about 0.1 km2."""

    channel = models.TextField()
    language = models.TextField()
    floor = models.PositiveSmallIntegerField(default=0)
    """The least severity that reaches it: rank of calls.state.Severity, 0 to 4."""
    is_exercise = models.BooleanField(default=False)
    """Asked to be part of exercises."""
    address = models.BinaryField()
    """Sealed (lib/seal), context `audience`."""
    address_hash = models.BinaryField(db_index=True)
    """Keyed hash of channel and address: finds it without opening any. One confirmed row an address."""
    link_hash = models.BinaryField(db_index=True)
    """Digest of the private link; rows of one person share it."""
    confirmed_at = models.DateTimeField(null=True)
    made_on = models.DateField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="subscription_once", fields=["address_hash"], condition=models.Q(confirmed_at__isnull=False)
            )
        ]


class Place(models.Model):
    """One H3 cell (resolution 4 to 9, compacted) of one subscription. The primary key's index is the whole fast
    path."""

    pk = models.CompositePrimaryKey("cell", "subscription_id")
    cell = models.BigIntegerField()
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="places")
