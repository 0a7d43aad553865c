"""What a careful officer sends from the composer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beffroi.lib import clock


def form(**changes: Any) -> dict[str, Any]:
    """A severe flood in the north-western quarter, for two hours, in French."""
    ends = (clock.now() + timedelta(hours=2)).astimezone(ZoneInfo("Europe/Paris"))
    filled: dict[str, Any] = {
        "status": "Actual", "hazard": "flood", "severity": "Severe", "urgency": "Immediate", "certainty": "Likely",
        "responseType": ["Shelter", "Avoid"], "expires": ends.strftime("%Y-%m-%dT%H:%M"), "onset": "",
        "places": ["QUARTER nw"], "zones": "", "polygons": "", "circles": "", "headline.fr": "Montez à l'étage",
        "instruction.fr": "Montez.\nLaissez la voiture.", "description.fr": "", "step": "save",
    }  # fmt: skip
    return filled | {name.replace("__", "."): value for name, value in changes.items()}
