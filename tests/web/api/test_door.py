"""The key in a request: which header, which key, which action."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory

from beffroi.lib import clock
from beffroi.people import actions as people
from beffroi.web.api import door
from tests.web.api.partner import Partner


def asking(authorization: str) -> object:
    request = RequestFactory().get("/api/calls", headers={"Authorization": authorization})
    return door.bearer(request)


def test_an_open_key_is_known(committed: None) -> None:
    partner = Partner()
    assert asking(f"Bearer {partner.token}") == partner.key
    assert asking(f"bearer {partner.token}") == partner.key
    assert asking(f"Basic {partner.token}") is None
    assert asking(partner.token) is None
    assert asking("Bearer") is None


def test_an_old_or_ended_key_is_not(committed: None) -> None:
    partner = Partner()
    with clock.at(clock.now() + timedelta(days=366)):
        assert asking(f"Bearer {partner.token}") is None
    people.end_key("partner")
    assert asking(f"Bearer {partner.token}") is None


@pytest.mark.parametrize("action", ["call.approve", "call.submit", "call.invent"])
def test_no_operation_can_be_opened_by_what_programs_may_not(action: str) -> None:
    with pytest.raises(LookupError):
        door.opens(action, {200: None})


def test_what_an_operation_says() -> None:
    told = door.opens("call.read", {200: None}, headers=["ETag"])
    assert isinstance(told["auth"], door.Bearer)
    assert {200, 400, 401, 403, 413, 429, 500, 503} == set(told["response"])
    assert told["openapi_extra"]["responses"][403] == {"description": "`key-too-narrow`"}
    with pytest.raises(NotImplementedError):
        told["auth"].authenticate(RequestFactory().get("/"), "x")
