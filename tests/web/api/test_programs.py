"""Every operation behind one wrapper: one transaction, one answer to a wrong method."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.web.api import programs
from tests.web.api.partner import Partner, call


def test_no_page_of_ninjas_own_is_served() -> None:
    assert "api-root" not in {one.name for one in programs.routes()}
    assert Client().get("/api/").status_code == 404
    assert Client().get("/api/docs").status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "HEAD", "OPTIONS"])
def test_a_wrong_method_says_which_are_right(committed: None, method: str) -> None:
    answer = Client().generic(method, "/api/calls")
    assert (answer.status_code, set(answer["Allow"].split(", "))) == (405, {"GET", "POST"})
    assert answer["Content-Type"] == "application/problem+json"


def test_what_fails_late_leaves_nothing_behind(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = Partner()

    def fail(*given: Any, **more: Any) -> None:
        assert Call.objects.count() == 1, "the draft was written"
        raise calls.CallLapsed()

    monkeypatch.setattr("beffroi.delivery.actions.demand_ready", fail)
    assert partner.ask("POST", "/calls", call())["code"] == "call-lapsed"
    assert not Call.objects.exists()
