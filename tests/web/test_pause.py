"""What waits for the second factor goes on with every word that was typed, and nowhere else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from beffroi.calls.models import Call, Phase
from beffroi.people.models import Person
from beffroi.web import door, pause
from tests import make
from tests.web.conftest import Enter, code
from tests.web.test_door import grow_old


def unlock(client: Client, url: str) -> Any:
    """Give the code on the page where `url` led."""
    cache.clear()
    page = client.get(url)
    assert page.status_code == 200
    next_ = page.content.decode().split('name="next" value="')[1].split('"')[0].replace("&amp;", "&")
    return client.post("/desk/code/again/", {"code": code(), "next": next_})


def locked(client: Client) -> Client:
    """As if nobody had been there for a long time."""
    grow_old(client, door.IDLE_S + 1)
    session = client.session
    session[door.SEEN] = time.time() - door.IDLE_S - 1
    session.save()
    return client


def test_a_form_goes_on_with_all_its_words(bruno: Person, town: None, enter: Enter) -> None:
    client = locked(enter(bruno))
    answer: Any = client.post("/desk/phase/?from=desk&x=1", {"phase": "orsec", "why": ["à l'étage", "& more"]})
    assert answer.url == "/desk/code/again/?next=%2Fdesk%2Fphase%2F%3Ffrom%3Ddesk%26x%3D1"
    assert not Phase.objects.exists()
    answer = unlock(client, answer.url)
    assert answer.url == "/desk/"
    assert Phase.objects.get().name == "orsec"
    assert pause.KEPT not in client.session


def test_a_draft_is_not_lost(bruno: Person, town: None, enter: Enter) -> None:
    """What does not pass the check comes back as it was typed."""
    client = locked(enter(bruno))
    answer: Any = client.post("/desk/call/new/", {"headline.fr": "Montez à l'étage", "hazard": "flood"})
    answer = unlock(client, answer.url)
    assert answer.status_code == 400
    assert "Montez à l&#x27;étage".encode() in answer.content


def test_a_wrong_code_loses_nothing_either(bruno: Person, town: None, enter: Enter) -> None:
    client = locked(enter(bruno))
    answer: Any = client.post("/desk/phase/", {"phase": "orsec"})
    assert client.post("/desk/code/again/", {"code": "000", "next": "/desk/phase/"}).status_code == 200
    assert unlock(client, answer.url).url == "/desk/"
    assert Phase.objects.get().name == "orsec"


def test_another_page_does_not_bring_the_form_back(bruno: Person, town: None, enter: Enter) -> None:
    client = locked(enter(bruno))
    client.post("/desk/phase/", {"phase": "orsec"})
    answer: Any = client.get("/desk/?now")
    assert unlock(client, answer.url).url == "/desk/?now"
    assert not Phase.objects.exists()
    assert pause.KEPT not in client.session


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "desk/", "/\\evil.example", ""]
)
def test_it_goes_on_nowhere_else(next_: str) -> None:
    assert pause.aim(RequestFactory().post("/desk/code/again/", {"next": next_})) == ""
    assert pause.aim(RequestFactory().get("/desk/code/again/", {"next": next_})) == ""


def test_what_goes_on_is_still_checked(bruno: Person, chiara: Person, town: None, enter: Enter) -> None:
    """Whose right has ended meanwhile does nothing with a form from before."""
    client = locked(enter(chiara))
    call = make.pending(bruno)
    form = {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()}
    answer: Any = client.post(f"/desk/call/{call.public_id}/approve/", form)
    Person.objects.using("owner").filter(pk=chiara.pk).update(role="officer")
    assert unlock(client, answer.url).status_code == 403
    assert Call.objects.get(pk=call.pk).state == "pending"
