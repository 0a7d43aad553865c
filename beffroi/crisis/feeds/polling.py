"""Read the feeds of city.toml: politely, with limits, believing nothing; a feed that is silent or bad is an alarm."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from cryptography import x509
from django.conf import settings

from beffroi import city
from beffroi.city.model import Feed as FeedSetting
from beffroi.crisis.feeds import actions as feeds
from beffroi.crisis.intake import Way, receive
from beffroi.crisis.models import Feed
from beffroi.errors import BeffroiError
from beffroi.lib import http
from beffroi.lib.guard import Guard
from beffroi.standards.cap import container
from beffroi.standards.cap.guard import Refused

log = logging.getLogger("beffroi.feeds")

TIMEOUT_S: Final = 10
FEED_BYTES: Final = 20 * 1024 * 1024
MESSAGE_BYTES: Final = 5 * 1024 * 1024
LINKS: Final = 100
"""Linked messages fetched in one poll; the rest comes with the next."""
SILENT_S: Final = 300
"""A feed that gave nothing readable for so long is shown as silent: unknown is not zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong with a feed: `silent`, or the code of its last error; `since` it last answered (None: never)."""

    feed: str
    why: str
    since: datetime | None


def alarms(now: datetime) -> list[Alarm]:
    """Feeds of the city that are bad or silent, in the order of city.toml."""
    rows = {row.name: row for row in Feed.objects.all()}
    found = []
    for setting in city.current().feed:
        row = rows.get(setting.name)
        late = (
            row is None
            or row.answered_at is None
            or now - row.answered_at > timedelta(seconds=SILENT_S + setting.every_s)
        )
        if row is not None and row.error:
            found.append(Alarm(feed=setting.name, why=row.error, since=row.answered_at))
        elif late:
            found.append(Alarm(feed=setting.name, why="silent", since=row.answered_at if row else None))
    return found


def poll_due(now: datetime) -> int:
    """Poll each feed whose time has come; how many. Several workers may call this: each feed is taken by one."""
    polled = 0
    for setting in city.current().feed:
        row = feeds.claim(setting, now)
        if row is not None:
            poll(setting, row, now)
            polled += 1
    return polled


def poll(setting: FeedSetting, row: Feed, now: datetime) -> None:
    """Read one feed and what it links to. What goes wrong ends in the feed's row and on the duty desk, not in a
    crash."""
    try:
        answer = fetch(setting, setting.url, FEED_BYTES, http.if_changed(row.etag, row.modified))
        if answer.status == 304:
            feeds.mark_answered(row, now, etag=row.etag, modified=row.modified)
            return
        for raw in alerts(setting, row, answer.body):
            receive(raw, way(setting))
    except BeffroiError as err:
        log.warning("feed %s: %s", setting.name, err.code)
        feeds.mark_failed(row, err.code)
        return
    headers = answer.headers
    feeds.mark_answered(row, now, etag=headers.get("etag", ""), modified=headers.get("last-modified", ""))


def fetch(setting: FeedSetting, url: str, most: int, headers: Mapping[str, str]) -> http.Response:
    """One GET to one of the hosts that the city named; FeedRefused for any other status than 200 and 304."""
    answer = http.fetch(
        url, guard=Guard(open_hosts=frozenset(settings.OPEN_HOSTS), ca_file=settings.CA_FILE or None),
        allowed_hosts=setting.hosts, headers=headers, max_bytes=most, timeout_s=TIMEOUT_S,
    )  # fmt: skip
    if answer.status not in {200, 304}:
        raise feeds.FeedRefused(status=answer.status)
    return answer


def alerts(setting: FeedSetting, row: Feed, body: bytes) -> Iterator[bytes]:
    """Every alert of a feed: embedded ones, then linked ones that were not fetched before."""
    try:
        found = container.unpack(body)
    except Refused as err:
        raise feeds.FeedUnreadable() from err
    for alert in found.alerts:
        yield body if found.kind == "message" else container.to_bytes(alert)
    fresh = [link for link in found.links if not feeds.is_fetched(row, link.href, link.updated or "")]
    for link in fresh[:LINKS]:
        yield fetch(setting, urljoin(setting.url, link.href), MESSAGE_BYTES, http.NO_HEADERS).body
        feeds.mark_fetched(row, link.href, link.updated or "")


def way(setting: FeedSetting) -> Way:
    """What is asked of messages of this feed."""
    return Way(
        name=f"feed:{setting.name}", profile=setting.profile, senders=frozenset(setting.senders),
        pinned=pinned(setting.certificate),
    )  # fmt: skip


def pinned(file: Path | None) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file."""
    return tuple(x509.load_pem_x509_certificates(file.read_bytes())) if file is not None else ()
