"""A call as one message a language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from beffroi.calls.models import Call
from beffroi.delivery import editions
from tests import make

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "public_id": "first", "texts": make.texts(), "area": {"areaDesc": {"fr": "Nord", "en": "North"}},
        "severity": "Severe", "status": "Actual", "msgType": "Alert", "expires": NOON,
    }  # fmt: skip
    return Call(**(values | changes))


def test_each_language_is_a_message_in_the_citys_order(django_db_setup: None, settings: Any) -> None:
    settings.BASE_URL = "https://town.example"
    french, english = editions.messages(call(texts=dict(reversed(make.texts().items()))))
    assert (french.language, french.headline, french.where, french.source) == (
        "fr", "Montez à l'étage", "Nord", "Ville (essai)",
    )  # fmt: skip
    assert (english.language, english.event, english.where) == ("en", "Flood", "North")
    assert english.url == "https://town.example/en/alert/first/"
    assert (english.tag, english.number, english.is_exercise, english.is_note) == ("first", 1, False, False)


def test_times_are_the_citys(django_db_setup: None) -> None:
    message = next(editions.messages(call()))
    assert message.expires == NOON
    assert message.expires.tzinfo == ZoneInfo("Europe/Paris")
    assert message.expires.hour == 14


def test_all_messages_of_an_event_share_its_tag(django_db_setup: None) -> None:
    first = call()
    later = call(
        public_id="later",
        root=first,
        follows=first,
        number=3,
        msgType="Cancel",
        ending="false-alarm",
        status="Exercise",
    )
    message = next(editions.messages(later))
    assert (message.tag, message.number, message.msgType, message.ending) == ("first", 3, "Cancel", "false-alarm")
    assert message.is_exercise
    assert message.url.endswith("/fr/alert/later/")
