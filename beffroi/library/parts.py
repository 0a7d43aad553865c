"""The parts that a warning must have, and which of them a text lacks (docs/plain-words.md says what cannot be seen).

Mileti and Sorensen: source, hazard, place, time, instruction. The sixth, what the danger does to people, is for the
second person to judge: no list of words can see it, so it is never said to be there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from beffroi.library.model import ENDINGS, EXERCISE, Library
from beffroi.library.plain import WORD, sentences
from beffroi.library.read import load

Part = Literal["source", "hazard", "place", "time", "instruction"]

TIME: Final = re.compile(
    r"(?<!\d)(?:[01]?\d|2[0-4])(?:[:.h]| h )[0-5]\d(?!\d)|(?<!\d)(?:1?\d|2[0-4]) ?h\b", re.IGNORECASE
)
"""A time of day: 18:00, 18.00, 18h00, 18 h."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the text should name: for each part, words of which one is enough, capitals and accents aside."""

    source: Sequence[str]
    hazard: Sequence[str]
    """Beginnings of words: `Library.names`, and the event's own name."""
    place: Sequence[str]


def missing(text: str, language: str, facts: Facts) -> tuple[Part, ...]:
    """The parts that were not found. What was found may still be wrong: this reads words, not sense."""
    has: dict[Part, bool] = {
        "source": _names(text, facts.source),
        "hazard": _names(text, facts.hazard),
        "place": _names(text, facts.place),
        "time": TIME.search(text) is not None,
        "instruction": any(_starts(sentence) & verbs(language) for sentence in sentences(text)),
    }
    return tuple(part for part, is_there in has.items() if not is_there)


@cache
def verbs(language: str) -> frozenset[str]:
    """How instructions begin in the library's texts of this language: by a word that begins no fact, else by two."""
    return _verbs(load(), language)


def _verbs(library: Library, language: str) -> frozenset[str]:
    orders: set[str] = set()
    facts: set[str] = set()
    for (_, spoken), voice in library.voices.items():
        if spoken != language:
            continue
        for phase, message in voice.messages.items():
            facts.update(*(_starts(sentence) for sentence in sentences(message.description)))
            if phase not in (*ENDINGS, EXERCISE):
                texts = (message.instruction, *message.audience.values())
                actions = [sentence for text in texts for sentence in sentences(text)[:2]]  # the rest may explain
                orders.update(*(_starts(sentence) for sentence in actions if not sentence.startswith("{")))
    return frozenset(orders - facts)


def _names(text: str, wanted: Sequence[str]) -> bool:
    folded = fold(text)
    return any(re.search(rf"(?<!\w){re.escape(fold(word))}", folded) for word in wanted if word)


def _starts(sentence: str) -> set[str]:
    """The first word of a sentence, and the first two."""
    words = [fold(word) for word in WORD.findall(sentence)[:2]]
    return {" ".join(words[:count]) for count in range(1, len(words) + 1)}


def fold(text: str) -> str:
    """Without capitals and accents, for comparing."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
