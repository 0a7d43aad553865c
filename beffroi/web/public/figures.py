"""The public account of one call: each figure under its question, a chart, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from beffroi import city
from beffroi.calls.actions import CallNotFound
from beffroi.calls.models import Call
from beffroi.evaluation import figures
from beffroi.web import language as languages
from beffroi.web import paths
from beffroi.web.doors import public

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 400, 228, 46, 22, 394, 196
"""The chart's box and its inner frame, as in the visual language: drawn 400 wide, phone first."""
FRACTIONS = (0, 25, 50, 75, 100)
HEADS = {
    "owed": gettext_lazy("For"),
    "accepted": gettext_lazy("Accepted"),
    "gone": gettext_lazy("No longer there"),
    "failed": gettext_lazy("Failed"),
    "stale": gettext_lazy("Too late to send"),
    "waiting": gettext_lazy("Waiting"),
}
CHANNELS = {"webpush": gettext_lazy("Push"), "email": gettext_lazy("E-mail")}


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's curve; `style` b is dashed."""

    name: str
    style: str
    path: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Share of messages accepted over the seconds after the issue."""

    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    said: str


@require_safe
@public
def page(request: HttpRequest, language: str, public_id: str) -> HttpResponse:
    """The figures of a sent call; a call that was not sent has none, and is not known here."""
    call = Call.objects.select_related("root", "follows").filter(public_id=public_id, issued_at__isnull=False).first()
    if call is None:
        raise CallNotFound(call=public_id)
    found = figures.of_call(call)
    own = language if language in call.texts else call.languages[0]
    values: dict[str, Any] = {
        "call": call,
        "headline": call.texts[own]["headline"],
        "text_language": own,
        "found": found,
        "steps": [
            (step.name, moment(step.at), figures.lasting(step.after_s) if step.after_s else "") for step in found.steps
        ],
        "chart": chart(call, found),
        "heads": [HEADS[name] for name in found.columns],
        "rows": [
            (
                CHANNELS.get(row.channel, row.channel),
                languages.own_name(row.language),
                [(HEADS[name], getattr(row, name)) for name in found.columns],
            )
            for row in found.shown
        ],
        "event": [(one, paths.figures(one, language)) for one in chain(call)],
        "alert": paths.alert(call, language),
        "is_running": any(row.waiting for row in found.rows),
    }
    return render(request, "public/figures.html", values)


def chain(call: Call) -> list[Call]:
    """Every sent message of the event, in order."""
    first = call.first
    return [first, *first.chain.filter(issued_at__isnull=False).order_by("number", "pk")]


def moment(at: datetime) -> tuple[str, str]:
    """ISO form, and clock time with tenths of seconds: the steps of a good day lie within one second."""
    local = at.astimezone(ZoneInfo(city.current().timezone))
    return local.isoformat(timespec="milliseconds"), f"{local:%H:%M:%S}.{local.microsecond // 100_000}"


def chart(call: Call, found: figures.Figures) -> Chart | None:
    """The chart, when there is something to draw."""
    owed: dict[str, int] = {}
    for row in found.rows:
        owed[row.channel] = owed.get(row.channel, 0) + row.owed
    curves = {channel: figures.curve(call, channel) for channel in owed}
    longest = max((points[-1][0] for points in curves.values() if points), default=0)
    if longest == 0:
        return None
    width = round_up(longest)
    lines = [
        drawn(channel, points, owed[channel], width, "b" if number else "")
        for number, (channel, points) in enumerate(sorted(curves.items(), key=lambda item: -owed[item[0]]))
        if points
    ]
    return Chart(
        lines=lines,
        across=[Tick(x_of(width * part / 4, width), f"{width * part / 4:g} s") for part in range(5)],
        up=[Tick(y_of(share / 100), f"{share} %") for share in FRACTIONS],
        said=_(
            "Line chart: share of messages accepted, over the seconds after the decision. The numbers are in the table."
        ),
    )


def drawn(channel: str, points: list[tuple[float, int]], owed: int, width: float, style: str) -> Line:
    """A stepped path: what is recorded at the end of a shard was true from then on."""
    path = [f"M{x_of(0, width):.1f} {y_of(0):.1f}"]
    for seconds, accepted in points:
        path.append(f"H{x_of(seconds, width):.1f}")
        path.append(f"V{y_of(accepted / owed):.1f}")
    share = 100 * points[-1][1] / owed
    return Line(f"{CHANNELS.get(channel, channel)} {figures.number(share, 1)} %", style, "".join(path))


def round_up(seconds: float) -> float:
    """The next width that divides into four round parts."""
    step = 1.0
    while True:
        for factor in (1, 2, 4, 8):
            if seconds <= factor * step:
                return factor * step
        step *= 10


def x_of(seconds: float, width: float) -> float:
    """Seconds on the page."""
    return LEFT + (RIGHT - LEFT) * seconds / width


def y_of(share: float) -> float:
    """A share from 0 to 1 on the page."""
    return BOTTOM - (BOTTOM - TOP) * share
