"""Counting syllables by the letters of a word: Spanish, Catalan, French and English, for the formulas in plain.py.

The counts are those of careful speech and need no dictionary. They are exact for nearly all Spanish and Catalan
words, whose spelling says it, and a good guess for French and English (docs/plain-words.md has the shares measured).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

APART: Final = re.compile(
    r"""i(?=a(?!ge)|o(?!us|n)|um|et$)|(?<![tcgx])i(?=ous)   # radio, medium, quiet, serious, but marriage, station
    |(?<=[^qg])u(?=a)|u(?=els?$)                            # usual, fuel
    |e(?=o(?!u|ple))|(?<=cr)e(?=at)                         # video, create, but people
    |(?<=[aeiouy][^aeiouy])e(?=as?$)                        # area
    |y(?=i)|[eou](?=ing$)                                   # drying, going
    """,
    re.VERBOSE,
)
"""Two vowels of English that are spoken apart."""


def spanish(word: str) -> int:
    """A vowel is a syllable of its own if it is strong (a, e, o, or any with an accent); i and u beside it are not."""
    word = re.sub(r"(?<!c)h", "", word)  # silent, also between two vowels: prohibir
    word = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word)
    word = re.sub(r"y(?![aeiouáéíóúü])", "i", word)
    return sum(len(re.findall(r"[aeoáéíóú]", run)) or 1 for run in re.findall(r"[aeiouáéíóúü]+", word))


def catalan(word: str) -> int:
    """Every vowel, but i and u after another one (aigua, diu, noia) and u in qua, gua, que, gue."""
    word = re.sub(r"(?<=[qg])[uü](?=[aeoiàèéòóíï])", "", word)
    word = re.sub(r"(?<=[aeouàèéòóíú])i(?=[aeoàèéòó])", "j", word)
    word = re.sub(r"^h?i(?=[aeoàèéòóu])", "j", word)
    word = re.sub(r"(?<=[aeiouàèéòóíúïü])[iu](?!r$|[sn]t[ae]?s?$|sme$)", "", word)
    return len(re.findall(r"[aeiouàèéòóíúïü]", word))


def french(word: str) -> int:
    """Runs of vowels, parted after é and before ë, ï; a last e is silent, so is the u of qu and gue."""
    word = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéèê])", "", word)
    word = re.sub(r"(?<=[aeiouâéèêô])y(?=[aeiouâéèêô])", "j", word)
    runs = re.findall(r"é|[ëï][aiouy]*|[aeiouyàâèêîôöùûüœæ]+", word)
    is_mute = len(runs) > 1 and runs[-1] == "e" and re.search(r"es?$", word)
    return len(runs) - bool(is_mute)


def english(word: str) -> int:
    """Runs of vowels, without the silent e, with the pairs that are spoken apart: a guess, as English spelling is."""
    word = re.sub(r"(?<=[aeiou][^aeiouyl])e(?=ment|one$|thing|where|ful|less|ly$)", "", word)  # basement, someone
    word = re.sub(r"(?<=[^aeioutdl])ed$|(?<=[aeioul]l)ed$", "", word)  # stopped, called, but wanted, handled
    if not re.search(r"(?:[szxcg]|ch|sh)es$", word):
        word = re.sub(r"es$", "e", word)  # times, but houses
    runs = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[aeiouyrw]le$", word):  # close, whole, but table
        runs -= 1
    runs += len(APART.findall(word))
    runs -= len(re.findall(r"(?<=[tcs])i(?=al|an)", word))  # special
    return runs


COUNTERS: Final[Mapping[str, Callable[[str], int]]] = MappingProxyType(
    {"es": spanish, "ca": catalan, "fr": french, "en": english}
)


def count(word: str, language: str) -> int:
    """Syllables of a word (parts with apostrophe or hyphen are counted apart), at least 1. KeyError: no counter."""
    counter = COUNTERS[language]
    return max(1, sum(counter(part) for part in re.split(r"['’-]", word.lower()) if part))
