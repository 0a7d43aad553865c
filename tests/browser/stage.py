"""A town in the four languages of the demo on a bad day: every kind of call, message and person that pages show."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import override_settings

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.crisis.models import Message
from beffroi.delivery import actions as delivery
from beffroi.delivery import leaving, publish
from beffroi.lib import clock, grid, keys, tokens
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from beffroi.people import actions as people
from beffroi.people.models import Person
from beffroi.places import actions as places
from beffroi.places import geojson
from tests import make
from tests.browser.push_service import PushService
from tests.browser.tower import Tower
from tests.conftest import DATA
from tests.crisis import messages

SECRET = "JBSWY3DPEHPK3PXP"
CAST = {
    "bruno": ("officer", "", "en"),
    "chiara": ("approver", "mayor", "fr"),
    "paul": ("approver", "prefect", "en"),
    "olga": ("overseer", "", "es"),
    "adam": ("administrator", "", "ca"),
}
"""Everybody reads the desk in another language: long words in each must fit."""


@dataclass
class Stage:
    """The running tower and what stands in it, by name."""

    tower: Tower
    people: dict[str, Person]
    calls: dict[str, Call] = field(default_factory=dict)
    warnings: dict[str, Message] = field(default_factory=dict)
    guests: int = 0

    @property
    def url(self) -> str:
        return self.tower.url

    def guest(self, *, is_confirmed: bool = True) -> tuple[Subscription, str]:
        """Somebody new with e-mail in one quarter, and the private link's token."""
        self.guests += 1
        name, link = f"guest{self.guests}", tokens.fresh()
        wish = Wish(
            channel="email", address={"email": f"{name}@residents.example"}, same=name, language="en", floor=2,
            is_exercise=False, cells=[grid.cell(*make.NORTH_WEST)],
        )  # fmt: skip
        return audience.subscribe(wish, link=link, is_confirmed=is_confirmed), link

    def mine(self, language: str) -> str:
        """The path of somebody's private link."""
        return f"/{language}/mine/{self.guest()[1]}/"

    def confirm(self, language: str) -> str:
        """The path of the link in a letter that asks whether it was really you."""
        row, _link = self.guest(is_confirmed=False)
        ends = clock.now() + timedelta(hours=1)
        return f"/{language}/confirm/{tokens.issue(keys.current().tokens, 'confirm', str(row.pk), expires_at=ends)}/"

    def leave(self) -> str:
        """The path of the link in an alert by e-mail that ends it."""
        return leaving.url("", self.guest()[0].pk)


@contextmanager
def four_languages(folder: Path) -> Iterator[None]:
    """The town of the tests with Catalan beside its other languages, for this process and its children."""
    shutil.copytree(DATA / "town", folder)
    file = folder / "city.toml"
    text = file.read_text(encoding="utf-8").replace('"es"]', '"es", "ca"]')
    text = re.sub(r'^es = ("[^"]*")$', r"es = \1\nca = \1", text, flags=re.MULTILINE)
    file.write_text(re.sub(r', es = ("[^"]*") }', r", es = \1, ca = \1 }", text), encoding="utf-8")
    before = os.environ["BEFFROI_CITY"]
    os.environ["BEFFROI_CITY"] = str(file)
    city.current.cache_clear()
    try:
        yield
    finally:
        os.environ["BEFFROI_CITY"] = before
        city.current.cache_clear()


@contextmanager
def raised(push_service: PushService, folder: Path) -> Iterator[Stage]:
    """The tower with its people and places; no call yet. The caller empties the database afterwards."""
    with four_languages(folder / "town"):
        places.add_zones(
            geojson.read((DATA / "town" / "quarters.geojson").read_bytes()), type="QUARTER", version="1", is_place=True
        )
        publish.everything()  # the tower counts as standing once it has pages
        tower = Tower(push_service, folder)
        try:
            with override_settings(BASE_URL=tower.url, SECRET_KEY=keys.current().django):  # one session for both
                publish.everything()
                yield Stage(tower, {name: hire(name) for name in CAST})
        finally:
            tower.close()


