"""The limiter lets through what it promises, no more, and forgets what it must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib.limit import Limiter


class Watch:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_one_for_each_gap() -> None:
    watch = Watch()
    limiter = Limiter(per_s=2, burst=3, clock=watch)
    assert [limiter.take("ada") for _ in range(3)] == [0, 0, 0]
    assert limiter.take("ada") == pytest.approx(0.5)
    assert limiter.take("ada") == pytest.approx(0.5), "asking in vain costs nothing"
    watch.now += 0.5
    assert limiter.take("ada") == 0
    assert limiter.take("ada") > 0
    watch.now += 100
    assert [limiter.take("ada") > 0 for _ in range(4)] == [False, False, False, True], "a bucket never overflows"


def test_each_key_has_its_own_bucket() -> None:
    limiter = Limiter(per_s=1, burst=1, clock=Watch())
    assert limiter.take("ada") == limiter.take("bruno") == 0
    assert limiter.take("ada") > 0


def test_a_cost() -> None:
    watch = Watch()
    limiter = Limiter(per_s=1, burst=10, clock=watch)
    assert limiter.take("ada", cost=7) == 0
    assert limiter.take("ada", cost=4) == pytest.approx(1)
    assert limiter.take("ada", cost=3) == 0


def test_memory_is_bounded_and_the_longest_unused_is_forgotten() -> None:
    limiter = Limiter(per_s=1, burst=1, keys=2, clock=Watch())
    for key in ("ada", "bruno", "chiara"):
        assert limiter.take(key) == 0
    assert len(limiter) == 2
    assert limiter.take("chiara") > 0
    assert limiter.take("ada") == 0, "forgotten, so as new"
    assert limiter.take("chiara") > 0


def test_a_key_in_use_is_not_forgotten() -> None:
    limiter = Limiter(per_s=1, burst=2, keys=2, clock=Watch())
    for key in ("ada", "bruno", "ada", "chiara"):
        assert limiter.take(key) == 0
    assert limiter.take("ada") > 0


@settings(derandomize=True)
@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5), st.sampled_from([0.5, 1.0, 3.0]))
def test_never_more_than_burst_and_rate_allow(waits: list[float], burst: int, per_s: float) -> None:
    watch = Watch()
    limiter = Limiter(per_s=per_s, burst=burst, clock=watch)
    let_through: list[float] = []
    for wait in waits:
        watch.now += wait
        delay = limiter.take("ada")
        if not delay:
            let_through.append(watch.now)
        else:
            watch.now += delay  # what it says is enough, and no longer than needed
            assert limiter.take("ada") == 0
            let_through.append(watch.now)
    for first in range(len(let_through)):
        for last in range(first, len(let_through)):
            assert last - first + 1 <= burst + per_s * (let_through[last] - let_through[first]) + 1e-6


@pytest.mark.parametrize(
    "wrong", [{"per_s": 0, "burst": 1}, {"per_s": 1, "burst": 0}, {"per_s": 1, "burst": 1, "keys": 0}]
)
def test_a_limiter_of_nothing_cannot_be_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="limiter"):
        Limiter(**wrong)  # type: ignore[arg-type]


def test_real_time_passes() -> None:
    limiter = Limiter(per_s=1e9, burst=1)
    assert limiter.take("ada") == 0
