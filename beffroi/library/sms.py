"""SMS: the two alphabets of 3GPP TS 23.038, letters reduced to the cheaper one, and how many parts a text takes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Letters that take two places: an escape and themselves."""

REDUCED: Final = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "\u00a0": " ", "\u202f": " ", "·": ".", "œ": "oe", "Œ": "OE", "º": "o", "ª": "a",
}  # fmt: skip
"""What has no accent to drop. The no-break spaces alone would turn a whole SMS into UCS-2 and double its price."""

SINGLE: Final = {"GSM-7": 160, "UCS-2": 70}
PART: Final = {"GSM-7": 153, "UCS-2": 67}
"""Places in one of several parts: the rest holds their numbers."""


@dataclass(frozen=True, slots=True)
class Size:
    """How a text travels: its alphabet, the places it takes, the parts that are paid for."""

    encoding: Literal["GSM-7", "UCS-2"]
    places: int
    segments: int


def fit(text: str) -> str:
    """The text without the accents that GSM-7 lacks, where the whole of it then takes fewer parts; else as it is."""
    reduced = "".join(_reduce(letter) for letter in unicodedata.normalize("NFC", text))
    return reduced if _is_gsm(reduced) and measure(reduced).segments < measure(text).segments else text


def measure(text: str) -> Size:
    """Alphabet, places and parts of a text as it is written; nothing is reduced."""
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if _is_gsm(text) else "UCS-2"
    costs = [_cost(letter, encoding) for letter in text]
    places = sum(costs)
    if places <= SINGLE[encoding]:
        return Size(encoding, places, 1)
    segments, room = 1, PART[encoding]
    for cost in costs:  # an escape and its letter, or the two halves of an emoji, stay in one part
        if cost > room:
            segments, room = segments + 1, PART[encoding]
        room -= cost
    return Size(encoding, places, segments)


def _is_gsm(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENSION for letter in text)


def _cost(letter: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if letter in EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _reduce(letter: str) -> str:
    if letter in BASIC or letter in EXTENSION:
        return letter
    return REDUCED.get(letter) or unicodedata.normalize("NFD", letter)[0]
