"""What comes in: warnings that stand, messages that a person must look at, feeds that are silent."""

from __future__ import annotations

from datetime import timedelta

from beffroi.crisis import intake, select
from beffroi.crisis.models import Feed, Message
from beffroi.lib import clock
from beffroi.people.models import Entry, Person
from beffroi.web.staff import incoming, words
from tests.web.conftest import Enter

CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>
<sender>weather@feeds.example</sender><sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>fr</language><category>Met</category><event>Pluie</event><urgency>Immediate</urgency><severity>{severity}</severity>
<certainty>Likely</certainty><expires>{expires}</expires><senderName>Météo</senderName><headline>Pluie rouge</headline>
<instruction>Montez.</instruction><parameter><valueName>awareness_type</valueName><value>12; flood</value></parameter>
<area><areaDesc>{area}</areaDesc>
<polygon>49.001,1.99 49.004,1.99 49.004,1.995 49.001,1.99</polygon></area></info></alert>"""


def message(identifier: str = "one", severity: str = "Extreme", area: str = "Nord") -> bytes:
    moment = clock.now().replace(microsecond=0)
    end = (moment + timedelta(hours=3)).isoformat()
    text = CAP.format(identifier=identifier, severity=severity, area=area, sent=moment.isoformat(), expires=end)
    return text.encode()


def take(raw: bytes) -> Message:
    return intake.receive(raw, intake.Way(name="command"))


def test_a_warning_stands_on_the_desk_with_its_draft(bruno: Person, town: None, enter: Enter) -> None:
    taken = take(message())
    (found,) = incoming.standing()
    assert (found.sev, found.title, found.where, found.source) == ("extreme", "Pluie rouge", "Nord", "Météo")
    assert taken.call is not None
    assert found.draft == taken.call.public_id
    page = enter(bruno).get("/desk/").content.decode()
    assert "Pluie rouge" in page
    assert "Review the draft" in page


def test_the_worst_stands_first(town: None) -> None:
    for severity in ("Minor", "Extreme", "Moderate"):
        take(message(severity, severity))
    assert [found.sev for found in incoming.standing()] == ["extreme", "moderate", "minor"]


def test_what_cannot_be_read_waits_for_a_person_and_leaves_when_settled(
    bruno: Person, town: None, enter: Enter
) -> None:
    bad = take(b"<html>Service unavailable</html>")
    client = enter(bruno)
    assert "It cannot be read as a warning. It had no effect." in client.get("/desk/").content.decode()
    page = client.get(f"/desk/warning/{bad.pk}/").content.decode()
    assert "&lt;html&gt;Service unavailable" in page
    assert client.post(f"/desk/warning/{bad.pk}/settle/", {"note": " "}).status_code == 400
    assert client.post(f"/desk/warning/{bad.pk}/settle/", {"note": "Asked the sender"}).status_code == 302
    assert incoming.held() == []
    assert Entry.objects.filter(action="warning.settle", person=bruno).exists()
    assert client.post(f"/desk/warning/{bad.pk}/settle/", {"note": "again"}).status_code == 409


def test_a_hostile_message_is_inert(bruno: Person, town: None, enter: Enter) -> None:
    bad = take(message(area="&lt;img src=x onerror=alert(1)&gt;"))
    client = enter(bruno)
    for url in ("/desk/", f"/desk/warning/{bad.pk}/"):
        page = client.get(url).content.decode()
        assert "<img" not in page
        assert "&lt;img src=x" in page


def test_a_message_that_is_not_there(bruno: Person, town: None, enter: Enter) -> None:
    assert enter(bruno).get("/desk/warning/404/").status_code == 404


def test_a_silent_feed_is_an_alarm_for_unknown_is_not_nothing(town: None) -> None:
    now = clock.now()
    (alarm,) = incoming.alarms(now)
    assert (alarm.text.startswith("Feed weather is silent"), alarm.since) == (True, None)
    Feed.objects.create(name="weather", tried_at=now, answered_at=now)
    assert incoming.alarms(now) == []
    Feed.objects.update(error="feed-links-failed")
    (alarm,) = incoming.alarms(now)
    assert "weather" in alarm.text
    assert "feed-links-failed" in alarm.text
    assert alarm.since == now


def test_what_has_expired_stands_no_more(town: None) -> None:
    taken = take(message())
    assert taken.expires is not None
    with clock.at(taken.expires):
        assert incoming.standing() == []


def test_every_reason_to_hold_has_words() -> None:
    codes = [*select.WITHOUT_EFFECT, "sender-may-not", "draft-in-work", "source-cancelled", "info-missing", "internal"]
    areas = [f"area-{why}" for why in ("doubtful", "empty", "broken", "outside", "unknown-zone", "too-large")]
    assert {*codes, *areas, "border-unknown"} == set(words.HELD)
