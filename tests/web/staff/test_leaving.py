"""What the page says leaves is what leaves."""

from __future__ import annotations

from beffroi.calls import actions as calls
from beffroi.delivery import shelves
from beffroi.people.models import Person
from beffroi.web.staff import leaving
from tests import make


def test_a_frozen_call_shows_its_editions_byte_for_byte(bruno: Person, town: None) -> None:
    call = make.pending(bruno)
    frozen = {(e.channel, e.language): bytes(e.content) for e in call.editions.exclude(channel="content")}
    shown = {
        (sheet.channel, tongue.language): (sheet.title, sheet.text)
        for tongue in leaving.sheets(call)
        for sheet in tongue.sheets
    }
    assert shown == {key: shelves.channels.get(key[0]).preview(content) for key, content in frozen.items()}
    assert {channel for channel, _language in shown} == {"webpush", "email"}


def test_a_draft_shows_what_it_would_be(bruno: Person, town: None) -> None:
    call = calls.draft(bruno, make.content())
    assert not call.editions.exists()
    first = leaving.sheets(call)[0]
    assert (first.language, first.name, first.sheets[0].channel) == ("fr", "Français", "webpush")
    assert "Montez à l'étage" in first.sheets[0].title


def test_an_exercise_says_so_on_every_channel(bruno: Person, town: None) -> None:
    call = make.pending(bruno, status="Exercise")
    english = next(tongue for tongue in leaving.sheets(call) if tongue.language == "en")
    assert all("EXERCISE" in sheet.title for sheet in english.sheets)


def test_reach_counts_who_would_get_it(bruno: Person, chiara: Person, town: None) -> None:
    call = make.pending(bruno)
    assert leaving.reach(call) == 0
    for number in range(11):
        make.mail_subscription(f"ada{number}")
        assert leaving.reach(call) == max(10, number + 1)
    make.mail_subscription("elsewhere", make.SOUTH_EAST)
    assert leaving.reach(call) == 11
    live = make.live(bruno, chiara)
    assert leaving.reach_of_ending(live) == 0  # nothing has left yet: nobody needs to hear that it is over
