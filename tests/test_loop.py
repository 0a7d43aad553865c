"""The whole loop in one walk: a warning comes in, two people decide, people are reached, told more and told the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import translation

from beffroi.calls.models import Call
from beffroi.crisis import intake
from beffroi.delivery import fanout
from beffroi.delivery.models import Page, Shard
from beffroi.evaluation import figures
from beffroi.lib import clock, keys
from beffroi.lib.webpush import application_server_key
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.read import check
from beffroi.standards.cap.write import write
from tests import make
from tests.browser.push_service import PushService
from tests.browser.push_vapid import decode
from tests.phone import Phone
from tests.post_office import PostOffice

SENDER = "weather@feeds.example"


def warning(identifier: str, headline: str, **changes: Any) -> cap.Alert:
    """A flood warning for the north-western quarter, as a weather service sends it."""
    now = clock.now().replace(microsecond=0)
    info = cap.Info(
        language="fr-FR", category=("Met",), event="Crues", responseType=("Shelter",), urgency="Immediate",
        severity="Extreme", certainty="Likely", expires=now + timedelta(hours=6), headline=headline,
        instruction="Montez à l'étage.", parameter=(("awareness_type", "12; flooding"),),
        area=(cap.Area(areaDesc="Nord-Ouest", geocode=(("QUARTER", "nw"),)),),
    )  # fmt: skip
    values: dict[str, Any] = {"msgType": "Alert", "sent": now - timedelta(seconds=2)}
    return cap.Alert(
        identifier=identifier, sender=SENDER, status="Actual", scope="Public", info=(info,), **(values | changes)
    )  # fmt: skip


def receive(alert: cap.Alert) -> Call:
    """It comes in by the feed, and a draft lies ready."""
    message = intake.receive(write(alert), intake.Way(name="feed:weather", senders=frozenset({SENDER})))
    assert (message.held, message.standing) == ("", "live")
    assert message.call is not None
    return message.call


def test_one_warning_from_the_feed_to_the_figures(
    town: None, bruno: Any, chiara: Any, post_office: PostOffice, push_vendor: PushService
) -> None:
    phone = Phone(push_vendor.subscribe(decode(application_server_key(keys.current().vapid))))
    make.phone_subscription(phone)
    make.mail_subscription("ada")
    make.mail_subscription("eve", make.SOUTH_EAST)

    first = warning("w1", "Vigilance rouge crues")
    draft = receive(first)
    assert (draft.state, draft.author, draft.hazard, draft.severity) == ("draft", None, "flood", "Extreme")
    assert draft.area["places"] == ["Nord-Ouest"]
    call = make.approved(bruno, chiara, draft)
    assert (call.author, call.approver) == (bruno, chiara)
    fanout.run()
    [mail] = post_office.mails
    assert (mail.recipient, str(mail.message["Subject"])) == ("ada@residents.example", "Vigilance rouge crues")
    [push] = push_vendor.waiting(phone.endpoint)
    shown = phone.read(push.body)
    assert (shown["title"], shown["number"], shown["tag"]) == ("Vigilance rouge crues", 1, call.public_id)
    assert shown["body"].startswith("Montez à l'étage.")

    later = warning(
        "w2", "Le pic est passé", msgType="Update", references=(first.key,), sent=first.sent + timedelta(seconds=1)
    )
    update = make.approved(bruno, chiara, receive(later))
    assert (update.follows, update.number) == (call, 2)
    fanout.run()
    assert [str(mail.message["Subject"]) for mail in post_office.to("ada@residents.example")][1:] == [
        "Le pic est passé"
    ]
    [push] = push_vendor.waiting(phone.endpoint)  # it has taken the place of the first
    assert (phone.read(push.body)["number"], phone.read(push.body)["tag"]) == (2, call.public_id)

    closing = outcomes.close(bruno, update.public_id, "all-clear", closing_texts(update, "all-clear"))
    fanout.run()
    assert len(post_office.to("ada@residents.example")) == 3
    assert post_office.to("eve@residents.example") == []
    [push] = push_vendor.waiting(phone.endpoint)
    assert phone.read(push.body)["ending"] == "all-clear"
    states = dict(Call.objects.values_list("number", "state"))
    assert states == {1: "replaced", 2: "ended", 3: "live"}

    assert not Shard.objects.exclude(state="done").exists()
    with translation.override("en"):
        found = figures.of_call(Call.objects.get(pk=call.pk))
    assert [(row.channel, row.owed, row.accepted, row.waiting) for row in found.rows] == [
        ("email", 1, 1, 0), ("webpush", 1, 1, 0),
    ]  # fmt: skip
    assert [step.name for step in found.steps] == [
        "Warning came in", "Draft was made", "Handed to the second person", "Approved and issued",
        "First message accepted", "Last message accepted", "Ended",
    ]  # fmt: skip
    assert [step.at for step in found.steps] == sorted(step.at for step in found.steps)

    published = [bytes(body) for body in Page.objects.values_list("body", flat=True)]
    for said, msgType in ((call, "Alert"), (update, "Update"), (closing, "Update")):
        signed = bytes(Call.objects.get(pk=said.pk).signed or b"")
        assert signed in published
        verdict = check(signed, profile="strict")
        assert verdict.verdict == "accept"
        assert verdict.alert is not None
        assert verdict.alert.msgType == msgType
