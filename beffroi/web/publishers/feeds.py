"""What programs read: signed CAP messages byte for byte, feeds in Atom and JSON, shapes as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db.models import Max
from django.utils import translation

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.delivery.editions import address
from beffroi.delivery.shelves import Sheet
from beffroi.lib import clock, keys
from beffroi.standards import atom
from beffroi.standards.cap.model import Reference
from beffroi.web import paths, sight
from beffroi.web.publishers.pages import live_calls

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
ATOM: Final = "application/atom+xml; charset=utf-8"
NEWEST: Final = 100
"""Messages in a feed. Each keeps its own address for ever."""
NOTHING_YET: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What is empty was never changed."""


class Feeds:
    """Everything that programs read about calls."""

    def sheets(self, call: Call | None) -> Iterator[Sheet]:
        """The feeds, and what belongs to `call` (without one: to every call)."""
        if call is None:
            certificate = keys.current().certificate.public_bytes(Encoding.PEM)
            yield Sheet("/cap/certificate.pem", "application/x-pem-file", certificate)
        yield from messages(call)
        yield feed("/feed.atom", "Actual")
        yield feed("/exercise/feed.atom", "Exercise")
        yield live()
        yield shapes()


def messages(call: Call | None) -> Iterator[Sheet]:
    """Signed bytes as they are, and the shape beside them."""
    rows = Call.objects.filter(issued_at__isnull=False).defer("ranges")
    for row in rows if call is None else rows.filter(pk=call.pk):
        yield Sheet(paths.message(row), atom.CAP_TYPE, bytes(row.signed or b""))
        yield Sheet(paths.shape(row), GEOJSON, dump(collection([row])))


def dump(value: dict[str, Any]) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def words(call: Call) -> dict[str, str]:
    """What a call says where there is room for one language: the city's first that it has."""
    return call.texts[sight.tongue(call, city.current().languages[0])]


def collection(calls: list[Call]) -> dict[str, Any]:
    """Areas as GeoJSON."""
    features = [
        {
            "type": "Feature", "geometry": call.area["geometry"],
            "properties": {"id": call.public_id, "sev": sight.sign(call), "headline": words(call)["headline"]},
        }
        for call in calls
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def feed(path: str, status: str) -> Sheet:
    """One entry a message, newest first (OASIS, CAP Feeds)."""
    town = city.current()
    first = town.languages[0]
    rows = list(
        Call.objects.filter(issued_at__isnull=False, status=status)
        .defer("ranges", "signed")
        .order_by("-sent", "-pk")[:NEWEST]
    )
    with translation.override(first):
        title = translation.gettext("Alerts") if status == "Actual" else translation.gettext("Exercises")
    body = atom.write(atom.Feed(
        id=f"{settings.BASE_URL}{path}", self_href=f"{settings.BASE_URL}{path}", lang=first,
        title=f"{town.name[first]}: {title}", author=town.cap.sender_name[first], rights=town.cap.sender_name[first],
        updated=max((row.sent for row in rows if row.sent), default=NOTHING_YET), entries=[entry(row) for row in rows],
    ))  # fmt: skip
    return Sheet(path, ATOM, body)


def entry(call: Call) -> atom.Entry:
    """One message in the feed."""
    text = words(call)
    sent = call.sent
    assert isinstance(sent, datetime)
    return atom.Entry(
        key=Reference(sender=city.current().cap.sender, identifier=call.identifier or "", sent=sent),
        href=f"{settings.BASE_URL}{paths.message(call)}", title=text["headline"],
        summary=text.get("instruction") or None,
        category=tuple(call.category),
    )  # fmt: skip


def live() -> Sheet:
    """Live alerts in a small JSON (docs/feeds.md): for screens, apps and other pages."""
    calls, _over = live_calls()
    body = {
        "version": 1,
        "updated": clock.format(changed_at()),
        "alerts": [described(call) for call in calls],
    }
    return Sheet("/feed.json", JSON, dump(body))


def changed_at() -> datetime:
    """When an alert last began or ended: publishing the same again changes no byte."""
    times = Call.objects.filter(status="Actual").aggregate(begun=Max("issued_at"), over=Max("ended_at"))
    return max((time for time in times.values() if time), default=NOTHING_YET)


def described(call: Call) -> dict[str, Any]:
    """One alert of the JSON feed. CAP's own names and words."""
    assert call.sent is not None
    return {
        "id": call.public_id, "event_id": call.first.public_id, "identifier": call.identifier, "msgType": call.msgType,
        "sent": clock.format(call.sent), "expires": clock.format(call.expires), "severity": call.severity,
        "urgency": call.urgency, "certainty": call.certainty, "category": call.category,
        "responseType": call.responseType, "languages": [
            {"language": language, **text, "areaDesc": area.described(call.area, language), "web": address(call,
            language)}
            for language, text in call.texts.items()
        ],
        "cap": f"{settings.BASE_URL}{paths.message(call)}", "geojson": f"{settings.BASE_URL}{paths.shape(call)}",
    }  # fmt: skip


def shapes() -> Sheet:
    """All live areas on one map."""
    calls, _over = live_calls()
    return Sheet(paths.LIVE, GEOJSON, dump(collection(list(reversed(calls)))))


PUBLISHER: Final = Feeds()
