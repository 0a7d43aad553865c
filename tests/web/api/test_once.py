"""A POST that comes twice has its effect once, whatever happens in between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from beffroi.calls.models import Call
from beffroi.lib import clock
from beffroi.web.api import actions
from beffroi.web.models import Reply
from tests.web.api.partner import Partner, call

NAME = "order 1".replace(" ", "-")


@pytest.fixture
def partner(town: None) -> Partner:
    return Partner()


def test_the_same_request_gets_the_same_answer(partner: Partner) -> None:
    body = call()
    first, headers = partner.ask("POST", "/calls", body, Idempotency_Key=NAME), partner.headers
    assert partner.ask("POST", "/calls", body, Idempotency_Key=NAME) == first
    assert partner.status == 201
    for name in ("ETag", "Location", "Content-Type"):
        assert partner.headers[name] == headers[name]
    assert Call.objects.count() == 1
    assert partner.ask("POST", "/calls", body)["id"] != first["id"], "without a name it is another request"


def test_another_request_of_the_same_name_is_refused(partner: Partner) -> None:
    body = call()
    partner.ask("POST", "/calls", body, Idempotency_Key=NAME)
    told = partner.ask("POST", "/calls", body | {"severity": "Minor"}, Idempotency_Key=NAME)
    assert (partner.status, told["code"]) == (422, "idempotency-key-reused")
    assert partner.ask("POST", "/estimate", body, Idempotency_Key=NAME)["code"] == "idempotency-key-reused"
    assert Call.objects.count() == 1


def test_an_error_is_not_kept_for_it_had_no_effect(partner: Partner) -> None:
    assert partner.ask("POST", "/calls", call(hazard="dragons"), Idempotency_Key=NAME)["code"] == "call-content-bad"
    assert not Reply.objects.exists()
    partner.ask("POST", "/calls", call(), Idempotency_Key=NAME)
    assert partner.status == 201


def test_each_key_has_names_of_its_own(partner: Partner) -> None:
    body = call()
    first = partner.ask("POST", "/calls", body, Idempotency_Key=NAME)
    assert Partner("other").ask("POST", "/calls", body, Idempotency_Key=NAME)["id"] != first["id"]


def test_without_a_good_key_nothing_is_replayed(partner: Partner) -> None:
    body = call()
    partner.ask("POST", "/calls", body, Idempotency_Key=NAME)
    partner.token += "x"
    assert partner.ask("POST", "/calls", body, Idempotency_Key=NAME)["code"] == "key-refused"


@pytest.mark.parametrize("name", ["", "two words", "é", "x" * 201])
def test_what_is_no_name(partner: Partner, name: str) -> None:
    assert partner.ask("POST", "/calls", call(), Idempotency_Key=name)["code"] == "idempotency-key-bad"
    assert not Call.objects.exists()


def test_while_the_first_is_answered_the_second_is_told_to_wait(partner: Partner) -> None:
    taken, over = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            assert actions.claim(partner.key, NAME)
            taken.set()
            over.wait(30)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert taken.wait(30)
    told = partner.ask("POST", "/calls", call(), Idempotency_Key=NAME)
    over.set()
    thread.join()
    assert (partner.status, told["code"]) == (409, "request-in-progress")
    partner.ask("POST", "/calls", call(), Idempotency_Key=NAME)
    assert partner.status == 201


def test_after_a_day_the_name_is_free(partner: Partner) -> None:
    body = call()
    first = partner.ask("POST", "/calls", body, Idempotency_Key=NAME)
    with clock.at(clock.now() + timedelta(hours=23)):
        assert partner.ask("POST", "/calls", body, Idempotency_Key=NAME) == first
    with clock.at(clock.now() + timedelta(hours=25)):
        assert partner.ask("POST", "/estimate", {"area": body["area"], "severity": "Severe"}, Idempotency_Key=NAME)
        assert partner.status == 200
    assert Reply.objects.count() == 1


def test_a_message_that_was_refused_is_kept_with_its_answer(partner: Partner) -> None:
    """422 of /api/cap has an effect: the message is stored and waits for a person."""
    first = partner.ask("POST", "/cap", b"<alert", Idempotency_Key=NAME)
    assert (partner.status, first["held"]) == (422, "rejected")
    assert partner.ask("POST", "/cap", b"<alert", Idempotency_Key=NAME) == first
    assert Reply.objects.get().status == 422


def test_other_methods_need_no_name(partner: Partner) -> None:
    partner.ask("DELETE", "/webhooks/nosuchhook", Idempotency_Key=NAME)
    assert partner.status == 404
    assert not Reply.objects.exists()


def test_what_is_kept_is_sealed(partner: Partner, push_sink: Any) -> None:
    told = partner.ask("POST", "/webhooks", {"url": push_sink.endpoint()}, Idempotency_Key=NAME)
    assert told["secret"].encode() not in bytes(Reply.objects.get().body)
    assert partner.ask("POST", "/webhooks", {"url": told["url"]}, Idempotency_Key=NAME) == told
