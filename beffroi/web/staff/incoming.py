"""What comes in: warnings that stand, messages that a person must look at, and feeds that have gone silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from beffroi.calls.state import Severity
from beffroi.crisis import actions as crisis
from beffroi.crisis import select
from beffroi.crisis.feeds import polling
from beffroi.crisis.models import Message
from beffroi.lib import clock
from beffroi.lib.text import clean_line, laid_open
from beffroi.standards.cap.read import check
from beffroi.web.doors import opens
from beffroi.web.staff import words
from beffroi.web.staff.alarms import Alarm
from beffroi.web.staff.page import page

SHOWN: Final = 20
LINE, WHERE = 160, 1000
"""Characters of a stranger's title, name or area that are shown; all of it stands below "as it came"."""


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
    lines = [line(message) for message in select.standing(clock.now())[:SHOWN]]
    return sorted(lines, key=lambda one: -Severity(one.sev.capitalize()).rank)


def held() -> list[Incoming]:
    """Messages that wait for a person, newest first."""
    return [line(message) for message in select.held()[:SHOWN]]


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
    title, source = info.headline or info.event, info.senderName or alert.sender
    return worst.severity, clean_line(title, limit=LINE), clean_line(where, limit=WHERE), clean_line(source, limit=LINE)


def alarms(now: datetime) -> list[Alarm]:
    """A feed that says nothing is a state of its own: unknown is not zero."""
    return [Alarm(sev="severe", text=complaint(one.feed, one.why), since=one.since) for one in polling.alarms(now)]


def complaint(feed: str, why: str) -> str:
    """What is wrong with a feed, in a sentence."""
    if why == polling.SILENT:
        return _("Feed %(name)s is silent. What it would say is unknown, not nothing.") % {"name": feed}
    return _("Feed %(name)s: something cannot be read (%(error)s). What it says is unknown, not nothing.") % {
        "name": feed, "error": why,
    }  # fmt: skip


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
        "raw": laid_open(bytes(message.raw).decode("utf-8", "replace")),
        "is_held": bool(message.held) and message.settled_at is None,
    }
    return page(request, "staff/warning.html", context, at="desk")


@opens("warning.settle")
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """A person has looked at it."""
    crisis.settle(request.user, number, note=request.POST.get("note", ""))  # type: ignore[arg-type]
    return redirect("desk")
