"""What is written down about each feed: when it was asked, when it answered, what went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from beffroi.city.model import Feed as FeedSetting
from beffroi.crisis.models import Feed, Fetched
from beffroi.errors import Unavailable

KEEP_FETCHED_S: Final = 14 * 24 * 3600


class FeedRefused(Unavailable):
    """A feed answered with a status that is neither 200 nor 304."""

    code = "feed-refused"


class FeedUnreadable(Unavailable):
    """A feed answered with something that is no feed: an error page, broken XML, an attack."""

    code = "feed-unreadable"


@transaction.atomic
def claim(setting: FeedSetting, now: datetime) -> Feed | None:
    """The feed's row if its time has come, now taken; None otherwise, or when another worker was quicker."""
    Feed.objects.get_or_create(name=setting.name)
    row = Feed.objects.select_for_update(skip_locked=True).filter(name=setting.name).first()
    if row is None or (row.tried_at is not None and now - row.tried_at < timedelta(seconds=setting.every_s)):
        return None
    row.tried_at = now
    row.save(update_fields=["tried_at"])
    return row


def mark_answered(row: Feed, now: datetime, *, etag: str, modified: str) -> None:
    """It gave something that could be read."""
    row.answered_at, row.error, row.etag, row.modified = now, "", etag, modified
    row.save(update_fields=["answered_at", "error", "etag", "modified"])


def mark_failed(row: Feed, error: str) -> None:
    """It did not; the error's stable code is shown on the duty desk."""
    row.error = error
    row.save(update_fields=["error"])


def is_fetched(row: Feed, href: str, updated: str) -> bool:
    """Whether this version of a linked message was fetched before."""
    return Fetched.objects.filter(feed=row, href=href, updated=updated).exists()


def mark_fetched(row: Feed, href: str, updated: str) -> None:
    """Remember that it was."""
    Fetched.objects.get_or_create(feed=row, href=href, updated=updated)


def forget_fetched(now: datetime) -> int:
    """Forget links of long ago: a message that comes again is known by its bytes anyway."""
    return Fetched.objects.filter(at__lt=now - timedelta(seconds=KEEP_FETCHED_S)).delete()[0]
