"""Plain words: what in a text keeps people from understanding it, and how hard it is to read (docs/plain-words.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from beffroi.library import syllables
from beffroi.library.language import Language

Band = Literal["very-easy", "easy", "plain", "hard", "very-hard"]

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CAPITALS: Final = re.compile(r"(?<!\w)[^\W\d_]{3,}(?!\w)")
INITIALS: Final = re.compile(r"(?<!\w)[^\W\d_]\.\s?[^\W\d_]\.")
EXCLAMATION: Final = re.compile(r"[!¡！]+")
END: Final = re.compile(r"(?<=[.!?…؟])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Remark:
    """One place that a reader may stumble over. Codes: abbreviation, capitals, vague, exclamation."""

    start: int
    end: int
    code: str
    word: str
    better: str = ""
    """What to write instead, in the text's language; empty where nobody can know."""


@dataclass(frozen=True, slots=True)
class Level:
    """How hard a text is by its formula: 0 (very hard) to 100 (very easy), sometimes beyond."""

    score: float
    band: Band
    words: int
    """Below about 100 the score says little."""
    sentences: int

    @property
    def is_plain(self) -> bool:
        """Whether most adults can read it at once: about what level B1 asks, which no formula measures."""
        return self.band in {"very-easy", "easy", "plain"}


@dataclass(frozen=True, slots=True)
class Formula:
    """Reading ease: constant - sentence * words a sentence - syllable * syllables a word, and where its bands begin."""

    constant: float
    sentence: float
    syllable: float
    bands: tuple[float, float, float, float]


# Flesch 1948, and Kandel and Moles 1958 for French, with Flesch's own bands.
# Szigriszt Pazos 1993, with the bands of the INFLESZ scale (Barrio Cantalejo 2008). For Catalan there is no formula:
# the Spanish one is borrowed, for words and sentences are built alike.
FORMULAS: Final[Mapping[str, Formula]] = {
    "en": Formula(206.835, 1.015, 84.6, (80, 70, 60, 50)),
    "fr": Formula(207.0, 1.015, 73.6, (80, 70, 60, 50)),
    "es": Formula(206.835, 1.0, 62.3, (80, 65, 55, 40)),
    "ca": Formula(206.835, 1.0, 62.3, (80, 65, 55, 40)),
}
BANDS: Final[tuple[Band, ...]] = ("very-easy", "easy", "plain", "hard")


def look(text: str, language: Language) -> tuple[Remark, ...]:
    """Every remark on a text, in the order of the text. Slots that are still open are not looked at."""
    bare = re.sub(r"\{\w+\}", lambda slot: "_" * len(slot[0]), text)
    found = sorted([*_listed(bare, language), *_shapes(bare)], key=lambda one: (one.start, -one.end, one.code))
    return tuple(
        remark for number, remark in enumerate(found) if all(remark.start >= other.end for other in found[:number])
    )


def level(text: str, language: str) -> Level | None:
    """The reading level; None where the language has no formula here, or the text no words."""
    formula = FORMULAS.get(language)
    words = WORD.findall(text)
    if formula is None or not words:
        return None
    count = sum(1 for sentence in sentences(text) if WORD.search(sentence))
    spoken = sum(syllables.count(word, language) for word in words)
    score = formula.constant - formula.sentence * len(words) / count - formula.syllable * spoken / len(words)
    band: Band = next((name for name, least in zip(BANDS, formula.bands, strict=True) if score >= least), "very-hard")
    return Level(round(score, 1), band, len(words), count)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends one too."""
    return [part for part in END.split(text.strip()) if part]


def _listed(text: str, language: Language) -> Iterator[Remark]:
    for code, words in (("abbreviation", language.abbreviations), ("vague", language.vague)):
        for word, better in words.items():
            for match in re.finditer(_pattern(word, has_dot=code == "abbreviation"), text, re.IGNORECASE):
                yield Remark(match.start(), match.end(), code, match[0], better)


def _pattern(word: str, *, has_dot: bool) -> str:
    inside = re.escape(word).replace(r"\ ", r"\s+")
    last = word[-1].isalnum()
    return rf"(?<!\w){inside}" + (r"(?!\w)" if last else "") + (r"\.?" if last and has_dot else "")


def _shapes(text: str) -> Iterator[Remark]:
    for match in INITIALS.finditer(text):
        yield Remark(match.start(), match.end(), "abbreviation", match[0])
    for match in CAPITALS.finditer(text):
        if match[0].isupper():
            yield Remark(match.start(), match.end(), "capitals", match[0])
    for match in EXCLAMATION.finditer(text):
        yield Remark(match.start(), match.end(), "exclamation", match[0])
