"""The kind `alert`, and what every kind on the shelf must be."""

from __future__ import annotations

import pytest

from beffroi.delivery import shelves
from beffroi.kinds.alert import KIND

shelves.load()


@pytest.mark.parametrize("name", shelves.kinds.names())
def test_a_kind_bears_its_name_and_sensible_times(name: str) -> None:
    kind = shelves.kinds.get(name)
    assert kind.name == name
    assert 0 < kind.default_s <= kind.longest_s
    assert 0 <= kind.lane < 100  # times ten it must fit the column


def test_an_alert_leaves_before_every_other_kind() -> None:
    others = [shelves.kinds.get(name).lane for name in shelves.kinds.names() if name != "alert"]
    assert all(KIND.lane < lane for lane in others)
