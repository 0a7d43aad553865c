"""What somebody sent becomes a subscription, or a clear no."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from beffroi.audience import actions as audience
from beffroi.audience import address as addresses
from beffroi.audience.actions import CellsBad, LinkUnknown
from beffroi.audience.models import Place, Subscription
from beffroi.channels.email import EmailBad
from beffroi.delivery import notes
from beffroi.delivery.models import Note
from beffroi.errors import BeffroiError
from beffroi.lib import clock, grid, tokens
from beffroi.lib.guard import HttpRefused
from beffroi.lib.tokens import TokenBad, TokenExpired
from beffroi.lib.webpush import PushSubscriptionBad
from beffroi.web.public import intake
from beffroi.web.public.intake import SubscriptionBad
from tests.make import NORTH_WEST
from tests.web.public.phones import phone

CELL = f"{grid.cell(*NORTH_WEST):x}"
pytestmark = pytest.mark.usefixtures("committed")


def wish(**changes: Any) -> dict[str, Any]:
    """What the page sends for a phone and an address."""
    return {
        "channels": [
            {"channel": "webpush", "subscription": phone()},
            {"channel": "email", "email": "ada@residents.example"},
        ],
        "cells": [CELL],
        "language": "en",
        "floor": 2,
        "exercise": False,
    } | changes


def mail(email: str = "ada@residents.example") -> dict[str, Any]:
    return wish(channels=[{"channel": "email", "email": email}])


def take(given: dict[str, Any]) -> intake.Taken:
    return intake.receive(intake.read(given))


def letter(note: Note) -> dict[str, str]:
    """The letter as it would leave."""
    content: dict[str, str] = json.loads(addresses.sealer().open(bytes(note.content), context=notes.CONTEXT))
    return content


def token(note: Note) -> str:
    """The token of the link in a letter."""
    found = re.search(r"/en/confirm/([^/]+)/", letter(note)["text"])
    assert found
    return found[1]


def test_a_phone_counts_at_once_an_address_once_it_has_answered() -> None:
    taken = take(wish())
    assert taken.confirm == ["email"]
    assert re.fullmatch(r"http://localhost:8000/en/mine/[\w-]{22}/", taken.link)
    rows = {row.channel: row for row in Subscription.objects.all()}
    assert rows["webpush"].confirmed_at is not None
    assert rows["email"].confirmed_at is None
    assert {row.floor for row in rows.values()} == {2}
    assert Place.objects.filter(cell=int(CELL, 16)).count() == 2
    secret = taken.link.split("/")[-2]
    assert bytes(rows["email"].link_hash) == tokens.digest(secret)
    intake.confirm(token(Note.objects.get()))
    assert Subscription.objects.get(channel="email").confirmed_at is not None


def test_the_letter_does_not_give_the_private_link_away() -> None:
    taken = take(mail())
    note = Note.objects.get()
    assert addresses.reveal(bytes(note.address), notes.CONTEXT) == {"email": "ada@residents.example"}
    assert letter(note)["subject"] == "Confirm your alerts"
    assert taken.link.split("/")[-2] not in json.dumps(letter(note))


def test_confirming_twice_is_once_and_late_is_too_late() -> None:
    take(mail())
    secret = token(Note.objects.get())
    intake.confirm(secret)
    intake.confirm(secret)
    assert Subscription.objects.filter(confirmed_at__isnull=False).count() == 1
    with clock.at(clock.now() + timedelta(hours=49)), pytest.raises(TokenExpired):
        intake.confirm(secret)


def test_a_forged_link_confirms_nothing() -> None:
    take(mail())
    secret = token(Note.objects.get())
    for wrong in (secret[:-2] + ("AA" if secret[-2:] != "AA" else "BB"), secret + "x", "", "a" * 100, "../../x"):
        with pytest.raises(TokenBad):
            intake.confirm(wrong)
    leave = tokens.issue(b"k" * 32, "leave", "1", expires_at=clock.now() + timedelta(days=1))
    with pytest.raises(TokenBad):
        intake.confirm(leave)
    assert Subscription.objects.filter(confirmed_at__isnull=False).count() == 0


def test_a_confirmation_after_deleting_revives_nothing() -> None:
    taken = take(mail())
    secret = token(Note.objects.get())
    audience.leave(taken.link.split("/")[-2])
    with pytest.raises(LinkUnknown):
        intake.confirm(secret)


def test_the_answer_does_not_tell_whether_an_address_was_known() -> None:
    answers = [take(mail()) for _ in range(intake.LETTERS + 2)]
    assert {tuple(answer.confirm) for answer in answers} == {("email",)}
    assert len({answer.link for answer in answers}) == len(answers)
    assert Note.objects.count() == intake.LETTERS  # nobody's mailbox is filled by a stranger
    assert Subscription.objects.count() == intake.LETTERS
    take(mail("Ada@residents.example"))
    assert Note.objects.count() == intake.LETTERS
    take(mail("bea@residents.example"))
    assert Note.objects.count() == intake.LETTERS + 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"language": "de"}, SubscriptionBad),
        ({"language": None}, SubscriptionBad),
        ({"language": ["en"]}, SubscriptionBad),
        ({"floor": 5}, SubscriptionBad),
        ({"floor": -1}, SubscriptionBad),
        ({"floor": "2"}, SubscriptionBad),
        ({"floor": True}, SubscriptionBad),
        ({"floor": 1.0}, SubscriptionBad),
        ({"exercise": "yes"}, SubscriptionBad),
        ({"channels": []}, SubscriptionBad),
        ({"channels": None}, SubscriptionBad),
        ({"channels": ["email"]}, SubscriptionBad),
        ({"channels": [{"channel": "sms", "number": "1"}]}, SubscriptionBad),
        ({"channels": [{"channel": "email", "email": "x@y.example"}] * 5}, SubscriptionBad),
        ({"channels": [{"channel": "webpush", "subscription": "x"}]}, SubscriptionBad),
        ({"channels": [{"channel": "email", "email": "no address"}]}, EmailBad),
        ({"channels": [{"channel": "email", "email": "a@b.example\r\nBcc: all@b.example"}]}, EmailBad),
        ({"channels": [{"channel": "email"}]}, EmailBad),
        (
            {"channels": [{"channel": "webpush", "subscription": {"endpoint": "http://localhost:8443/x"}}]},
            PushSubscriptionBad,
        ),
        ({"channels": [{"channel": "webpush", "subscription": phone("https://169.254.169.254/latest")}]}, HttpRefused),
        ({"channels": [{"channel": "webpush", "subscription": phone("https://localhost/push")}]}, HttpRefused),
        ({"channels": [{"channel": "webpush", "subscription": phone("https://evil.example/push")}]}, HttpRefused),
        ({"cells": []}, CellsBad),
        ({"cells": None}, SubscriptionBad),
        ({"cells": CELL}, SubscriptionBad),
        ({"cells": ["zz"]}, SubscriptionBad),
        ({"cells": [7]}, SubscriptionBad),
        ({"cells": ["1"]}, CellsBad),
        ({"cells": ["8f" + CELL[2:]]}, CellsBad),
        ({"cells": [CELL] * 2001}, SubscriptionBad),
        ({"cells": ["f" * 16]}, CellsBad),
    ],
)
def test_what_cannot_be_taken_changes_nothing(changes: dict[str, Any], error: type[BeffroiError]) -> None:
    with pytest.raises(error):
        take(wish(**changes))
    assert Subscription.objects.count() == 0
    assert Note.objects.count() == 0


def test_one_bad_channel_stores_none_of_them() -> None:
    channels = [{"channel": "webpush", "subscription": phone()}, {"channel": "email", "email": "bad"}]
    with pytest.raises(EmailBad):
        take(wish(channels=channels))
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 60_000, b'{"a": NaN'])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(SubscriptionBad):
        intake.parse(body)


def test_a_phone_that_subscribes_again_is_one_phone() -> None:
    same = phone()
    for _ in range(2):
        take(wish(channels=[{"channel": "webpush", "subscription": same}]))
    assert Subscription.objects.count() == 1


def test_a_renewed_endpoint_moves_the_subscription() -> None:
    old, new = phone(), phone()
    link = take(wish(channels=[{"channel": "webpush", "subscription": old}])).link.split("/")[-2]
    intake.move({"link": link, "old": old["endpoint"], "subscription": new})
    row = Subscription.objects.get()
    assert addresses.reveal(bytes(row.address))["endpoint"] == new["endpoint"]
    with pytest.raises(LinkUnknown):
        intake.move({"link": link, "old": old["endpoint"], "subscription": phone()})
    with pytest.raises(LinkUnknown):
        intake.move({"link": "guessed", "old": new["endpoint"], "subscription": phone()})
    for wrong in ({}, {"link": link, "old": 7, "subscription": new}, {"link": link, "old": "x", "subscription": "y"}):
        with pytest.raises(SubscriptionBad):
            intake.move(wrong)
