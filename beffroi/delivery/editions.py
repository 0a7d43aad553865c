"""A call as one message a language: what channels make their editions of."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.delivery.channel import Message


def address(call: Call, language: str) -> str:
    """The public page of a call in a language."""
    return f"{settings.BASE_URL}/{language}/alert/{call.public_id}/"


def messages(call: Call) -> Iterator[Message]:
    """One message for each language of the call."""
    town = city.current()
    zone = ZoneInfo(town.timezone)
    for language in call.languages:
        text = call.texts[language]
        yield Message(
            language=language,
            headline=text["headline"],
            instruction=text.get("instruction", ""),
            description=text.get("description", ""),
            event=text["event"],
            where=area.described(call.area, language),
            severity=call.severity,
            msgType=call.msgType,
            ending=call.ending,
            is_exercise=call.is_exercise,
            tag=call.first.public_id,
            number=call.number,
            url=address(call, language),
            expires=call.expires.astimezone(zone),
            source=town.cap.sender_name.get(language) or next(iter(town.cap.sender_name.values())),
        )
