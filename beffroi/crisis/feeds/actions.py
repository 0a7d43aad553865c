"""What is written down about each feed: when it was asked, when it answered, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from beffroi.city.model import Feed as FeedSetting
from beffroi.crisis.models import Feed, Fetched
from beffroi.errors import Unavailable
from beffroi.lib import clock

KEEP_FETCHED_S: Final = 14 * 24 * 3600
HREF: Final = 1000
UPDATED: Final = 100
"""Most bytes of a link and most characters of the mark of its version: what the database's index takes."""

Link = tuple[str, str]
"""Absolute address and the feed's own mark of the version (empty: none)."""


class FeedRefused(Unavailable):
    """A feed answered with a status that is neither 200 nor 304."""

    code = "feed-refused"


class FeedUnreadable(Unavailable):
    """A feed answered with something that is no feed: an error page, broken XML, an attack."""

    code = "feed-unreadable"


class LinksFailed(Unavailable):
    """The feed was read, but something that it links to could not be fetched; each link's own error is in its row."""

    code = "feed-links-failed"


class CertificateUnreadable(Unavailable):
    """The certificate that must have signed the feed's messages cannot be read: none of them is believed."""

    code = "feed-certificate-unreadable"


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


def mark_answered(row: Feed, now: datetime, *, etag: str, modified: str, error: str = "") -> None:
    """It gave something that could be read; `error` when something in it could not."""
    row.answered_at, row.error, row.etag, row.modified = now, error, etag, modified
    row.save(update_fields=["answered_at", "error", "etag", "modified"])


def mark_failed(row: Feed, error: str) -> None:
    """It did not; the error's stable code is shown on the duty desk."""
    row.error = error
    row.save(update_fields=["error"])


def open_links(row: Feed, links: Iterable[Link]) -> list[Link]:
    """Those of the links that were not taken yet, each once: first the new ones, then those that failed before, so that
    dead links never keep new ones out."""
    wanted = dict.fromkeys((href, updated[:UPDATED]) for href, updated in links)
    known = Fetched.objects.filter(feed=row, href__in={href for href, _updated in wanted})
    error = {(one.href, one.updated): one.error for one in known}
    fresh = [link for link in wanted if link not in error]
    return [*fresh, *(link for link in wanted if error.get(link))]


def mark_fetched(row: Feed, link: Link, error: str) -> None:
    """Remember what became of a link; empty `error`: it was taken."""
    Fetched.objects.update_or_create(
        feed=row, href=link[0], updated=link[1], defaults={"error": error, "at": clock.now()}
    )


def forget_fetched(now: datetime) -> int:
    """Forget links of long ago: a message that comes again is known by its bytes anyway."""
    return Fetched.objects.filter(at__lt=now - timedelta(seconds=KEEP_FETCHED_S)).delete()[0]
