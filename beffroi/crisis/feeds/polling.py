"""Read the feeds of city.toml: politely, with limits, believing nothing; a feed that is silent or bad is an alarm."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from django.conf import settings

from beffroi import city
from beffroi.city.model import Feed as FeedSetting
from beffroi.crisis.feeds import actions as feeds
from beffroi.crisis.intake import Way, receive
from beffroi.crisis.models import Feed
from beffroi.errors import BeffroiError
from beffroi.lib import http
from beffroi.lib.guard import Guard
from beffroi.standards import signature
from beffroi.standards.cap import container, guard

log = logging.getLogger("beffroi.feeds")

TIMEOUT_S: Final = 10
FEED_BYTES: Final = guard.MAX_FEED_BYTES
MESSAGE_BYTES: Final = guard.MAX_MESSAGE_BYTES
LINKS: Final = 100
"""Linked messages fetched in one poll; the rest comes with the next."""
LINKS_S: Final = 30
"""Seconds after which no further linked message is fetched in this poll: a feed that is slow must not hold the
others."""
SILENT_S: Final = 300
"""A feed that gave nothing readable for so long is shown as silent: unknown is not zero."""
SILENT: Final = "silent"
NO_MESSAGE: Final = frozenset({"html-page", "empty", "not-xml"})
"""What a server says when it is in trouble. The message behind the link is still to come, so it is asked for again."""

IsOver = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong with a feed: SILENT, or the code of its last error; `since` it last answered (None: never)."""

    feed: str
    why: str
    since: datetime | None


def alarms(now: datetime) -> list[Alarm]:
    """Feeds of the city that are bad or silent, in the order of city.toml."""
    rows = {row.name: row for row in Feed.objects.all()}
    found = []
    for setting in city.current().feed:
        row = rows.get(setting.name)
        since = row.answered_at if row is not None else None
        patience = timedelta(seconds=SILENT_S + setting.every_s)
        if row is not None and row.error:
            found.append(Alarm(feed=setting.name, why=row.error, since=since))
        elif since is None or now - since > patience:
            found.append(Alarm(feed=setting.name, why=SILENT, since=since))
    return found


def poll_due(now: datetime, *, is_over: IsOver = lambda: False) -> int:
    """Poll each feed whose time has come, until `is_over`; how many. Several workers may call this: each feed is taken
    by one."""
    polled = 0
    for setting in city.current().feed:
        row = None if is_over() else feeds.claim(setting, now)
        if row is not None:
            poll(setting, row, now, is_over)
            polled += 1
    return polled


def poll(setting: FeedSetting, row: Feed, now: datetime, is_over: IsOver = lambda: False) -> None:
    """Read one feed and what it links to. What goes wrong ends in the feed's row and on the duty desk, not in a
    crash."""
    error = attempt(setting, lambda: read(setting, row, now, is_over))
    if error:
        feeds.mark_failed(row, error)


def attempt(setting: FeedSetting, step: Callable[[], object]) -> str:
    """Do one step; empty when it went well, else the stable code of what went wrong. One bad message, link or feed must
    not keep the others out, whatever is wrong with it or with us."""
    try:
        step()
    except BeffroiError as err:
        log.warning("feed %s: %s", setting.name, err.code)
        return err.code
    except Exception:
        log.exception("feed %s", setting.name)
        return BeffroiError.code
    return ""


def read(setting: FeedSetting, row: Feed, now: datetime, is_over: IsOver) -> None:
    """One look at a feed. Only what was taken in whole is not asked for again: otherwise a 304 would hide the rest."""
    answer = fetch(setting, setting.url, FEED_BYTES, http.if_changed(row.etag, row.modified))
    if answer.status == 304:
        feeds.mark_answered(row, now, etag=row.etag, modified=row.modified)
        return
    asked, found = way(setting), unpacked(answer.body)
    wrong = [attempt(setting, partial(receive, raw, asked)) for raw in messages(answer.body, found)]
    lost, is_whole = follow(setting, row, asked, Linked(answer.url, found.links, is_over))
    error = next(filter(None, wrong), feeds.LinksFailed.code if lost else "")
    headers = answer.headers if is_whole and not error else {}
    feeds.mark_answered(row, now, etag=headers.get("etag", ""), modified=headers.get("last-modified", ""), error=error)


def fetch(setting: FeedSetting, url: str, most: int, headers: Mapping[str, str]) -> http.Response:
    """One GET to one of the hosts that the city named; FeedRefused for any other status than 200 and 304."""
    answer = http.fetch(
        url, guard=Guard(open_hosts=frozenset(settings.OPEN_HOSTS), ca_file=settings.CA_FILE or None),
        allowed_hosts=setting.hosts, headers=headers, max_bytes=most, timeout_s=TIMEOUT_S,
    )  # fmt: skip
    if answer.status not in {200, 304}:
        raise feeds.FeedRefused(status=answer.status)
    return answer


def unpacked(body: bytes) -> container.Container:
    """The document taken apart; FeedUnreadable when it holds no alerts and is no feed."""
    try:
        return container.unpack(body)
    except guard.Refused as err:
        raise feeds.FeedUnreadable(why=err.code) from err


def messages(body: bytes, found: container.Container) -> list[bytes]:
    """The alerts inside a document, each as bytes; those of a message that came alone are its own."""
    return [body if found.kind == "message" else container.to_bytes(alert) for alert in found.alerts]


@dataclass(frozen=True, slots=True)
class Linked:
    """The links of a feed that was read at `url`."""

    url: str
    links: tuple[container.Link, ...]
    is_over: IsOver


def follow(setting: FeedSetting, row: Feed, asked: Way, linked: Linked) -> tuple[int, bool]:
    """Fetch what a feed links to and was not taken before, first what was never tried. How many failed, and whether
    none is left for the next poll."""
    links = [(urljoin(linked.url, link.href), link.updated or "") for link in linked.links]
    usable = [link for link in links if len(link[0].encode()) <= feeds.HREF]
    lost, begun = len(links) - len(usable), time.monotonic()
    for number, link in enumerate(feeds.open_links(row, usable)):
        is_late = number > 0 and time.monotonic() - begun > LINKS_S
        if number == LINKS or is_late or linked.is_over():
            return lost, False
        error = attempt(setting, partial(take_linked, setting, link[0], asked))
        feeds.mark_fetched(row, link, error)
        lost += bool(error)
    return lost, True


def take_linked(setting: FeedSetting, href: str, asked: Way) -> None:
    """Fetch and receive one linked message."""
    receive(fetch_message(setting, href), asked)


def fetch_message(setting: FeedSetting, href: str) -> bytes:
    """The bytes behind a link. Broken XML is a message that a person should see; an error page is none."""
    body = fetch(setting, href, MESSAGE_BYTES, http.NO_HEADERS).body
    try:
        guard.parse(body)
    except guard.Refused as err:
        if err.code in NO_MESSAGE:
            raise feeds.FeedUnreadable(why=err.code) from err
    return body


def way(setting: FeedSetting) -> Way:
    """What is asked of messages of this feed."""
    return Way(
        name=f"feed:{setting.name}", profile=setting.profile, senders=frozenset(setting.senders),
        pinned=pinned(setting.certificate),
    )  # fmt: skip


def pinned(file: Path | None) -> tuple[signature.Pinned, ...]:
    """What a PEM file pins; CertificateUnreadable when that is nothing: unsigned is not what the city asked for."""
    if file is None:
        return ()
    try:
        return signature.read_pins(file.read_bytes())
    except (OSError, ValueError) as err:
        raise feeds.CertificateUnreadable(file=file.name) from err
