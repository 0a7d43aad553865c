"""Pages of calls: what is happening now, what is over, and each message's own page, in every language of the city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.calls.state import Severity
from beffroi.delivery.shelves import Sheet
from beffroi.lib import clock
from beffroi.web import frame, paths, picture, sight
from beffroi.web.language import own_name

HTML: Final = "text/html; charset=utf-8"
PAST: Final = 200
"""Events on the page of what is over."""


class Pages:
    """Everything that residents read."""

    def sheets(self, call: Call | None) -> Iterator[Sheet]:
        """The pages that a change of `call` shows on; all of them without one."""
        events = [sight.chain(call)] if call is not None else every_event()
        languages = city.current().languages
        for language in languages:
            with translation.override(language):
                for event in events:
                    yield from (alert(message, event, language) for message in event)
                yield now(language)
                yield past(language)


def every_event() -> list[list[Call]]:
    """Every event that ever began, each with its messages in order."""
    rows = Call.objects.filter(issued_at__isnull=False).defer("ranges", "signed").order_by("number")
    found: dict[int, list[Call]] = {}
    for row in rows:
        found.setdefault(row.root_id or row.pk, []).append(row)
    return list(found.values())


def page(template: str, path: str, language: str, context: dict[str, Any], here: str = "") -> Sheet:
    """One page. `path` is its address after the language."""
    context["frame"] = frame.build(language, path=path, here=here)
    return Sheet(f"/{language}/{path}", HTML, render_to_string(template, context).encode())


def alert(call: Call, event: list[Call], language: str) -> Sheet:
    """A message's own page."""
    seen = sight.see(call, language)
    standing = sight.standing(call, event, clock.now())
    newest = sight.see(event[-1], language)
    shown = "unknown" if standing in {"replaced", "ended", "expired"} and not call.is_exercise else seen.sev
    context = {
        "sight": seen, "standing": standing, "newest": newest, "own_name": own_name(seen.language),
        "places": seen.places if ", ".join(seen.places) != seen.where else [],
        "said": [step(one, call, language) for one in reversed(event)],
        "map": picture.draw([(area.shape_of(call.area), shown)], language), "map_shapes": paths.shape(call),
        "map_label": translation.gettext("Map of the area. All places in it are listed beside the map."),
        "message": paths.message(call), "figures": paths.figures(call, language), "contact": city.current().cap.contact,
    }  # fmt: skip
    return page("public/alert.html", f"alert/{call.public_id}/", language, context)


def step(one: Call, here: Call, language: str) -> dict[str, Any]:
    """A line of what was said and when."""
    seen = sight.see(one, language)
    return {
        "what": sight.said(one), "sev": seen.sev, "since": seen.since, "href": seen.href, "headline": seen.headline,
        "language": seen.language, "is_foreign": seen.is_foreign, "is_this": one.pk == here.pk,
        "is_by_two": one.authority == "two_people",
    }  # fmt: skip


def live_calls() -> tuple[list[Call], list[Call]]:
    """What the now page shows: live alerts, worst first and then newest; and closing messages, newest first. No
    exercise."""
    rows = list(Call.objects.filter(state="live", status="Actual").defer("ranges", "signed").order_by("-issued_at"))
    live = sorted((row for row in rows if row.ending is None), key=lambda row: -Severity(row.severity).rank)
    return live, [row for row in rows if row.ending is not None]


def now(language: str) -> Sheet:
    """What is happening now."""
    live, over = live_calls()
    last = (
        Call.objects.filter(ending__isnull=False, status="Actual", issued_at__isnull=False)
        .order_by("-issued_at")
        .first()
    )
    shapes = [(area.shape_of(call.area), sight.sign(call)) for call in reversed(live)]
    drawn = picture.draw(shapes, language)
    context = {
        "live": [sight.see(call, language) for call in live], "over": [sight.see(call, language) for call in over],
        "last": sight.moment(last.issued_at) if last else None, "past": paths.past(language),
        "map": drawn, "map_shapes": paths.LIVE,
        "map_label": translation.gettext("Map of live alerts. The same places are in the list."),
        "legend": [
            {"sev": name.lower(), "word": word} for name, word in sight.SEVERITIES.items()
            if drawn is not None and name.lower() in drawn.severities
        ],
    }  # fmt: skip
    return page("public/now.html", "", language, context, here="now")


def past(language: str) -> Sheet:
    """What is over."""
    closings = (
        Call.objects.filter(ending__isnull=False, status="Actual", issued_at__isnull=False)
        .select_related("root").defer("ranges", "signed", "root__ranges", "root__signed").order_by("-issued_at")[:PAST]
    )  # fmt: skip
    events = [
        {
            "first": sight.see(closing.first, language), "last": sight.see(closing, language), "count": closing.number,
            "worst": sight.SEVERITIES[closing.first.severity],
        }
        for closing in closings
    ]  # fmt: skip
    return page("public/past.html", "past/", language, {"events": events}, here="past")


PUBLISHER: Final = Pages()
