"""What comes in: warnings that stand, messages that a person must look at, and feeds that have gone silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from beffroi import city
from beffroi.calls.state import Severity
from beffroi.crisis import actions as crisis
from beffroi.crisis.chain import Standing
from beffroi.crisis.models import Feed, Message
from beffroi.standards.cap.read import check
from beffroi.web.doors import opens
from beffroi.web.staff import words
from beffroi.web.staff.alarms import Alarm
from beffroi.web.staff.page import page

SHOWN: Final = 20
SILENT: Final = 3
"""A feed that has not answered for so many of its turns is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message as the desk shows it: what it says, who says it, until when, and the call that it became."""

    message: Message
    sev: str
    title: str
    where: str
    source: str
    why: str

    @property
    def draft(self) -> str:
        """Public id of the call."""
        return self.message.call.public_id if self.message.call else ""


def standing() -> list[Incoming]:
    """Warnings that stand now, worst first, then newest."""
    found = Message.objects.filter(standing=Standing.LIVE, is_deliverable=True, held="").select_related("call")
    lines = [line(message) for message in found.order_by("-received_at")[:SHOWN]]
    return sorted(lines, key=lambda one: -Severity(one.sev.capitalize()).rank)


def held() -> list[Incoming]:
    """Messages that wait for a person, newest first."""
    found = Message.objects.exclude(held="").filter(settled_at=None).select_related("call")
    return [line(message) for message in found.order_by("-received_at")[:SHOWN]]


def line(message: Message) -> Incoming:
    """The line of a message: from its worst info, in the reader's language if it has it."""
    severity, title, where, source = glimpse(message.pk, bytes(message.raw), get_language() or "")
    return Incoming(
        message=message, sev=severity.lower(), title=title or message.identifier or _("A message that cannot be read"),
        where=where, source=source or message.sender or message.way,
        why=str(words.HELD.get(message.held, message.held)),
    )  # fmt: skip


@lru_cache(maxsize=256)
def glimpse(_pk: int, raw: bytes, language: str) -> tuple[str, str, str, str]:
    """Severity, title, area and source of a message; its bytes never change, so each is read once a process."""
    alert = check(raw, profile="tolerant").alert
    if alert is None or not alert.info:
        return Severity.UNKNOWN, "", "", ""
    worst = min(alert.info, key=lambda info: list(Severity).index(Severity(info.severity)))
    info = next(
        (one for one in alert.info if one.language.lower().partition("-")[0] == language.partition("-")[0]), worst
    )
    where = "; ".join(dict.fromkeys(part.areaDesc for part in info.area))
    return worst.severity, info.headline or info.event, where, info.senderName or alert.sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """One feed: when it last answered, and whether that is too long ago."""

    name: str
    answered_at: datetime | None
    error: str
    is_silent: bool


def feeds(now: datetime) -> list[Pulse]:
    """Every feed of city.toml."""
    known: dict[str, Any] = {row.name: row for row in Feed.objects.all()}
    return [pulse(setting, known.get(setting.name), now) for setting in city.current().feed]


def pulse(setting: Any, row: Feed | None, now: datetime) -> Pulse:
    """How one feed is."""
    answered = row.answered_at if row else None
    is_late = answered is None or now - answered > timedelta(seconds=SILENT * setting.every_s + 30)
    return Pulse(name=setting.name, answered_at=answered, error=row.error if row else "", is_silent=is_late)


def alarms(now: datetime) -> list[Alarm]:
    """A feed that says nothing is a state of its own: unknown is not zero."""
    return [
        Alarm(
            sev="severe",
            text=_("Feed %(name)s is silent. What it would say is unknown, not nothing. %(error)s")
            % {"name": one.name, "error": one.error},
            since=one.answered_at,
        )
        for one in feeds(now)
        if one.is_silent
    ]


@opens("warning.read")
@require_GET
def show(request: HttpRequest, number: int) -> HttpResponse:
    """A received message: its bytes as they came, what was found in it, what became of it."""
    message = Message.objects.select_related("call").filter(pk=number).first()
    if message is None:
        raise crisis.MessageNotFound(message=number)
    context = {
        "line": line(message),
        "message": message,
        "findings": message.findings,
        "raw": bytes(message.raw).decode("utf-8", "replace"),
        "is_held": bool(message.held) and message.settled_at is None,
    }
    return page(request, "staff/warning.html", context, at="desk")


@opens("warning.settle")
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """A person has looked at it."""
    crisis.settle(request.user, number, note=request.POST.get("note", ""))  # type: ignore[arg-type]
    return redirect("desk")
