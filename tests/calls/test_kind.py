"""A kind is a value that nobody changes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from beffroi.calls.kind import Kind


def test_a_kind_stays_as_its_file_says() -> None:
    kind = Kind(name="alert", longest_s=7200, default_s=3600, lane=0)
    assert kind == Kind(name="alert", longest_s=7200, default_s=3600, lane=0)
    with pytest.raises(FrozenInstanceError):
        kind.lane = 1  # type: ignore[misc]
