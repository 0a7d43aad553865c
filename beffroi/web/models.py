"""Answers that programs were given, so that a request which comes twice has its effect once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from beffroi.people.models import Key


class Reply(models.Model):
    """The answer to a POST that bore an Idempotency-Key; forgotten with the first such request after a day."""

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    """The program's own Idempotency-Key."""
    request = models.BinaryField()
    """SHA-256 of method, address and body."""
    status = models.SmallIntegerField()
    headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField()
    body = models.BinaryField()
    """Sealed (lib/seal), context `reply`: it may hold a secret that is shown once."""
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["made_at"])]
        constraints: ClassVar = [models.UniqueConstraint(name="reply_once", fields=["key", "name"])]