def hire(name: str) -> Person:
    """One of the cast, with the password `NAME waits`."""
    role, body, language = CAST[name]
    person = Person(email=f"{name}@town.example", name=name, role=role, body=body, language=language)
    people.add_person(person, password=f"{name} waits", totp_secret=SECRET)
    return Person.objects.get(pk=person.pk)


def tongues(headline: str, *languages: str) -> dict[str, dict[str, str]]:
    """A text of ordinary length in these languages."""
    instruction = (
        "Go up to a higher floor.\nLeave the car.\nStay out of garages and cellars.\nStay away from the river."
    )
    description = (
        "The river rises by a metre an hour since noon. Two gauges upstream have measured it.\nNext news at 18:00."
    )
    return {
        language: {
            "event": "Flood", "headline": f"{headline} ({language})", "instruction": instruction,
            "description": description,
        }
        for language in languages
    }  # fmt: skip


ALL = ("fr", "en", "es", "ca")
LONG = "Go up to a higher floor now and take your neighbours with you: the river comes over the quay this evening"


def fill(stage: Stage) -> None:
    """Every state that a call can be in, and warnings that came in."""
    bruno, chiara = stage.people["bruno"], stage.people["chiara"]
    make.crowd(14)
    found = stage.calls
    found["live"] = make.live(bruno, chiara, texts=tongues(LONG, *ALL), severity="Extreme")
    found["second"] = make.live(bruno, chiara, texts=tongues("Boil the water", "fr", "en"), severity="Minor")
    found["exercise"] = make.live(bruno, chiara, status="Exercise", texts=tongues("Practise going up", *ALL))
    found["replaced"] = make.live(bruno, chiara, texts=tongues("Stay off the quay", *ALL), severity="Moderate")
    update = outcomes.update(
        bruno, found["replaced"].public_id, make.content(texts=tongues("Stay away from the river", *ALL))
    )
    found["update"] = make.approved(bruno, chiara, update)
    found["ended"] = make.live(bruno, chiara, texts=tongues("Close the windows", *ALL))
    found["closing"] = outcomes.close(
        bruno, found["ended"].public_id, "all-clear", closing_texts(found["ended"], "all-clear")
    )
    mistake = make.live(bruno, chiara, texts=tongues("Leave the theatre", "fr", "en"))
    found["mistake"] = outcomes.close(bruno, mistake.public_id, "false-alarm", closing_texts(mistake, "false-alarm"))
    found["draft"] = calls.draft(bruno, make.content(texts=tongues("Fill your bottles", "fr", "en")))
    found["pending"] = make.pending(bruno, texts=tongues(LONG, "fr", "en"))
    found["pending exercise"] = make.pending(bruno, texts=tongues("Practise", "fr", "en"), status="Exercise")
    found["own"] = make.pending(chiara, texts=tongues("Written by the approver", "fr", "en"))
    found["refused"] = calls.refuse(chiara, make.pending(bruno).public_id, why="The river is falling again.")
    found["withdrawn"] = calls.withdraw(bruno, make.pending(bruno).public_id)
    found["closing draft"] = closing_that_came_back(bruno, chiara)
    stage.warnings["red"] = messages.take(messages.alert("red"))
    stage.warnings["held"] = messages.take(b"<alert>not a warning at all</alert>")
    publish.everything()


def closing_that_came_back(bruno: Person, chiara: Person) -> Call:
    """An all-clear that needed a second person and is a draft again."""
    prior = make.live(bruno, chiara, texts=tongues("Keep the doors closed", "fr", "en"))
    with clock.at(clock.now() + timedelta(minutes=20)):
        call = outcomes.close(bruno, prior.public_id, "all-clear", closing_texts(prior, "all-clear"))
        return calls.reopen(bruno, call.public_id)


def approve(stage: Stage, name: str, call: Call) -> Any:
    """The second person's yes, without the page."""
    return delivery.approve(stage.people[name], call.public_id, seen=bytes(call.digest or b""))
