"""The second person: sees what leaves, types the place, and only then something leaves. Every way round is tried."""

from __future__ import annotations

from django.test import Client

from beffroi.calls.models import Call
from beffroi.delivery.models import Shard
from beffroi.lib import clock
from beffroi.people.models import Person
from beffroi.web.staff import approve
from tests import make
from tests.web.conftest import Enter
from tests.web.staff.sending import form


def seen(page: str) -> str:
    """The digest that the page carries."""
    return page.split('name="seen" value="', 1)[1].split('"', 1)[0]


def decide(client: Client, call: Call, **changes: str) -> tuple[int, str]:
    """Open the page, type the place, press the button: status and page."""
    url = f"/desk/call/{call.public_id}/approve/"
    page = client.get(url).content.decode()
    data = {"seen": seen(page) if "seen" in page else "", "place": call.area["places"][0]}
    answer = client.post(url, data | changes)
    return answer.status_code, answer.content.decode()


def test_from_the_composer_to_live_by_two_people(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    make.mail_subscription("ada")
    enter(bruno).post("/desk/call/new/", form(step="submit"))
    call = Call.objects.get()
    client = enter(chiara)
    page = client.get(f"/desk/call/{call.public_id}/approve/").content.decode()
    assert "Montez à l&#x27;étage" in page
    assert "Laissez la voiture." in page
    assert "Send now to 10 or fewer" in page
    assert decide(client, call)[0] == 302
    call.refresh_from_db()
    assert (call.state, call.authority, call.author, call.approver) == ("live", "two_people", bruno, chiara)
    assert Shard.objects.get(call=call).size == 1


def test_the_wrong_place_sends_nothing(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    status, page = decide(enter(chiara), call, place="Elsewhere")
    assert (status, Call.objects.get().state) == (400, "pending")
    assert "This is not the name of the place. Nothing was sent." in page
    assert 'value="Elsewhere"' in page


def test_a_stale_page_sends_nothing(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    client = enter(chiara)
    for stale in ("", "00" * 32, "no digest"):
        assert decide(client, call, seen=stale)[0] == 409
    old = bytes(call.digest or b"").hex()
    writer = enter(bruno)
    writer.post(f"/desk/call/{call.public_id}/reopen/")
    writer.post(f"/desk/call/{call.public_id}/edit/", form(step="submit", headline__fr="Autre chose"))
    assert decide(client, call, seen=old)[0] == 409
    assert Call.objects.get().state == "pending"
    assert not Shard.objects.exists()


def test_nobody_approves_their_own(chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(chiara)
    client = enter(chiara)
    page = client.get(f"/desk/call/{call.public_id}/approve/").content.decode()
    assert "Find a second person" in page
    assert "Send now" not in page
    forced = {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()}
    assert client.post(f"/desk/call/{call.public_id}/approve/", forced).status_code == 403
    assert Call.objects.get().state == "pending"


def test_another_body_is_named_and_refused(bruno: Person, paul: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno)
    client = enter(paul)
    assert "This needs Mayor" in client.get(f"/desk/call/{call.public_id}/approve/").content.decode()
    forced = {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()}
    assert client.post(f"/desk/call/{call.public_id}/approve/", forced).status_code == 403
    assert Call.objects.get().state == "pending"


def test_officer_overseer_and_administrator_never_approve(
    bruno: Person, chiara: Person, olga: Person, adam: Person, town: None, enter: Enter
) -> None:
    call = make.pending(chiara)
    forced = {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()}
    for person in (bruno, olga, adam):
        assert enter(person).post(f"/desk/call/{call.public_id}/approve/", forced).status_code == 403
    assert Call.objects.get().state == "pending"


def test_a_call_that_waited_too_long_is_not_sent(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    with clock.at(clock.now().replace(year=clock.now().year - 1)):
        call = make.pending(bruno)
    status, page = decide(enter(chiara), call)
    assert status == 409
    assert "call-lapsed" in page
    assert Call.objects.get().state == "pending"


def test_an_exercise_looks_like_another_world(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.pending(bruno, status="Exercise")
    page = enter(chiara).get(f"/desk/call/{call.public_id}/approve/").content.decode()
    assert '<body data-density="desk" data-mode="exercise">' in page
    assert "Send EXERCISE to" in page
    assert 'data-sev="severe"' not in page


def test_what_is_decided_is_not_decided_again(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    call = make.live(bruno, chiara)
    answer = enter(chiara).get(f"/desk/call/{call.public_id}/approve/")
    assert answer.url == f"/desk/call/{call.public_id}/"  # type: ignore[attr-defined]


def test_a_place_may_be_typed_with_any_keyboard() -> None:
    assert approve.plain("  L’HORTA  sud ") == approve.plain("l'Horta Sud")
    assert approve.plain("València") == approve.plain("valencia")
    assert approve.plain("Sud") != approve.plain("Nord")
    assert approve.plain("") != approve.plain("Sud")
