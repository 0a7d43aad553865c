"""Texts from the library in the composer: place, end, city and number filled in, in each language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from beffroi import city
from beffroi.calls import actions as calls
from beffroi.calls.content import CallContentBad
from beffroi.calls.models import Call
from beffroi.city.model import Hazard
from beffroi.lib import clock
from beffroi.library import load
from beffroi.library.model import ENDINGS
from beffroi.people.models import Person
from beffroi.web.staff import library, words
from tests import make
from tests.crisis.messages import alert, info, take
from tests.web.conftest import Enter
from tests.web.staff.sending import form

EMPTY = {"headline__fr": "", "instruction__fr": ""}


def asked(**changes: Any) -> dict[str, Any]:
    """The composer without words, and the question for the library's."""
    return form(**({"step": "library", "phase": "alert"} | EMPTY | changes))


def fields(client: Client, address: str, data: dict[str, Any]) -> dict[str, str]:
    """What stands in the text fields of the page that answers, by name."""
    answer = client.post(address, data)
    assert answer.status_code == 200, answer.content.decode()
    found = {}
    for text in answer.context["texts"]:
        for part in (text.headline, text.instruction, text.description):
            found[part.name] = part.value
    return found


def faults(data: dict[str, Any], prior: Call | None = None) -> dict[str, str]:
    with pytest.raises(CallContentBad) as caught:
        library.filled(data, None, prior)
    return caught.value.fields


def test_a_hazard_and_a_phase_give_the_texts_of_every_language(bruno: Person, town: None, enter: Enter) -> None:
    found = fields(enter(bruno), "/desk/call/new/", asked())
    place = "Nord-Ouest"
    assert found["headline.fr"] == f"Montez à l'étage maintenant : inondation, {place}"
    assert found["headline.en"] == f"Go upstairs now: flood in {place}"
    assert found["headline.es"] == f"Suba ya a un piso alto: inundación en {place}"
    assert found["instruction.en"].startswith("Go upstairs now. Leave the car and the garage.")
    assert "Sent by Town (test). Questions: 03 53 01 00 00." in found["description.en"]
    assert found["description.en"].endswith(load().language("en").legal_note)
    assert not Call.objects.exists()


def test_the_end_is_told_on_the_citys_clock(bruno: Person, town: None, enter: Enter) -> None:
    ends = asked()["expires"]
    found = fields(enter(bruno), "/desk/call/new/", asked(expires=ends))
    assert f"{ends[-5:]}. Sent by" in found["description.en"]


def test_what_was_filled_in_can_be_handed_over_as_it_is(bruno: Person, town: None, enter: Enter) -> None:
    client = enter(bruno)
    texts = fields(client, "/desk/call/new/", asked())
    client.post("/desk/call/new/", {**form(step="submit"), **texts})
    call = Call.objects.get()
    assert (call.state, call.languages) == ("pending", ["fr", "en", "es"])
    assert call.texts["en"]["event"] == "Flood"


def test_a_text_that_was_typed_gives_way_and_all_else_stays(bruno: Person, town: None, enter: Enter) -> None:
    answer = enter(bruno).post("/desk/call/new/", asked(headline__fr="Sauvez-vous", circles="49.0, 2.0, 1"))
    page = answer.content.decode()
    assert "Sauvez-vous" not in page
    assert "49.0, 2.0, 1" in page
    assert '<option value="QUARTER nw" selected>' in page
    assert '<option value="alert" selected>' in page
    assert "The texts are below." in page


def test_caps_values_come_with_the_phase(town: None) -> None:
    changed, notes = library.filled(asked(phase="pre-alert"), None, None)
    values = [changed[name] for name in ("severity", "urgency", "certainty", "responseType")]
    assert values == ["Severe", "Expected", "Possible", ["Prepare", "Monitor"]]
    assert notes == []


def test_what_a_warning_says_of_its_danger_stays_and_its_draft_offers_the_texts(
    bruno: Person, town: None, enter: Enter
) -> None:
    coming = info(
        language="fr", headline="Crue", severity="Moderate", urgency="Future", certainty="Possible",
        parameter=(("awareness_type", "12; flooding"),),
    )  # fmt: skip
    take(alert("a", info=(coming,)))
    call, client = Call.objects.get(), enter(bruno)
    assert call.texts["fr"]["headline"] == "Crue"
    address = f"/desk/call/{call.public_id}/edit/"
    assert f'{address}#h-library"' in client.get(f"/desk/call/{call.public_id}/").content.decode()
    shown = client.get(address)
    assert [option.value for option in shown.context["library"]["phase"].options] == ["pre-alert", "alert"]
    changed, _notes = library.filled(asked(phase="pre-alert", severity="Moderate", urgency="Future"), call, None)
    assert (changed["severity"], changed["urgency"]) == ("Moderate", "Future")
    assert changed["responseType"] == ["Prepare", "Monitor"]


def test_the_area_of_a_warning_is_named_as_its_sender_named_it(town: None) -> None:
    changed, _notes = library.filled(asked(places=[], areaName__fr="Vallée de la Noye"), None, None)
    assert changed["headline.en"] == "Go upstairs now: flood in Vallée de la Noye"
    changed, _notes = library.filled(asked(areaName__fr="La vallée", areaName__en="the valley"), None, None)
    assert "La vallée" in changed["headline.fr"]
    assert "flood in the valley" in changed["headline.en"]


