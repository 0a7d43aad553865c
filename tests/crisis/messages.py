"""CAP messages of the town's weather service, valid ones and such as should never be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from beffroi.crisis.intake import Way, receive
from beffroi.crisis.models import Message
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.write import write

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
SENDER, REGION, STRANGER = "weather@feeds.example", "region@feeds.example", "stranger@elsewhere.example"
STRICT, TOLERANT = Way(name="command"), Way(name="command", profile="tolerant")
NORTH_WEST = ((49.001, 1.975), (49.001, 1.995), (49.019, 1.995), (49.019, 1.975), (49.001, 1.975))


def at(minute: int) -> datetime:
    """So many minutes after BEGIN."""
    return BEGIN + timedelta(minutes=minute)


def area(**changes: Any) -> cap.Area:
    """The north-western quarter, but for what is given."""
    return cap.Area(**({"areaDesc": "Nord-Ouest", "polygon": (NORTH_WEST,)} | changes))


def info(**changes: Any) -> cap.Info:
    """A severe flood in French, for six hours."""
    values: dict[str, Any] = {
        "language": "fr", "category": ("Met",), "event": "Inondation", "urgency": "Immediate", "severity": "Severe",
        "certainty": "Likely", "expires": at(6 * 60), "headline": "Crue de la rivière", "instruction": "Montez.",
        "area": (area(),),
    }  # fmt: skip
    return cap.Info(**(values | changes))


def alert(name: str, minute: int = 0, **changes: Any) -> cap.Alert:
    """An Alert to the public; `refs` are the earlier messages that it is about."""
    refs: tuple[cap.Alert, ...] = changes.pop("refs", ())
    values: dict[str, Any] = {
        "identifier": name, "sender": SENDER, "sent": at(minute), "status": "Actual", "msgType": "Alert",
        "scope": "Public", "references": tuple(earlier.key for earlier in refs), "info": (info(),),
    }  # fmt: skip
    return cap.Alert(**(values | changes))


def update(name: str, minute: int, *refs: cap.Alert, **changes: Any) -> cap.Alert:
    """An Update of these."""
    return alert(name, minute, msgType="Update", refs=refs, **changes)


def cancel(name: str, minute: int, *refs: cap.Alert, **changes: Any) -> cap.Alert:
    """A Cancel of these; real ones have no info."""
    return alert(name, minute, msgType="Cancel", refs=refs, **({"info": ()} | changes))


def green(message: cap.Alert) -> cap.Alert:
    """The same in MeteoAlarm's green: no warning."""
    level = (("awareness_level", "1; green; Minor"), ("awareness_type", "12; flooding"))
    return replace(message, info=tuple(replace(one, parameter=level, severity="Minor") for one in message.info))


def take(message: cap.Alert | bytes, way: Way = STRICT) -> Message:
    """Receive it, and read back what was stored."""
    raw = message if isinstance(message, bytes) else write(message)
    return Message.objects.get(pk=receive(raw, way).pk)
