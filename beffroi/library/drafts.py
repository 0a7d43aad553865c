"""What a new message starts from: the library's texts in several languages, and what a person should look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from beffroi.library import sms
from beffroi.library.model import GENERAL, Library
from beffroi.library.plain import look
from beffroi.library.read import load
from beffroi.library.slots import LibrarySlotMissing, Slots
from beffroi.library.texts import SEGMENTS, Texts


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in one language. Codes: language-missing, slot-missing, audience-missing, too-long,
    sms-segments, and those of plain.Remark."""

    language: str
    code: str
    part: str = ""
    """The part of the text; for slot-missing the slot; empty where it is about the language as a whole."""
    word: str = ""
    """What stands there, as it stands; for too-long and sms-segments how many characters or parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The texts by language, in the order asked for. A language without a text has a finding that says why."""

    texts: Mapping[str, Texts]
    findings: tuple[Finding, ...]


def draft(hazard: str, phase: str, slots: Mapping[str, Slots], *, audience: str = GENERAL) -> Draft:
    """The texts of one phase in the languages of `slots` (BCP 47 tags; `ca-ES` is served by `ca`).

    Where the audience has no instruction of its own, it gets everyone's. Raises LibraryUnknown when the library has not
    this hazard or phase at all, LibrarySlotBad for a time without its offset.
    """
    library = load()
    library.cap_defaults(hazard, phase)
    texts: dict[str, Texts] = {}
    findings: list[Finding] = []
    for language, values in slots.items():
        own = _served(library, hazard, language)
        if own is None:
            findings.append(Finding(language, "language-missing"))
            continue
        is_special = audience in library.audiences(hazard, phase, own)
        if not is_special:
            findings.append(Finding(language, "audience-missing", word=audience))
        try:
            found = library.fill(hazard, phase, audience if is_special else GENERAL, own, values)
        except LibrarySlotMissing as err:
            findings += (Finding(language, "slot-missing", slot) for slot in str(err.facts["slots"]).split(","))
            continue
        texts[language] = found
        findings += _judged(library, language, found)
    return Draft(texts=texts, findings=tuple(findings))


def _served(library: Library, hazard: str, language: str) -> str | None:
    """The library's language for a tag: the same, else its first part; None when the hazard has no texts in it."""
    known = library.languages(hazard)
    return next((one for one in (language, language.partition("-")[0]) if one in known), None)


def _judged(library: Library, language: str, texts: Texts) -> Iterator[Finding]:
    """What the values of the slots have spoilt: the texts themselves were checked before they came here."""
    for one in texts.too_long():
        yield Finding(language, "too-long", one.part, str(one.length))
    size = sms.measure(texts.sms)
    if size.segments > SEGMENTS[size.encoding]:
        yield Finding(language, "sms-segments", "sms", str(size.segments))
    told: set[tuple[str, str]] = set()
    for part in ("headline", "instruction", "description", "push"):
        for remark in look(getattr(texts, part), library.language(texts.language)):
            bare = remark.code, remark.word.rstrip(".").casefold()  # at the end of a sentence it has another dot
            if bare not in told:
                told.add(bare)
                yield Finding(language, remark.code, part, remark.word)
