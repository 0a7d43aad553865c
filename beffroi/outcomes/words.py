"""The words that a closing message starts from. An expiry is never worded as an all-clear."""

from __future__ import annotations

from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.lib.text import cut

HEADLINE: Final = 160
"""Characters, as in the composer."""


def closing_texts(call: Call, ending: str) -> dict[str, dict[str, str]]:
    """Texts for the end of a call in each of its languages; staff may change them, the robot does not."""
    found = {}
    for language in call.languages:
        text = call.texts[language]
        with translation.override(language):
            where = {"event": text["event"], "where": area.described(call.area, language)}
            headline, instruction = sentences(ending, where)
        found[language] = {
            "event": text["event"], "headline": cut(headline, HEADLINE), "instruction": instruction, "description": "",
        }  # fmt: skip
    return found


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
