"""What is wrong right now and needs a person: shown on the desk until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Func, IntegerField, Min, Q
from django.utils.translation import gettext as _

from beffroi.calls.models import Call
from beffroi.calls.state import PAGE_S
from beffroi.delivery.batch import MANY
from beffroi.delivery.models import Note, Shard
from beffroi.web.staff import page, words

STUCK_S: Final = 30
"""A waiting shard that nobody has taken for so long means that no worker runs, or far too few."""

LATE_TRIES: Final = 4
"""About two minutes after the first try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that is wrong: how grave, since when, and where to go (empty: nowhere)."""

    sev: str
    text: str
    since: datetime | None
    call: str = ""


def standing(now: datetime) -> list[Alarm]:
    """Everything that is wrong now, gravest first."""
    return [*stuck(now), *resting(now), *ending(now), *unsent_pages()]


def stuck(now: datetime) -> list[Alarm]:
    """Messages that should be leaving and are not."""
    late = now - timedelta(seconds=STUCK_S)
    free = Q(leased_until=None) | Q(leased_until__lt=late)
    due = Q(retry_at=None) | Q(retry_at__lt=late)
    idle = Shard.objects.filter(free, due, state="waiting", call__issued_at__lt=late)
    since = idle.aggregate(since=Min("call__issued_at"))["since"]
    if since is None:
        return []
    return [
        Alarm(sev="extreme", text=_("Messages are waiting and nothing sends them. Is a worker running?"), since=since)
    ]


def resting(now: datetime) -> list[Alarm]:
    """Channels whose other end fails as a whole: shards put aside, or of which most recipients wait for another try."""
    waiting = Shard.objects.filter(state="waiting", retry_at__gt=now, call__state="live").annotate(
        trying=Func(F("held"), function="jsonb_array_length", output_field=IntegerField())
    )
    failing = waiting.filter(Q(cursor__lt=F("size")) | Q(trying__gte=MANY, trying__gt=F("size") / 2))
    text = _(
        "Messages wait: %(channel)s cannot be reached or refuses most of them. They are tried again by themselves."
    )
    return [
        Alarm(
            sev="severe", text=text % {"channel": words.CHANNEL.get(one["channel"], one["channel"])}, since=one["since"]
        )
        for one in failing.values("channel").annotate(since=Min("call__issued_at")).order_by("channel")
    ]


def ending(now: datetime) -> list[Alarm]:
    """Calls that end soon: renew them, or say that it is over."""
    soon = Call.objects.filter(state="live", ending=None, expires__gt=now, expires__lte=now + timedelta(seconds=PAGE_S))
    return [
        Alarm(
            sev=page.look(call),
            text=_("This call ends soon. Renew it or give the all-clear: %(headline)s")
            % {"headline": page.text_of(call)["headline"]},
            since=call.expires,
            call=call.public_id,
        )
        for call in soon.order_by("expires")
    ]


def unsent_pages() -> list[Alarm]:
    """Messages to staff and authorities that could not be delivered, or not yet after many tries."""
    failed = Q(state__in=["failed", "expired"]) | Q(state="waiting", tries__gte=LATE_TRIES)
    lost = Note.objects.filter(failed, purpose__in=["page", "inform"])
    count, since = lost.count(), lost.aggregate(since=Min("made_at"))["since"]
    if not count:
        return []
    text = _("%(count)s messages to staff or authorities could not be delivered.") % {"count": count}
    return [Alarm(sev="severe", text=text, since=since)]
