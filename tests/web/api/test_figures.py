"""The public figures as JSON say what their page says, and no small number."""

from __future__ import annotations

from typing import Any

from django.test import Client

from beffroi.delivery import fanout
from tests import make
from tests.post_office import PostOffice


def test_figures_of_a_sent_call(post_office: PostOffice, town: None, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara)
    fanout.run()
    told = Client().get(f"/api/figures/{call.public_id}", headers={"Accept-Language": "en"}).json()
    assert told["id"] == call.public_id
    assert told["rows"] == [{
        "channel": "email", "language": "fr", "owed": "< 10", "accepted": "< 10", "gone": "0", "failed": "0",
        "stale": "0", "waiting": "0",
    }]  # fmt: skip
    assert told["answers"][0]["big"] == "fewer than 10"
    assert told["steps"][-1]["name"] == "Last message accepted"


def test_what_was_not_sent_is_not_known(town: None, bruno: Any) -> None:
    call = make.pending(bruno)
    for public_id in (call.public_id, "nosuchcall"):
        answer = Client().get(f"/api/figures/{public_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "call-not-found")
