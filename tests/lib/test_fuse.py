"""An origin that fails many times in a row rests, then is tried once."""

from __future__ import annotations

import pytest

from beffroi.lib import fuse
from beffroi.lib.fuse import FAILURES, Fuses


def fail(fuses: Fuses, times: int, asked_s: float | None = None) -> None:
    for _ in range(times):
        fuses.answered("a", has_failed=True, asked_s=asked_s)


def test_many_failures_in_a_row_make_it_rest_and_no_other() -> None:
    fuses = Fuses()
    fail(fuses, FAILURES - 1)
    assert fuses.rest_s("a") == 0
    fuses.answered("a", has_failed=False)
    fail(fuses, FAILURES - 1)
    assert (fuses.rest_s("a"), fuses.is_on_trial("a")) == (0, False)
    fail(fuses, 1)
    assert 0 < fuses.rest_s("a") <= fuse.REST_S[0]
    assert fuses.rest_s("b") == 0


def test_those_under_way_when_it_blew_prolong_nothing() -> None:
    fuses = Fuses()
    fail(fuses, FAILURES + 100)
    assert fuses.rest_s("a") <= fuse.REST_S[0]


def test_rests_grow_until_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuse, "REST_S", (0, 0, 50))
    fuses = Fuses()
    fail(fuses, FAILURES + 1)
    assert (fuses.rest_s("a"), fuses.is_on_trial("a")) == (0, True)
    fail(fuses, 1)
    assert fuses.rest_s("a") > 0
    fuses.answered("a", has_failed=False)
    assert (fuses.rest_s("a"), fuses.is_on_trial("a")) == (0, False)


@pytest.mark.parametrize(("asked", "least", "most"), [(1, 0, 10), (500, 499, 500), (10**6, 899, 900)])
def test_it_rests_for_as_long_as_it_asked_for(asked: int, least: int, most: int) -> None:
    fuses = Fuses()
    fail(fuses, FAILURES, asked)
    assert least < fuses.rest_s("a") <= most