def test_what_is_missing_is_said_at_its_field(town: None) -> None:
    assert faults(asked(phase="")) == {"phase": "missing"}
    assert faults(asked(phase="alert-leave")) == {"phase": "unknown"}
    assert faults(asked(phase="update")) == {"phase": "unknown"}
    assert faults(asked(phase="exercise")) == {"phase": "unknown"}  # nothing turns a live call into an exercise
    assert faults(asked(hazard="", expires="")) == {"hazard": "missing", "phase": "unknown", "expires": "missing"}
    assert faults(asked(hazard="other")) == {"phase": "not-in-library"}
    assert faults(asked(places=[])) == {"areaName.fr": "unnamed"}
    assert faults(asked(places=["QUARTER nw", "QUARTER ne", "QUARTER sw", "QUARTER se"])) == {"areaName.fr": "unnamed"}


def test_a_fault_is_a_page_with_words(bruno: Person, town: None, enter: Enter) -> None:
    answer = enter(bruno).post("/desk/call/new/", asked(places=[], headline__fr="Montez vite"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The texts name the place." in page
    assert "Montez vite" in page


def test_a_city_without_a_number_for_questions_is_told(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = replace(city.current(), phone="")
    monkeypatch.setattr(city, "current", lambda: mute)
    assert faults(asked()) == {"phase": "no-phone"}


def test_the_free_text_danger_asks_for_the_action_in_each_language(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"fr": "arbre tombé", "en": "fallen tree", "es": "árbol caído"}
    free = replace(city.current(), hazard=(Hazard(code="all-purpose", event=names, category=("Other",)),))
    monkeypatch.setattr(city, "current", lambda: free)
    data = asked(hazard="all-purpose", action__en="Leave the park")
    asks = library.section(data, None, None)["slots"]
    assert [box.name for box in asks] == ["action.fr", "action.en", "action.es"]
    assert faults(data) == {"action.fr": "missing"}
    changed, notes = library.filled(data | {"action.fr": "Quittez le parc"}, None, None)
    assert changed["headline.en"].startswith("Leave the park. (fallen tree in ")
    assert "headline.es" not in changed
    assert notes == ["Español: left as it was: what the text needs is not written in this language."]


def test_an_exercise_may_use_any_text_and_has_its_own(bruno: Person, town: None, enter: Enter) -> None:
    assert library.offered(asked(status="Exercise"), None) == ("pre-alert", "alert", "exercise")
    found = fields(enter(bruno), "/desk/call/new/", asked(status="Exercise", phase="exercise"))
    assert found["headline.en"] == "Exercise: you are not in danger, Nord-Ouest. Exercise"
    assert found["description.en"].endswith("Exercise")


def test_a_live_call_goes_on_from_the_text_that_it_was_written_from(
    bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    changed, _notes = library.filled(asked(), None, None)
    texts = {"en": {"event": "Flood", **{part: changed[f"{part}.en"] for part in ("headline", "instruction")}}}
    prior = make.live(bruno, chiara, texts={**make.texts(), **texts})
    client = enter(bruno)
    shown = client.get(f"/desk/call/{prior.public_id}/update/")
    options = shown.context["library"]["phase"].options
    assert [(option.value, option.is_chosen) for option in options] == [
        ("pre-alert", False), ("alert", False), ("update", True),
    ]  # fmt: skip
    assert "It goes on: Stay upstairs: the flood in … goes on" in shown.content.decode()
    found = fields(client, f"/desk/call/{prior.public_id}/update/", asked(phase="update"))
    assert found["headline.en"] == "Stay upstairs: the flood in Nord-Ouest goes on"
    assert Call.objects.count() == 1


def test_a_call_in_other_words_has_no_phase_chosen_for_it(bruno: Person, chiara: Person, town: None) -> None:
    prior = make.live(bruno, chiara)
    assert library.following(prior) == ""
    assert not any(option.is_chosen for option in library.section({"hazard": "flood"}, None, prior)["phase"].options)
    strange = calls.draft(bruno, make.content(hazard="other"))
    assert library.following(strange) == ""


def test_words_to_look_at_are_told(town: None) -> None:
    _changed, notes = library.filled(asked(areaName__en="the OLD town, etc"), None, None)
    assert notes == [
        "English: “OLD” is in capitals. Screen readers may spell it.",
        "English: “etc” is an abbreviation. Write the whole word.",
    ]


def test_every_phase_and_every_hazards_texts_have_their_words(town: None) -> None:
    phases = {phase for hazard in load().hazards() for phase in load().phases(hazard)}
    assert set(words.PHASE) == phases - set(ENDINGS)


def test_enter_in_a_field_asks_how_many_and_changes_nothing(bruno: Person, town: None, enter: Enter) -> None:
    page = enter(bruno).get("/desk/call/new/?hazard=flood").content.decode()
    assert page.index('name="step" value="count"') < page.index('name="step" value="library"')


def test_a_long_time_is_told_with_its_day(town: None) -> None:
    ends = clock.now() + timedelta(hours=23, minutes=50)
    changed, _notes = library.filled(asked(expires=ends.isoformat()), None, None)
    assert ends.astimezone(clock.now().tzinfo).strftime("%d/%m") in changed["description.en"]
