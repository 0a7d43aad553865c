"""What the library knows of a language: its words.toml as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One `locale/xx/words.toml`."""

    code: str
    is_complete: bool
    """Has every hazard and every audience; the check holds it to that."""
    is_rtl: bool
    exercise_word: str
    """Stands at both ends of every text of an exercise."""
    time: str
    """strftime pattern of a time of day."""
    day_and_time: str
    """strftime pattern of a time on another day."""
    legal_note: str
    """What a message before or during a danger is in law: advice, not confinement."""
    abbreviations: Mapping[str, str]
    """Short form to what to write instead."""
    vague: Mapping[str, str]
    """Words that tell nobody what to do, to what to write instead."""
