"""What residents read, published with the call itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from beffroi.delivery import publish
from beffroi.delivery.models import Page
from beffroi.lib import clock
from beffroi.outcomes import actions as outcomes
from beffroi.people.models import Person
from beffroi.web.publishers import pages
from tests import make

EVIL = "<img src=x onerror=alert(1)>\u202e \"'& {{ 7|add:7 }}"
pytestmark = pytest.mark.usefixtures("town")


def read(path: str) -> str:
    """A published page, one blank for any white space."""
    return re.sub(r"\s+", " ", bytes(Page.objects.get(path=path).body).decode())


def headlines(page: str) -> list[str]:
    """The calls on a list, in order."""
    return re.findall(r'<h2[^>]*><a href="[^"]*">([^<]*)</a>', page)


def test_an_alert_is_on_its_page_in_every_language_when_it_is_issued(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara)
    page = read(f"/en/alert/{call.public_id}/")
    assert '<html lang="en">' in page
    assert "<h1>Go upstairs</h1>" in page
    assert (
        page.index("Go upstairs") < page.index("What to do") < page.index("Where</h2>") < page.index("Why we warn you")
    )
    assert 'data-standing="live"' in page
    assert f'data-expires="{call.expires.astimezone().isoformat(timespec="minutes")[:10]}' in page
    assert "Approved by two people." in page
    assert f'href="/cap/town.{call.public_id}.xml"' in page
    assert "<h1>Montez à l&#x27;étage</h1>" in read(f"/fr/alert/{call.public_id}/")
    spanish = read(f"/es/alert/{call.public_id}/")
    assert '<h1 lang="fr">Montez' in spanish
    assert "Esta alerta no se escribió en su lengua. Su texto está en: Français." in spanish
    assert "Qué hacer" in spanish


def test_the_now_page_has_the_worst_first_then_the_newest(bruno: Person, chiara: Person) -> None:
    for severity, headline in (("Minor", "a"), ("Extreme", "b"), ("Severe", "c"), ("Severe", "d")):
        make.live(bruno, chiara, severity=severity, texts=make.texts(headline))
    page = read("/fr/")
    assert headlines(page) == ["b", "d", "c", "a"]
    assert page.count('class="call solid"') == 1
    assert page.index('class="calls"') < page.index('class="map"')


def test_nothing_is_happening_says_when_it_was_checked() -> None:
    publish.everything()
    page = read("/en/")
    assert "Nothing is happening" in page
    assert "<time data-checked></time>" in page
    assert "No alert has ended yet" in read("/en/past/")


def test_an_exercise_stays_off_the_now_page_and_says_what_it_is(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara, status="Exercise")
    assert headlines(read("/en/")) == []
    assert headlines(read("/en/past/")) == []
    page = read(f"/en/alert/{call.public_id}/")
    assert page.count("EXERCISE. Nothing has happened.") == 2
    assert 'data-mode="exercise"' in page
    body = page.partition("</svg>")[2]
    assert 'data-sev="severe"' not in body
    outcomes.close(bruno, call.public_id, "all-clear", make.texts("Fin"))
    assert headlines(read("/en/past/")) == []


def test_an_update_takes_the_place_of_what_was_said_before(bruno: Person, chiara: Person) -> None:
    first = make.live(bruno, chiara)
    draft = outcomes.update(bruno, first.public_id, make.content(texts=make.texts("Restez en haut")))
    second = make.hand_over(bruno, chiara, draft)
    assert headlines(read("/fr/")) == ["Restez en haut"]
    old = read(f"/fr/alert/{first.public_id}/")
    assert 'data-standing="replaced"' in old
    assert f'<a href="/fr/alert/{second.public_id}/">Restez en haut</a>' in old
    assert 'class="solid hero"' not in old
    new = read(f"/fr/alert/{second.public_id}/")
    assert new.index("Mise à jour : Grave") < new.index("Alerte : Grave")


@pytest.mark.parametrize(("ending", "word"), [("all-clear", "All clear"), ("false-alarm", "False alarm")])
def test_an_end_is_told_with_its_outcome(bruno: Person, chiara: Person, ending: str, word: str) -> None:
    call = make.live(bruno, chiara)
    closing = outcomes.close(bruno, call.public_id, ending, make.texts("C'est fini"))
    now = read("/en/")
    assert "Nothing is happening" in now
    assert headlines(now) == ["Go upstairs"]
    assert f'<p class="sevword"><span>{word} · ' in now
    page = read(f"/en/alert/{call.public_id}/")
    assert 'data-standing="ended"' in page
    assert f"Over: {word}" in page
    assert "What to do" not in page
    end = read(f"/en/alert/{closing.public_id}/")
    assert 'data-standing="closing"' in end
    assert "until <time" not in end
    past = read("/en/past/")
    assert headlines(past) == ["Go upstairs"]
    assert "2 messages." in past


def test_an_expiry_is_never_an_all_clear(bruno: Person, chiara: Person) -> None:
    call = make.live(bruno, chiara, expires=clock.now().replace(microsecond=0) + timedelta(minutes=10))
    live = read(f"/en/alert/{call.public_id}/")
    assert 'id="over" hidden' in live  # the page says it itself when its time is over (js/alert.js)
    with clock.at(clock.now() + timedelta(minutes=11)):
        publish.everything()
        late = read(f"/en/alert/{call.public_id}/")
    assert 'data-standing="expired"' in late
    assert "No longer renewed." in late
    assert "This is not an all-clear" in late
    assert 'data-sev="safe"' not in late.partition("</svg>")[2]


def test_hostile_text_is_inert_everywhere(bruno: Person, chiara: Person) -> None:
    texts = {"fr": {"event": EVIL, "headline": EVIL, "instruction": f"{EVIL}\n{EVIL}", "description": EVIL}}
    call = make.live(bruno, chiara, texts=texts)
    for path in ("/fr/", f"/fr/alert/{call.public_id}/", f"/en/alert/{call.public_id}/"):
        page = read(path)
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "{{ 7|add:7 }}" in page
    outcomes.close(bruno, call.public_id, "all-clear", texts)
    assert "<img" not in read("/fr/past/")


def test_no_page_has_inline_script_or_style(bruno: Person, chiara: Person) -> None:
    make.live(bruno, chiara)
    publish.everything()
    for page in Page.objects.filter(content_type__startswith="text/html"):
        text = bytes(page.body).decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), page.path
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text), page.path
        assert "<style" not in text, page.path


def test_a_change_of_one_event_leaves_the_pages_of_others_alone(bruno: Person, chiara: Person) -> None:
    other = make.live(bruno, chiara)
    call = make.live(bruno, chiara)
    shown = {sheet.path for sheet in pages.PUBLISHER.sheets(call)}
    assert f"/fr/alert/{call.public_id}/" in shown
    assert f"/fr/alert/{other.public_id}/" not in shown
    assert {"/fr/", "/en/", "/es/", "/fr/past/"} <= shown
