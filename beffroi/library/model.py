"""The library as frozen values, and what it answers: which texts there are, filled texts, CAP's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from beffroi.errors import NotFound
from beffroi.library import sms
from beffroi.library.language import Language
from beffroi.library.plain import sentences
from beffroi.library.slots import SLOT, Slots, slots_in, values, write
from beffroi.library.texts import Texts

GENERAL: Final = "general"
"""The audience of everyone."""

UPDATE: Final = "update"
ENDINGS: Final = ("all-clear", "false-alarm")
EXERCISE: Final = "exercise"


class LibraryUnknown(NotFound):
    """The library has no such text. Facts: what was asked for (hazard, phase, audience, language)."""

    code = "library-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The values of CAP 1.2 that a draft of this hazard and phase starts from."""

    status: str
    msgType: str
    urgency: str
    severity: str
    certainty: str
    responseType: tuple[str, ...]
    category: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What is the same in every language in one phase of one hazard."""

    cap: Defaults
    follow_up: str
    """The phase that an update of this one is written from; empty for a phase that is not live."""
    audiences: tuple[str, ...]
    """Beside `general`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One `library/hazards/*.toml`."""

    code: str
    meteoalarm_awareness_type: tuple[int, ...]
    phases: Mapping[str, Phase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The texts of one phase in one language, slots open."""

    headline: str
    push: str
    sms: str
    instruction: str
    description: str
    easy_to_read: tuple[str, ...]
    audience: Mapping[str, str]

    def general(self) -> Iterator[tuple[str, str]]:
        """Part and text, of the parts that are one text."""
        for part in ("headline", "push", "sms", "instruction", "description"):
            yield part, getattr(self, part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One `locale/xx/messages/*.toml`: a hazard in one language."""

    event: str
    names: tuple[str, ...]
    """Beginnings of words by which the danger is named; none where the slot `hazard` names it."""
    messages: Mapping[str, Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Everything in it. `read.load()` gives the one that ships with Beffroi."""

    by_code: Mapping[str, Hazard]
    voices: Mapping[tuple[str, str], Voice]
    """By hazard and language."""
    tongues: Mapping[str, Language]

    def hazards(self) -> tuple[str, ...]:
        """Codes, in the order of the alphabet."""
        return tuple(sorted(self.by_code))

    def phases(self, hazard: str) -> tuple[str, ...]:
        """In the order in which they come."""
        return tuple(self._hazard(hazard).phases)

    def languages(self, hazard: str) -> tuple[str, ...]:
        """Those in which this hazard has texts."""
        self._hazard(hazard)
        return tuple(sorted(language for code, language in self.voices if code == hazard))

    def audiences(self, hazard: str, phase: str, language: str) -> tuple[str, ...]:
        """`general` and those that have an instruction of their own in this language."""
        return (GENERAL, *self._message(hazard, phase, language).audience)

    def slots(self, hazard: str, phase: str, language: str) -> frozenset[str]:
        """The slots that must be filled (the same in every language, the check holds that)."""
        return needed(self._message(hazard, phase, language))

    def event(self, hazard: str, language: str) -> str:
        """CAP's event, and the name shown to people."""
        return self._voice(hazard, language).event

    def names(self, hazard: str, language: str) -> tuple[str, ...]:
        """Beginnings of words by which people name the danger (`parts.missing` looks for them)."""
        return self._voice(hazard, language).names

    def language(self, language: str) -> Language:
        """What is known of a language."""
        if language not in self.tongues:
            raise LibraryUnknown(language=language)
        return self.tongues[language]

    def cap_defaults(self, hazard: str, phase: str) -> Defaults:
        """What CAP's fields start from. The officer decides; a follow-up is an Update whatever stands here."""
        return self._phase(hazard, phase).cap

    def follow_up(self, hazard: str, phase: str) -> str | None:
        """The phase that the next update is written from; None after an ending.

        Never another: an update of `alert-leave` written from `update` would say the opposite.
        """
        own = self._phase(hazard, phase).follow_up or phase
        return None if own in ENDINGS else own

    def openings(self, hazard: str) -> tuple[str, ...]:
        """The phases that a first message can be: alerts, then the exercise."""
        return tuple(name for name, phase in self._hazard(hazard).phases.items() if phase.cap.msgType == "Alert")

    def outline(self, hazard: str, phase: str, language: str) -> str:
        """The headline with its slots left open: what a phase says, at a glance."""
        return SLOT.sub("…", self._message(hazard, phase, language).headline)

    def phase_of(self, hazard: str, language: str, instruction: str) -> str | None:
        """The phase whose instruction has the same first two sentences: what a call was written from. None: another's.

        One sentence is not enough: some phases share it.
        """
        begins = sentences(instruction)[:2]
        messages = self._voice(hazard, language).messages
        return next((name for name, one in messages.items() if sentences(one.instruction)[:2] == begins), None)

    def fill(self, hazard: str, phase: str, audience: str, language: str, slots: Slots) -> Texts:
        """The texts with their slots filled. Raises LibraryUnknown, LibrarySlotMissing, LibrarySlotBad."""
        message = self._message(hazard, phase, language)
        instruction = message.instruction if audience == GENERAL else message.audience.get(audience)
        if instruction is None:
            raise LibraryUnknown(hazard=hazard, phase=phase, audience=audience, language=language)
        tongue = self.language(language)
        found = values(slots, needed(message), tongue)
        is_advice = phase == UPDATE or bool(self._phase(hazard, phase).follow_up)
        # An SMS is reduced after it was filled: one such letter in a place would turn the whole of it into UCS-2.
        filled = {part: write(text, found) for part, text in message.general()}
        filled |= {"instruction": write(instruction, found), "sms": sms.fit(filled["sms"])}
        return Texts(
            language=language,
            event=self.event(hazard, language),
            easy_to_read=tuple(write(line, found) for line in message.easy_to_read),
            legal_note=tongue.legal_note if is_advice else "",
            **filled,
        )

    def _hazard(self, hazard: str) -> Hazard:
        if hazard not in self.by_code:
            raise LibraryUnknown(hazard=hazard)
        return self.by_code[hazard]

    def _phase(self, hazard: str, phase: str) -> Phase:
        phases = self._hazard(hazard).phases
        if phase not in phases:
            raise LibraryUnknown(hazard=hazard, phase=phase)
        return phases[phase]

    def _voice(self, hazard: str, language: str) -> Voice:
        if (hazard, language) not in self.voices:
            raise LibraryUnknown(hazard=hazard, language=language)
        return self.voices[hazard, language]

    def _message(self, hazard: str, phase: str, language: str) -> Message:
        self._phase(hazard, phase)
        messages = self._voice(hazard, language).messages
        if phase not in messages:
            raise LibraryUnknown(hazard=hazard, phase=phase, language=language)
        return messages[phase]


def needed(message: Message) -> frozenset[str]:
    """The slots of all texts of a message."""
    texts = [text for _, text in message.general()]
    return slots_in([*texts, *message.easy_to_read, *message.audience.values()])
