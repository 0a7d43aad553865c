"""A small piece of the real library, in which a test breaks one thing at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from beffroi.library import Library, Slots, load
from beffroi.library.model import Voice

EVENING = datetime(2026, 10, 29, 18, 5, tzinfo=UTC)
"""19:05 on the clock of SLOTS."""
SLOTS = Slots(
    place="Riba-roja",
    source="Emergencias",
    phone="963 000 000",
    time=EVENING,
    until=datetime(2026, 10, 29, 22, 30, tzinfo=UTC),
    zone=ZoneInfo("Europe/Madrid"),
    details="Lleva un abrigo rojo",
    action="Salga del parque",
    hazard="árbol caído",
)


def small(hazard: str = "flood", languages: Collection[str] = ("en", "es", "ar")) -> Library:
    """One hazard in a few languages."""
    whole = load()
    return Library(
        by_code=MappingProxyType({hazard: whole.by_code[hazard]}),
        voices=MappingProxyType({key: voice for key, voice in whole.voices.items() if key in keys(hazard, languages)}),
        tongues=MappingProxyType({language: whole.tongues[language] for language in languages}),
    )


def keys(hazard: str, languages: Collection[str]) -> set[tuple[str, str]]:
    """The keys of a hazard's voices."""
    return {(hazard, language) for language in languages}


def with_voice(library: Library, language: str, voice: Voice | None) -> Library:
    """The library with another voice of its only hazard, or without one."""
    (hazard,) = library.by_code
    voices = {key: old for key, old in library.voices.items() if key != (hazard, language)}
    return replace(library, voices=voices if voice is None else voices | {(hazard, language): voice})


def with_text(library: Library, phase: str, language: str, **changes: Any) -> Library:
    """The library with other texts in one message of its only hazard."""
    (hazard,) = library.by_code
    voice = library.voices[hazard, language]
    message = replace(voice.messages[phase], **changes)
    return with_voice(library, language, replace(voice, messages={**voice.messages, phase: message}))


def with_phase(library: Library, phase: str, **changes: Any) -> Library:
    """The library with another phase of its only hazard; `cap` fields are given by name."""
    ((code, hazard),) = library.by_code.items()
    old = hazard.phases[phase]
    cap = {name: value for name, value in changes.items() if hasattr(old.cap, name)}
    rest = {name: value for name, value in changes.items() if name not in cap}
    new = replace(old, cap=replace(old.cap, **cap), **rest)
    return replace(library, by_code={code: replace(hazard, phases={**hazard.phases, phase: new})})
