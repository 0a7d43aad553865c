"""The rules that every text of the library keeps (docs/message-library.md); `beffroi library check` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

from beffroi.library import sms
from beffroi.library.contacts import unknown_contacts
from beffroi.library.language import Language
from beffroi.library.model import ENDINGS, EXERCISE, UPDATE, Hazard, Library, Message, Voice, needed
from beffroi.library.parts import Facts, missing
from beffroi.library.plain import level, look, sentences
from beffroi.library.slots import LONGEST, SLOT, slots_in, write
from beffroi.library.texts import AUDIENCE_LIMIT, LIMIT, LINE_LIMIT, SEGMENTS

PHASES: Final = ("pre-alert", "alert", UPDATE, *ENDINGS, EXERCISE)
"""Every hazard has these; some have more kinds of alert."""
FIRST_WORDS: Final = 13
"""Words of the first sentence, at most: a frightened person reads five and must know what to do."""
LINES: Final = (2, 8)
WAKING: Final = {"Extreme", "Severe"}
LATE: Final = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
WIDEST: Final = {name: "x" * length for name, length in LONGEST.items()}
SAMPLE: Final = {
    "place": "Alpha", "source": "Omega", "time": "18:00", "until": "19:00", "phone": "999", "details": "D.",
    "action": "A.", "hazard": "Sigma",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One rule looked at in one place; `fault` says what is wrong there, empty where nothing is."""

    where: str
    rule: str
    fault: str


def check(library: Library) -> Iterator[Result]:
    """Every rule in every place."""
    for hazard in library.by_code.values():
        yield from _hazard(hazard)
        yield from _across(library, hazard)
    for language in library.tongues.values():
        yield from _times(language)
        for hazard in library.by_code.values():
            voice = library.voices.get((hazard.code, language.code))
            yield from _complete(hazard, language, voice)
            for phase, message in (voice.messages if voice else {}).items():
                yield from _message(_Place(hazard, phase, language, message))
                if voice and phase not in (*ENDINGS, EXERCISE):
                    yield _parts(_Place(hazard, phase, language, message), voice)


@dataclass(frozen=True, slots=True)
class _Place:
    """One message, and all that the rules ask about it."""

    hazard: Hazard
    phase: str
    language: Language
    message: Message

    def texts(self) -> Iterator[tuple[str, str, int]]:
        """Part, text and most characters (0: as many as it likes) of everything that is shown to people."""
        for part, text in self.message.general():
            yield part, text, LIMIT.get(part, 0)
        for number, line in enumerate(self.message.easy_to_read, 1):
            yield f"easy_to_read[{number}]", line, LINE_LIMIT
        for name, text in self.message.audience.items():
            yield f"audience.{name}", text, AUDIENCE_LIMIT

    def result(self, rule: str, fault: str, part: str = "") -> Result:
        """A result in this place."""
        where = ".".join(filter(None, (self.hazard.code, self.phase, self.language.code, part)))
        return Result(where, rule, fault)


def _hazard(hazard: Hazard) -> Iterator[Result]:
    lacking = [phase for phase in PHASES if phase not in hazard.phases]
    yield Result(hazard.code, "phase-missing", ", ".join(lacking))
    for name, phase in hazard.phases.items():
        where = f"{hazard.code}.{name}"
        is_live = name not in (UPDATE, *ENDINGS, EXERCISE)
        fits = phase.follow_up in {name, UPDATE} if is_live else not phase.follow_up
        yield Result(where, "follow-up", "" if fits else f"{phase.follow_up or 'none'}")
        is_exercise = phase.cap.status == EXERCISE.capitalize()
        yield Result(where, "exercise-status", "" if is_exercise == (name == EXERCISE) else phase.cap.status)
        wakes = name == EXERCISE and phase.cap.severity in WAKING
        yield Result(where, "exercise-wakes", phase.cap.severity if wakes else "")
        kind = {UPDATE: "Update", "all-clear": "Update", "false-alarm": "Cancel"}.get(name, "Alert")
        yield Result(where, "msgType", "" if phase.cap.msgType == kind else f"{phase.cap.msgType}, not {kind}")
        urgent = phase.cap.urgency != "Past"
        yield Result(where, "ending-urgency", phase.cap.urgency if urgent == (name in ENDINGS) else "")


def _times(language: Language) -> Iterator[Result]:
    """A time must fit the length for which all texts were measured."""
    for slot, pattern in (("time", language.time), ("until", language.day_and_time)):
        length = len(LATE.strftime(pattern))
        yield Result(language.code, f"{slot}-long", f"{length}, most {LONGEST[slot]}" if length > LONGEST[slot] else "")


