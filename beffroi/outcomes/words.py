"""The words that a closing message starts from. An expiry is never worded as an all-clear."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.lib import clock
from beffroi.lib.text import cut
from beffroi.library import Slots, draft, load

HEADLINE: Final = 160
"""Characters, as in the composer."""


def closing_texts(call: Call, ending: str) -> dict[str, dict[str, str]]:
    """Texts for the end of a call in each of its languages: the library's, which know the danger, or else plain
    sentences. Staff may change them, the robot does not."""
    ready = library_texts(call, ending)
    found = {}
    for language in call.languages:
        event = call.texts[language]["event"]
        text = ready.get(language) or plain_texts(ending, event, area.described(call.area, language), language)
        found[language] = {"event": event, **text, "headline": cut(text["headline"], HEADLINE)}
    return found


def library_texts(call: Call, ending: str) -> dict[str, dict[str, str]]:
    """What the library has for this end of this danger, by language. Nothing for an expiry: nobody knows that it is
    over."""
    known = load()
    if call.hazard not in known.hazards() or ending not in known.phases(call.hazard):
        return {}
    town, now = city.current(), clock.now()
    wrong_since = call.issued_at if ending == "false-alarm" else None
    slots = {
        language: Slots(
            place=area.described(call.area, language), source=town.cap.sender_name.get(language, ""), phone=town.phone,
            time=wrong_since or now, zone=ZoneInfo(town.timezone),
            hazard=call.texts[language]["event"],
        )
        for language in call.languages
    }  # fmt: skip
    return {language: texts.written() for language, texts in draft(call.hazard, ending, slots).texts.items()}


def plain_texts(ending: str, event: str, where: str, language: str) -> dict[str, str]:
    """The end of any danger."""
    with translation.override(language):
        headline, instruction = sentences(ending, {"event": event, "where": where})
    return {"headline": headline, "instruction": instruction, "description": ""}


def sentences(ending: str, where: dict[str, str]) -> tuple[str, str]:
    """Headline and instruction in the language in force."""
    if ending == "all-clear":
        return (
            _("All clear: %(event)s in %(where)s is over") % where,
            _("The danger has passed. You can go back to normal. Help neighbours who need it."),
        )
    if ending == "false-alarm":
        return (
            _("False alarm: there is no %(event)s in %(where)s") % where,
            _("The earlier message was a mistake. You do not need to do anything. We are sorry."),
        )
    return (
        _("This warning has ended and was not renewed: %(event)s in %(where)s") % where,
        _("This is not an all-clear. The danger may not be over. Keep watching and follow the authorities."),
    )
