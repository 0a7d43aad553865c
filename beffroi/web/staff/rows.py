"""The desk's lists: one line a call, worst first, with how its delivery goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min, QuerySet, Sum

from beffroi.audience.select import FLOOR
from beffroi.calls.models import Call
from beffroi.calls.state import PENDING_S, Severity
from beffroi.delivery.models import Shard
from beffroi.web.staff import page, words

RECENT: Final = 10
RECENT_S: Final = 48 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one channel is."""

    channel: str
    owed: int
    accepted: int
    failed: int
    waiting: int
    first_s: float | None
    """Seconds from issue to the first message taken."""

    @property
    def percent(self) -> str:
        """Of those owed, how many were taken: never rounded up to 100."""
        share = 100 * self.accepted / self.owed if self.owed else 0
        return f"{min(share, 99.9):.1f}" if self.accepted < self.owed else "100"

    @property
    def is_few(self) -> bool:
        """Whether its counts could point at a person: then only the share is shown."""
        return self.owed < FLOOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call in a list."""

    call: Call
    look: str
    sign: str
    headline: str
    event: str
    where: str
    state: str
    dot: str
    people: str
    lapses_at: datetime | None
    progress: list[Progress]


def line(call: Call, progress: list[Progress] | None = None) -> Line:
    """The line of a call, in the reader's language."""
    text, (state, dot) = page.text_of(call), words.STATE[call.state]
    sent = progress or []
    return Line(
        call=call,
        look=page.look(call),
        sign=page.sign(call),
        headline=text["headline"],
        event=text["event"],
        where=page.where(call),
        state=str(state),
        dot=dot,
        people=words.people(floored(sum(one.owed for one in sent))),
        lapses_at=lapses_at(call),
        progress=sent,
    )


def floored(count: int) -> int:
    """A count that cannot point at a person."""
    return max(count, FLOOR) if count else 0


def lapses_at(call: Call) -> datetime | None:
    """When a call that waits for a second person lapses."""
    if call.state != "pending" or call.submitted_at is None:
        return None
    return min(call.submitted_at + timedelta(seconds=PENDING_S), call.expires)


def waiting() -> list[Line]:
    """Calls that wait for a second person."""
    return lines(Call.objects.filter(state="pending"))


def robots() -> list[Line]:
    """Drafts that came in by themselves and that nobody has taken yet."""
    return lines(Call.objects.filter(state="draft", author=None))


def drafts() -> list[Line]:
    """Drafts that somebody is writing."""
    return lines(Call.objects.filter(state="draft", author__isnull=False))


def live() -> list[Line]:
    """What stands now, with its delivery."""
    return lines(Call.objects.filter(state="live"), with_progress=True)


def recent(now: datetime) -> list[Line]:
    """What is over, refused, lapsed or taken back, newest first."""
    since = now - timedelta(seconds=RECENT_S)
    over = Call.objects.filter(state__in=["ended", "replaced", "refused", "lapsed", "withdrawn"], drafted_at__gte=since)
    return [line(call) for call in over.select_related("author", "approver").order_by("-pk")[:RECENT]]


def lines(calls: QuerySet[Call], *, with_progress: bool = False) -> list[Line]:
    """Worst first, then newest."""
    found = list(calls.select_related("author", "program", "approver"))
    found.sort(key=lambda call: (not call.is_exercise, Severity(call.severity).rank, call.pk), reverse=True)
    sent = progress(found) if with_progress else {}
    return [line(call, sent.get(call.pk)) for call in found]


def progress(calls: Iterable[Call]) -> dict[int, list[Progress]]:
    """Delivery of these calls by channel, from one query over their shards."""
    issued = {call.pk: call.issued_at for call in calls}
    rows = (
        Shard.objects.filter(call__in=issued)
        .values("call_id", "channel")
        .annotate(
            owed=Sum("size"),
            taken=Sum("accepted"),
            bad=Sum("failed"),
            out=Sum("gone"),
            late=Sum("stale"),
            first=Min("first_at"),
        )
        .order_by("call_id", "channel")
    )
    found: dict[int, list[Progress]] = {}
    for row in rows:
        begun = issued[row["call_id"]]
        done = row["taken"] + row["bad"] + row["out"] + row["late"]
        found.setdefault(row["call_id"], []).append(Progress(
            channel=str(words.CHANNEL.get(row["channel"], row["channel"])),
            owed=row["owed"], accepted=row["taken"], failed=row["bad"], waiting=row["owed"] - done,
            first_s=(row["first"] - begun).total_seconds() if row["first"] and begun else None,
        ))  # fmt: skip
    return found
