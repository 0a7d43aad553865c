"""Calls from draft to live."""

from __future__ import annotations

from typing import Any

from tests import make


def test_two_people_issue_a_call(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    call.refresh_from_db()
    assert (call.state, call.authority, call.author, call.approver) == ("live", "two_people", bruno, chiara)
