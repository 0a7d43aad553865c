"""Staff accounts, programs' keys and the append-only log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
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

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. Django would also store a stronger hash after an update; the application may
        not write one, and `beffroi people renew` gives one to whom it matters."""
        return check_password(raw_password, self.password)


class Invitation(models.Model):
    """A link with which one person sets a password and adds one second factor, once. Only its digest is kept, and only
    the owner makes one: the application can use a link that somebody brings, not write one (ADR 8)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


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
    number = models.BigIntegerField(null=True, unique=True)
    """Its place in the chain, from 1; the database gives it when the transaction commits."""
    hash = models.BinaryField(null=True)
    """sha256 of the hash before it and of this line (people/chain.py)."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["about", "id"])]


class Mark(models.Model):
    """What log-in remembers for minutes (people/cache.py)."""

    digest = models.BinaryField(primary_key=True)
    value = models.TextField()
    expires_at = models.DateTimeField(db_index=True)
