"""Kept answers: claimed once, replayed as they were."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse

from beffroi.lib import clock
from beffroi.web.api import actions
from beffroi.web.models import Reply
from tests.web.api.partner import Partner


def test_an_answer_comes_back_as_it_was(committed: None) -> None:
    key = Partner().key
    given = HttpResponse(b'{"a":1}', status=201, headers={"Content-Type": "application/json", "Location": "/x"})
    assert actions.keep(key, "n", b"mark", given) is given
    known = actions.reply(key, "n", clock.now())
    assert known is not None
    again = actions.replay(known)
    assert (again.status_code, again.content, again["Location"]) == (201, given.content, "/x")
    assert actions.reply(key, "n", clock.now() + timedelta(days=2)) is None
    assert not Reply.objects.exists()


def test_a_claim_lasts_as_long_as_its_transaction(committed: None) -> None:
    key = Partner().key
    with transaction.atomic():
        assert actions.claim(key, "n")
        assert actions.claim(key, "n"), "the same transaction may ask again"
