"""A call is one message to the public (one CAP message); a later message of the same event points at the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from beffroi import city
from beffroi.people.models import Key, Person

LIVE = Q(state__in=["live", "replaced", "ended"])
"""The states of a call that has been sent."""


class Call(models.Model):
    """One message: a draft, a live alert, or what it became. What may be changed when is held by triggers (migration
    0002)."""

    public_id = models.TextField(unique=True)
    kind = models.TextField()
    state = models.TextField(default="draft")

    # What it says: frozen from the moment it is submitted. CAP's own names.
    status = models.TextField(default="Actual")
    msgType = models.TextField(default="Alert")
    hazard = models.TextField()
    category: models.JSONField[list[str], list[str]] = models.JSONField()
    severity = models.TextField()
    urgency = models.TextField()
    certainty = models.TextField()
    responseType: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    onset = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    texts: models.JSONField[dict[str, dict[str, str]], dict[str, dict[str, str]]] = models.JSONField()
    """Language to {event, headline, description, instruction}."""
    area: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    """{areaDesc: {language: text}, zones: [[type, code]], geometry: GeoJSON in lon/lat}."""
    ranges = models.BinaryField()
    """The area's search ranges of H3 cells: pairs of int64, little-endian."""

    # Where it stands in its event.
    root = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="chain")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    number = models.PositiveSmallIntegerField(default=1)
    """1 for the first message of an event, then 2, 3 ...: phones ignore a lower one."""

    # By what right.
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    """The last person who changed the text, or who submitted a robot's draft."""
    program = models.ForeignKey(Key, null=True, on_delete=models.PROTECT, related_name="+")
    """The program that drafted it; null where a person or the city's own robot did. Never anybody who decides."""
    approver = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    authority = models.TextField(null=True)
    ending = models.TextField(null=True)
    """How it ends the event of the call that it follows: all-clear, false-alarm or expired; null when it ends
    nothing."""
    digest = models.BinaryField(null=True)
    """SHA-256 of the frozen editions, as the approver saw them (edition.digest)."""
    phase = models.TextField(default="")
    body = models.TextField(default="")
    """The body of city.toml that had to approve, and the phase it was in."""

    # CAP identity, given at issue.
    identifier = models.TextField(null=True, unique=True)
    sent = models.DateTimeField(null=True)
    signed = models.BinaryField(null=True)
    """The signed CAP message, served byte for byte."""

    # The clock of the decision.
    warned_at = models.DateTimeField(null=True)
    drafted_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paged_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "expires"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="call_one_successor", fields=["follows"], condition=~Q(state="withdrawn")),
            models.CheckConstraint(name="call_live_is_whole", condition=~LIVE | Q(
                authority__isnull=False, identifier__isnull=False, sent__isnull=False, signed__isnull=False,
                issued_at__isnull=False, digest__isnull=False)),
            models.CheckConstraint(name="call_two_people", condition=~Q(authority="two_people") | Q(
                author__isnull=False, approver__isnull=False) & ~Q(author=models.F("approver"))),
            models.CheckConstraint(name="call_closing", condition=~Q(authority="closing") | Q(
                ending__isnull=False)),
            models.CheckConstraint(name="call_ending", condition=Q(ending__isnull=True) | Q(
                ending__in=["all-clear", "false-alarm", "expired"], msgType__in=["Update", "Cancel"],
                urgency="Past", severity__in=["Minor", "Unknown"])),
            models.CheckConstraint(name="call_authority", condition=Q(authority__isnull=True) | Q(
                authority__in=["two_people", "closing"])),
            models.CheckConstraint(name="call_follows", condition=Q(msgType="Alert", follows__isnull=True) | Q(
                msgType__in=["Update", "Cancel"], follows__isnull=False)),
            models.CheckConstraint(name="call_status", condition=Q(status__in=["Actual", "Exercise"])),
        ]  # fmt: skip

    @property
    def first(self) -> Call:
        """The first message of the event."""
        return self.root or self

    @property
    def weight(self) -> str:
        """The severity that says how it travels and who decides on it. The end of a warning weighs what it ends: a
        false alarm is corrected as fast as it was raised. Only a mere expiry weighs little."""
        return self.follows.severity if self.follows and self.ending in {"all-clear", "false-alarm"} else self.severity

    @property
    def is_exercise(self) -> bool:
        """Whether it goes only to those who asked for exercises."""
        return self.status == "Exercise"

    @property
    def languages(self) -> list[str]:
        """Its languages in the city's order: the first is for everybody who reads none of them (a JSON column keeps
        no order)."""
        own = [language for language in city.current().languages if language in self.texts]
        return own + sorted(set(self.texts) - set(own))

    def is_valid_at(self, now: datetime) -> bool:
        """Whether it may still be shown as live."""
        return self.state == "live" and now < self.expires


class Edition(models.Model):
    """What will leave on one channel in one language, frozen at submission (language empty: the same for all)."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="editions")
    channel = models.TextField()
    language = models.TextField(default="")
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="edition_once", fields=["call", "channel", "language"])]


class Phase(models.Model):
    """A declared phase of the city: the newest row is the one in force."""

    name = models.TextField()
    declared_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    declared_at = models.DateTimeField(db_default=Now())
