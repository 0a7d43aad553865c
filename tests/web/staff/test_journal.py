"""The log, page by page."""

from __future__ import annotations

import pytest

from beffroi.calls import actions as calls
from beffroi.people import log
from beffroi.people.models import Entry, Person
from beffroi.web.staff import journal
from tests import make
from tests.web.conftest import Enter


def test_the_newest_stand_first_and_older_ones_behind_a_link(olga: Person, town: None, enter: Enter) -> None:
    for number in range(journal.ON_PAGE + 5):
        log.write(olga, "call.edit", f"call:n{number:03}")
    client = enter(olga)
    page = client.get("/desk/log/").content.decode()
    assert page.index("call:n104") < page.index("call:n005")
    assert "call:n004" not in page
    older = page.split('href="?before=')[1].split('"')[0]
    page = client.get(f"/desk/log/?before={older}").content.decode()
    assert [f"call:n{number:03}" in page for number in (0, 4, 5)] == [True, True, False]


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40, "٣"])
def test_a_senseless_page_is_the_first(olga: Person, town: None, enter: Enter, before: str) -> None:
    log.write(None, "call.lapse", "call:abc")
    answer = enter(olga).get("/desk/log/", {"before": before})
    assert answer.status_code == 200


def test_facts_are_told_in_a_line() -> None:
    assert journal.told({"phase": "normal", "ending": None, "contacts": ["mayor", "centre-112"], "why": ""}) == (
        "phase: normal · contacts: mayor, centre-112"
    )


def test_the_head_of_the_chain_is_shown_as_the_command_prints_it(olga: Person, town: None, enter: Enter) -> None:
    log.write(olga, "call.edit", "call:abc")
    newest = Entry.objects.get(action="call.edit")
    page = enter(olga).get("/desk/log/").content.decode()
    assert f"{newest.number}:{bytes(newest.hash or b'').hex()}" in page


def test_a_program_stands_where_a_person_would(olga: Person, town: None, enter: Enter) -> None:
    key = make.program("civil-protection")
    call = calls.draft(key, make.content())
    assert "civil-protection</td>" in enter(olga).get("/desk/log/").content.decode()
    assert f"<dd>{key.name}</dd>" in enter(olga).get(f"/desk/call/{call.public_id}/").content.decode()
