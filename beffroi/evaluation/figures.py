"""The public figures of a call: each with the question it answers. Nothing here names or counts fewer than FLOOR
people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Min, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from beffroi.calls.models import Call
from beffroi.delivery.models import Shard

FLOOR: Final = 10
"""Counts of people from 1 to 9 are told as "fewer than 10"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment on the way of a call, and how long after the one before."""

    name: str
    at: datetime
    after_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Deliveries on one channel in one language."""

    channel: str
    language: str
    owed: int
    accepted: int
    gone: int
    failed: int
    stale: int
    waiting: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A question, its figure, and a sentence that says what it counts."""

    name: str
    question: str
    big: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the page of a call's figures shows."""

    steps: list[Step]
    rows: list[Row]
    answers: list[Figure]
    reasons: list[tuple[str, str]]

    @property
    def columns(self) -> list[str]:
        """The counts that are not nought everywhere, and always the first two."""
        return [name for name in COUNTS if name in COUNTS[:2] or any(getattr(row, name) for row in self.rows)]

    @property
    def owed(self) -> int:
        """Subscriptions that this message was for."""
        return sum(row.owed for row in self.rows)

    @property
    def shown(self) -> list[Shown]:
        """The rows as the page shows them."""
        return [
            Shown(channel=row.channel, language=row.language, **{name: floored(getattr(row, name)) for name in COUNTS})
            for row in self.rows
        ]

    @property
    def accepted(self) -> int:
        """Taken by the channel."""
        return sum(row.accepted for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row in words, counts of people floored."""

    channel: str
    language: str
    owed: str
    accepted: str
    gone: str
    failed: str
    stale: str
    waiting: str


COUNTS: Final = ("owed", "accepted", "gone", "failed", "stale", "waiting")


def floored(count: int) -> str:
    """A count for a table cell."""
    return f"< {FLOOR}" if 0 < count < FLOOR else number(count)


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader's language writes it, with its thousands apart."""
    return str(number_format(value, decimals, use_l10n=True, force_grouping=True))


def people(counts: list[int]) -> str:
    """A sum of people in words. Where a part of it is hidden (fewer than FLOOR), the sum is told in tens: an exact one
    would give the hidden part away."""
    total = sum(counts)
    if total == 0:
        return _("nobody")
    if total < FLOOR:
        return _("fewer than %(floor)s") % {"floor": FLOOR}
    if any(0 < count < FLOOR for count in counts):
        return _("about %(count)s") % {"count": number(total - total % FLOOR)}
    return number(total)


def lasting(seconds: float) -> str:
    """A time span in words that can be read aloud."""
    if seconds < 10:
        return _("%(seconds)s seconds") % {"seconds": number(seconds, 1)}
    if seconds < 120:
        return _("%(seconds)s seconds") % {"seconds": round(seconds)}
    minutes = round(seconds / 60)
    if minutes < 120:
        return _("%(minutes)s minutes") % {"minutes": minutes}
    return _("%(hours)s hours %(minutes)s minutes") % {"hours": minutes // 60, "minutes": minutes % 60}


def steps(call: Call) -> list[Step]:
    """From the warning to the last delivery, in order; moments that did not happen are left out."""
    sent = Shard.objects.filter(call=call).aggregate(first=Min("first_at"), last=Max("last_at"))
    moments = [
        (_("Warning came in"), call.warned_at),
        (_("Draft was made"), call.drafted_at),
        (_("Handed to the second person"), None if call.authority == "closing" else call.submitted_at),
        (_("Approved and issued"), call.issued_at),
        (_("First message accepted"), sent["first"]),
        (_("Last message accepted"), sent["last"]),
        (_("Ended"), call.ended_at),
    ]
    found: list[Step] = []
    for name, at in moments:
        if at is not None:
            after = (at - found[-1].at) / timedelta(seconds=1) if found else None
            found.append(Step(name=name, at=at, after_s=after))
    return found


def rows(call: Call) -> list[Row]:
    """One row a channel and language."""
    grouped = (
        Shard.objects.filter(call=call)
        .values("channel", "language")
        .annotate(
            owed=Sum("size"),
            sum_accepted=Sum("accepted"),
            sum_gone=Sum("gone"),
            sum_failed=Sum("failed"),
            sum_stale=Sum("stale"),
            first=Min("first_at"),
            last=Max("last_at"),
        )
        .order_by("channel", "language")
    )
    return [
        Row(
            channel=g["channel"],
            language=g["language"],
            owed=g["owed"],
            accepted=g["sum_accepted"],
            gone=g["sum_gone"],
            failed=g["sum_failed"],
            stale=g["sum_stale"],
            waiting=g["owed"] - g["sum_accepted"] - g["sum_gone"] - g["sum_failed"] - g["sum_stale"],
            first_at=g["first"],
            last_at=g["last"],
        )
        for g in grouped
    ]


def curve(call: Call, channel: str) -> list[tuple[float, int]]:
    """Seconds after the issue and messages accepted by then, one point a shard: exact at the end of each shard."""
    done = Shard.objects.filter(call=call, channel=channel, last_at__isnull=False).order_by("last_at")
    points: list[tuple[float, int]] = []
    total = 0
    for last_at, accepted in done.values_list("last_at", "accepted"):
        total += accepted
        if call.issued_at is not None and last_at is not None:
            points.append(((last_at - call.issued_at).total_seconds(), total))
    return points


def reasons(call: Call) -> list[tuple[str, str]]:
    """Why messages were not accepted, most frequent first, counts floored."""
    totals: dict[str, int] = {}
    for found in Shard.objects.filter(call=call).values_list("reasons", flat=True):
        for reason, count in found.items():
            totals[reason] = totals.get(reason, 0) + count
    return [(reason, floored(count)) for reason, count in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]


def of_call(call: Call) -> Figures:
    """The figures of one message."""
    found, table = steps(call), rows(call)
    return Figures(steps=found, rows=table, answers=answers(call, table), reasons=reasons(call))


def answers(call: Call, table: list[Row]) -> list[Figure]:
    """The questions that a resident would ask, in the order in which they would: the figure, then the sentence."""
    owed, accepted = people([row.owed for row in table]), people([row.accepted for row in table])
    failed = people([row.failed for row in table])
    found = [Figure(
        name="reach", question=_("How many messages were accepted?"), big=accepted,
        answer=_("It was for %(owed)s. Failed: %(failed)s.") % {"owed": owed, "failed": failed},
    )]  # fmt: skip
    if call.issued_at is None:
        return found
    warned_at = call.warned_at if call.number == 1 else None  # of a later message that would be the age of the event
    if call.ending != "expired":  # there nobody decided
        found.append(Figure(
            name="decide", question=_("How long did the city take to decide?"),
            big=lasting((call.issued_at - (warned_at or call.drafted_at)).total_seconds()),
            answer=_("From the warning to the decision.") if warned_at else _("From the first draft to the decision."),
        ))  # fmt: skip
    first = min((row.first_at for row in table if row.first_at), default=None)
    last = max((row.last_at for row in table if row.last_at), default=None)
    if first is not None and last is not None:
        found.append(Figure(
            name="deliver", question=_("How long until the last message was accepted?"),
            big=lasting((last - call.issued_at).total_seconds()),
            answer=_("The first one after %(span)s.") % {"span": lasting((first - call.issued_at).total_seconds())},
        ))  # fmt: skip
    return found
