"""Staff accounts, programs' keys and the append-only log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from beffroi.lib import clock


class Person(AbstractBaseUser):
    """A member of staff. The application may not make one or change a role: its database role has no right to
    (ops/grants.py)."""

    email = models.EmailField(unique=True)
    name = models.TextField()
    role = models.TextField()
    body = models.TextField(default="")
    """The body of city.toml for which this person may decide; empty for none."""
    language = models.TextField(default="en")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager["Person"]()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="person_role", condition=models.Q(role__in=["officer", "approver", "overseer", "administrator"])
            )
        ]

    def __str__(self) -> str:
        return self.name


class Key(models.Model):
    """A program's key: only its digest is kept. A program is nobody of the staff, and acts in its own name."""

    name = models.TextField(unique=True)
    digest = models.BinaryField(unique=True)
    actions: models.JSONField[list[str], list[str]] = models.JSONField()
    """The actions of people/access.py that the key opens, and no other."""
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    """From then on it opens nothing."""
    ended_at = models.DateTimeField(null=True)

    @property
    def is_open(self) -> bool:
        """Whether it opens anything now."""
        return self.ended_at is None and clock.now() < self.expires_at


class Entry(models.Model):
    """One line of the log. The database refuses to change or remove it, whoever asks."""

    at = models.DateTimeField(db_default=Now())
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    action = models.TextField()
    about = models.TextField()
    """What it is about, as `room:public-id`."""
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["about", "id"])]
