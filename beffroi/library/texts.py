"""Filled texts: what a draft starts from, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LIMIT: Final = {"headline": 90, "push": 240}
"""Most characters. A phone cuts what is longer."""
AUDIENCE_LIMIT: Final = 240
LINE_LIMIT: Final = 90
SEGMENTS: Final = {"GSM-7": 1, "UCS-2": 3}
"""Most parts of an SMS, by its alphabet."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """A part that a long place or source has pushed over its limit."""

    part: str
    length: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Every text of one phase in one language. `instruction` is the audience's own; the rest is the same for all."""

    language: str
    event: str
    headline: str
    instruction: str
    description: str
    push: str
    sms: str
    """Reduced to GSM-7 where that is possible; `sms.measure` says how many parts it takes."""
    easy_to_read: tuple[str, ...]
    """One idea a line."""
    legal_note: str
    """Empty for an ending and for an exercise."""

    def written(self) -> dict[str, str]:
        """The parts that a call has: what the message is in law stands at the end of its description."""
        description = "\n\n".join(filter(None, (self.description, self.legal_note)))
        return {"headline": self.headline, "instruction": self.instruction, "description": description}

    def too_long(self) -> tuple[TooLong, ...]:
        """The parts over their limit; none while the slots keep to `slots.LONGEST`."""
        lengths = {part: len(getattr(self, part)) for part in LIMIT}
        return tuple(TooLong(part, lengths[part], most) for part, most in LIMIT.items() if lengths[part] > most)
