"""Reads the library's files into frozen values; an unknown key, slot or word of CAP is an error with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, get_args

from beffroi.city.model import Category, Certainty, Severity, Urgency
from beffroi.errors import BeffroiError
from beffroi.lib.text import clean_line
from beffroi.library.language import Language
from beffroi.library.model import Defaults, Hazard, Library, Message, Phase, Voice
from beffroi.library.slots import LONGEST, SLOT

HAZARDS: Final = Path(__file__).parent / "hazards"
LOCALE: Final = Path(__file__).parents[1] / "locale"
FORMAT: Final = 1

# CAP 1.2, 3.2.1 and 3.2.2; of status and msgType those that the library writes.
WORDS: Final[Mapping[str, Collection[str]]] = {
    "status": ("Actual", "Exercise"),
    "msgType": ("Alert", "Update", "Cancel"),
    "urgency": get_args(Urgency),
    "severity": get_args(Severity),
    "certainty": get_args(Certainty),
    "responseType": ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),
    "category": get_args(Category),
}


class LibraryBad(BeffroiError):
    """A file of the message library cannot be used; facts `file`, `path` in it and `reason`."""

    code = "library-bad"


@cache
def load() -> Library:
    """The library that ships with Beffroi; read once."""
    return read(HAZARDS, LOCALE)


def read(hazards: Path, locale: Path) -> Library:
    """The library in two folders: what all languages share, and a folder for each language. Raises LibraryBad."""
    found = {path.stem: _hazard(path) for path in sorted(hazards.glob("*.toml"))}
    tongues = {path.parent.name: _language(path) for path in sorted(locale.glob("*/words.toml"))}
    voices = {}
    for path in sorted(locale.glob("*/messages/*.toml")):
        language = path.parents[1].name
        if path.stem not in found or language not in tongues:
            raise LibraryBad(file=_short(path), path="", reason="no-hazard" if language in tongues else "no-words")
        voices[path.stem, language] = _voice(path, found[path.stem])
    if not voices:  # nothing would pass every rule
        raise LibraryBad(file=_short(locale if found else hazards), path="", reason="empty")
    return Library(by_code=MappingProxyType(found), voices=MappingProxyType(voices), tongues=MappingProxyType(tongues))


def _short(path: Path) -> str:
    return "/".join(path.parts[-3:])


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a file, and where it stands."""

    file: Path
    path: str
    raw: Mapping[str, Any]

    def bad(self, key: str, reason: str) -> LibraryBad:
        where = ".".join(part for part in (self.path, key) if part)
        return LibraryBad(file=_short(self.file), path=where, reason=reason)

    def only(self, *known: str) -> _Table:
        for key in self.raw:
            if key not in known:
                raise self.bad(key, "unknown-key")
        return self

    def table(self, key: str) -> _Table:
        raw = self.raw.get(key, {})
        if not isinstance(raw, dict):
            raise self.bad(key, "not-a-table")
        return _Table(self.file, f"{self.path}.{key}" if self.path else key, raw)

    def value(self, key: str, kind: type, default: Any = None) -> Any:
        raw = self.raw.get(key, default)
        if raw is None:
            raise self.bad(key, "missing")
        if type(raw) is not kind:
            raise self.bad(key, f"not-{kind.__name__}")
        return raw

    def text(self, key: str) -> str:
        return self._clean(key, self.value(key, str))

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        return tuple(self._clean(key, raw) for raw in self.value(key, list, default))

    def mapping(self, key: str) -> Mapping[str, str]:
        inside = self.table(key)
        return MappingProxyType({name: inside.text(name) for name in inside.raw})

    def word(self, key: str) -> str:
        return self._known(key, self.text(key))

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(self._known(key, word) for word in self.texts(key))

    def _known(self, key: str, word: str) -> str:
        if word not in WORDS[key]:
            raise self.bad(key, f"unknown-{word}")
        return word

    def _clean(self, key: str, raw: object) -> str:
        if not isinstance(raw, str) or not raw:
            raise self.bad(key, "not-a-text")
        if clean_line(raw) != raw:
            raise self.bad(key, "unclean")
        for name in SLOT.findall(raw):
            if name not in LONGEST:
                raise self.bad(key, f"unknown-slot-{name}")
        if set("{}") & set(SLOT.sub("", raw)):
            raise self.bad(key, "stray-brace")
        return raw


def _open(path: Path) -> _Table:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise LibraryBad(file=_short(path), path="", reason="unreadable", detail=str(err)) from err
    top = _Table(path, "", raw)
    if top.value("format", int) != FORMAT:
        raise top.bad("format", "unknown")
    return top


def _hazard(path: Path) -> Hazard:
    top = _open(path).only("format", "category", "meteoalarm_awareness_type", "phase")
    category = top.words("category")
    numbers = top.value("meteoalarm_awareness_type", list, [])
    if any(type(number) is not int for number in numbers):
        raise top.bad("meteoalarm_awareness_type", "not-int")
    phases = top.table("phase")
    return Hazard(
        code=path.stem,
        meteoalarm_awareness_type=tuple(numbers),
        phases=MappingProxyType({name: _phase(phases.table(name), category) for name in phases.raw}),
    )


def _phase(table: _Table, category: tuple[str, ...]) -> Phase:
    single = ("status", "msgType", "urgency", "severity", "certainty")
    table.only(*single, "responseType", "follow_up", "audiences")
    return Phase(
        cap=Defaults(
            **{name: table.word(name) for name in single}, responseType=table.words("responseType"), category=category
        ),
        follow_up=table.text("follow_up") if "follow_up" in table.raw else "",
        audiences=table.texts("audiences", []),
    )


def _voice(path: Path, hazard: Hazard) -> Voice:
    top = _open(path).only("format", "event", "names", *hazard.phases)
    return Voice(
        event=top.text("event"),
        names=top.texts("names"),
        messages=MappingProxyType(
            {name: _message(top.table(name), phase) for name, phase in hazard.phases.items() if name in top.raw}
        ),
    )


def _message(table: _Table, phase: Phase) -> Message:
    parts = ("headline", "push", "sms", "instruction", "description")
    table.only(*parts, "easy_to_read", "audience")
    table.table("audience").only(*phase.audiences)
    return Message(
        **{part: table.text(part) for part in parts},
        easy_to_read=table.texts("easy_to_read"),
        audience=table.mapping("audience"),
    )


def _language(path: Path) -> Language:
    top = _open(path)
    texts = ("exercise_word", "time", "day_and_time", "legal_note")
    top.only("format", "complete", "rtl", *texts, "abbreviations", "vague")
    return Language(
        code=path.parent.name,
        is_complete=top.value("complete", bool, default=False),
        is_rtl=top.value("rtl", bool, default=False),
        **{name: top.text(name) for name in texts},
        abbreviations=top.mapping("abbreviations"),
        vague=top.mapping("vague"),
    )