def _complete(hazard: Hazard, language: Language, voice: Voice | None) -> Iterator[Result]:
    where = f"{hazard.code}.{language.code}"
    yield Result(where, "hazard-missing", "no file" if voice is None and language.is_complete else "")
    if voice is None:
        return
    lacking = [phase for phase in hazard.phases if phase not in voice.messages]
    yield Result(where, "text-missing", ", ".join(lacking))
    want = {(name, each) for name, phase in hazard.phases.items() for each in phase.audiences}
    have = {(name, each) for name, message in voice.messages.items() for each in message.audience}
    gaps = want - have if have or language.is_complete else set()
    yield Result(where, "audience-missing", ", ".join(sorted(f"{name}.{each}" for name, each in gaps)))


def _across(library: Library, hazard: Hazard) -> Iterator[Result]:
    """Rules between the languages of a hazard."""
    voices = {language: voice for (code, language), voice in library.voices.items() if code == hazard.code}
    for phase in hazard.phases:
        messages = {language: voice.messages[phase] for language, voice in voices.items() if phase in voice.messages}
        found = {language: _slots(message) for language, message in messages.items()}
        parts = sorted({part for slots in found.values() for part in slots})
        odd = [p for p in parts if len({slots[p] for slots in found.values() if p in slots}) > 1]
        yield Result(f"{hazard.code}.{phase}", "slots-differ", ", ".join(odd))
        twins = [f"{a} and {b}" for a, b in combinations(messages, 2) if messages[a].push == messages[b].push]
        yield Result(f"{hazard.code}.{phase}", "same-text", ", ".join(twins))


def _slots(message: Message) -> dict[str, frozenset[str]]:
    found = {part: slots_in([text]) for part, text in message.general()}
    found |= {f"audience.{name}": slots_in([text]) for name, text in message.audience.items()}
    return found | {"easy_to_read": slots_in(message.easy_to_read)}


def _message(place: _Place) -> Iterator[Result]:
    message = place.message
    for part, text, most in place.texts():
        length = len(write(text, WIDEST))
        yield place.result("too-long", f"{length}, most {most}" if most and length > most else "", part)
        remarks = "; ".join(f"{remark.code}: {remark.word}" for remark in look(text, place.language))
        yield place.result("plain-words", remarks, part)
        numbers = ", ".join(contact.text for contact in unknown_contacts(SLOT.sub("_", text), ()))
        yield place.result("own-contact", numbers, part)  # 112 apart, every number and link comes by a slot
    reading = level(SLOT.sub("", message.instruction), place.language.code)
    hard = f"{reading.band}, {reading.score}" if reading and not reading.is_plain else ""
    yield place.result("hard-to-read", hard, "instruction")
    size = sms.measure(sms.fit(write(message.sms, WIDEST)))
    most = SEGMENTS[size.encoding]
    yield place.result("sms-segments", f"{size.segments}, most {most}" if size.segments > most else "", "sms")
    count = len(message.easy_to_read)
    yield place.result("lines", "" if LINES[0] <= count <= LINES[1] else str(count), "easy_to_read")
    want = {"place", "time", "source", "phone"} | ({"until"} if place.phase not in ENDINGS else set())
    lacking = want - slots_in([message.description])
    yield place.result("description-slots", ", ".join(sorted(lacking)), "description")
    yield place.result("headline-place", "" if "place" in slots_in([message.headline]) else "no place", "headline")
    yield from _exercise(place) if place.phase == EXERCISE else _live(place)


def _exercise(place: _Place) -> Iterator[Result]:
    word = place.language.exercise_word
    parts = {**dict(place.message.general()), "easy_to_read": " ".join(place.message.easy_to_read)}
    for part, text in parts.items():
        fits = text.startswith(word) and text.endswith(word)
        yield place.result("exercise-word", "" if fits else f"not at both ends: {word}", part)


def _live(place: _Place) -> Iterator[Result]:
    message, word = place.message, place.language.exercise_word
    found = [part for part, text, _ in place.texts() if text.startswith(word) or text.endswith(word)]
    yield place.result("exercise-word-live", ", ".join(found))
    first, same = (sentences(text.replace("{action}", "{action}."))[0] for text in (message.instruction, message.push))
    yield place.result("first-sentence", "" if first == same else f"push begins: {same}", "push")
    length = len(first.split())
    yield place.result("first-sentence-long", f"{length} words" if length > FIRST_WORDS else "", "instruction")


def _parts(place: _Place, voice: Voice) -> Result:
    """What the texts of a page leave unsaid. Where the action is a slot, the officer's own words hold the verb."""
    message = place.message
    text = "\n".join(write(each, SAMPLE) for each in (message.headline, message.instruction, message.description))
    facts = Facts(source=[SAMPLE["source"]], hazard=[*voice.names, SAMPLE["hazard"]], place=[SAMPLE["place"]])
    is_open = "action" in needed(message)
    lacking = [part for part in missing(text, place.language.code, facts) if not (is_open and part == "instruction")]
    return place.result("part-missing", ", ".join(lacking))
