"""The agency's own level, and what may reach the public."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.level import colour_of, is_deliverable, level_values, read_level
from beffroi.standards.cap.model import Alert, Info
from tests.standards.cap.corpus import changed, read

ALERT = read(changed())


def levelled(*values: str, name: str = "awareness_level") -> Info:
    return replace(ALERT.info[0], parameter=tuple((name, value) for value in values))


@pytest.mark.parametrize(
    ("value", "colours"),
    [
        ("1; green; Minor", {"green"}),
        ("1; Green; Minor", {"green"}),
        ("2; yellow; Moderate", {"yellow"}),
        ("3;orange;Severe", {"orange"}),
        ("4; RED ; Extreme", {"red"}),
        ("4", {"red"}),
        ("verde", {"green"}),
        ("amarillo", {"yellow"}),
        ("Naranja", {"orange"}),
        ("rojo", {"red"}),
        ("1; orange; Severe", {"green", "orange"}),
        ("5; purple", set()),
        ("", set()),
        (";" * 1_000_000, set()),
    ],
)
def test_a_level(value: str, colours: set[str]) -> None:
    assert read_level(value) == colours


def test_the_worst_of_what_is_named_counts() -> None:
    assert colour_of(levelled("1; green; Minor", "3; orange; Severe")) == "orange"
    assert colour_of(levelled("1; orange; Severe")) == "orange"
    assert colour_of(levelled("?")) is None
    assert colour_of(ALERT.info[0]) is None


@pytest.mark.parametrize("name", ["awareness_level", "AWARENESS_LEVEL", "AEMET-Meteoalerta nivel"])
def test_where_a_level_stands(name: str) -> None:
    assert level_values(levelled("verde", name=name)) == ("verde",)
    assert level_values(replace(ALERT.info[0], eventCode=((name, "verde"),))) == ("verde",)
    assert level_values(levelled("verde", name="awareness_type")) == ()


def with_infos(*infos: Info) -> Alert:
    return replace(ALERT, info=infos)


def test_green_is_no_warning() -> None:
    green, red = levelled("1; green; Minor"), levelled("4; red; Extreme")
    assert is_deliverable(ALERT)
    assert not is_deliverable(with_infos(green))
    assert not is_deliverable(with_infos(levelled("verde", name="AEMET-Meteoalerta nivel")))
    assert is_deliverable(with_infos(red))
    assert is_deliverable(with_infos(green, red))
    assert not is_deliverable(with_infos())


def test_a_cancel_needs_no_info() -> None:
    assert is_deliverable(replace(ALERT, msgType="Cancel", info=()))
    assert not is_deliverable(replace(ALERT, msgType="Cancel", info=(), scope="Private"))


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft", "", "actual"])
def test_only_actual(status: str) -> None:
    assert not is_deliverable(replace(ALERT, status=status))


@pytest.mark.parametrize("scope", ["Restricted", "Private", "", "public"])
def test_only_public(scope: str) -> None:
    assert not is_deliverable(replace(ALERT, scope=scope))


@pytest.mark.parametrize("kind", ["Ack", "Error", "", "alert"])
def test_only_what_warns_or_withdraws(kind: str) -> None:
    assert not is_deliverable(replace(ALERT, msgType=kind))


def test_what_has_no_identity_is_not_delivered() -> None:
    assert not is_deliverable(replace(ALERT, identifier=""))
    assert not is_deliverable(replace(ALERT, sender=""))
    assert not is_deliverable(replace(ALERT, sent=UNKNOWN_SENT))
