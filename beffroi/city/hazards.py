"""Which of the city's hazards an incoming CAP message speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from beffroi.city.model import City, Hazard


def recognise(city: City, pairs: Iterable[tuple[str, str]]) -> Hazard | None:
    """The first hazard of the city marked by one of CAP's pairs (eventCode and parameter: valueName, value), or None.

    A mark `awareness_type=12` means the pair of that name whose value is `12` up to its first semicolon, as in
    "12; flooding", whatever the case. None is an answer: an officer chooses, no rule guesses.
    """
    said = {(name.strip().lower(), value.split(";")[0].strip().lower()) for name, value in pairs}
    for hazard in city.hazard:
        for mark in hazard.incoming:
            name, value = mark.lower().split("=")
            if (name.strip(), value.strip()) in said:
                return hazard
    return None
