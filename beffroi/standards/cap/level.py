"""How serious a warning is by its agency's own level, and whether a message may reach the public at all.

MeteoAlarm: parameter `awareness_level` = `2; yellow; Moderate` (1 green, 2 yellow, 3 orange, 4 red).
AEMET: eventCode, parameter or geocode `AEMET-Meteoalerta nivel` = verde, amarillo, naranja, rojo.
Green says that no warning is in force: such a message is never delivered as one.
"""

from __future__ import annotations

from typing import Literal

from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.model import Alert, Info

Colour = Literal["green", "yellow", "orange", "red"]

COLOURS: tuple[Colour, ...] = ("green", "yellow", "orange", "red")
SEVERITY_OF: dict[Colour, str] = {"green": "Minor", "yellow": "Moderate", "orange": "Severe", "red": "Extreme"}
AEMET: dict[str, Colour] = {"verde": "green", "amarillo": "yellow", "naranja": "orange", "rojo": "red"}
NAMES = ("awareness_level", "aemet-meteoalerta nivel")
LENGTHS = tuple(map(len, NAMES))


def level_values(info: Info) -> tuple[str, ...]:
    """What the info block says about its level, as it is written there."""
    pairs = info.parameter + info.eventCode
    return tuple([value for name, value in pairs if len(name) in LENGTHS and name.lower() in NAMES])


def read_level(value: str) -> frozenset[Colour]:
    """The colours that one level value names by number or by word: exactly one where it is sound."""
    words = [word.strip().lower() for word in value[:100].split(";")]
    found: set[Colour] = {colour for colour in COLOURS if colour in words}
    found |= {AEMET[word] for word in words if word in AEMET}
    if words[0] in {"1", "2", "3", "4"}:
        found.add(COLOURS[int(words[0]) - 1])
    return frozenset(found)


def colour_of(info: Info) -> Colour | None:
    """The level of an info block: the worst that it names, None where it names none."""
    found = {colour for value in level_values(info) for colour in read_level(value)}
    return max(found, key=COLOURS.index, default=None)


def is_deliverable(alert: Alert) -> bool:
    """True when status, scope, msgType and level allow the message to reach the public.

    Actual and Public only (CAP 1.2, section 3.2.1). An Alert or Update needs an info block whose level is not green;
    a Cancel needs none, since it goes to those who were reached before. What has no identity can never be
    withdrawn and is not delivered either. Time and place are not looked at.
    """
    if alert.status != "Actual" or alert.scope != "Public":
        return False
    if not alert.identifier or not alert.sender or alert.sent == UNKNOWN_SENT:
        return False
    if alert.msgType == "Cancel":
        return True
    return alert.msgType in {"Alert", "Update"} and any(colour_of(info) != "green" for info in alert.info)
