"""How findings become a verdict."""

from __future__ import annotations

import pytest

from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.guard import parse
from beffroi.standards.cap.verdict import MAX_ALIKE, MAX_WORDS, Report, clip, spell
from tests.standards.cap.corpus import changed, read


@pytest.mark.parametrize(
    ("noted", "profile", "answer"),
    [
        ((), "strict", ("accept", None, True)),
        (("time-utc",), "strict", ("accept", None, True)),
        (("time-utc", "expires-missing"), "strict", ("warn", "semantic", True)),
        (("expires-missing", "time-z"), "strict", ("reject", "schema", False)),
        (("polygon-open", "time-z"), "strict", ("reject", "schema", False)),
        (("polygon-open", "time-z"), "tolerant", ("warn", "schema", True)),
        (("polygon-open", "doctype"), "tolerant", ("reject", "security", False)),
    ],
)
def test_the_worst_finding_decides(
    noted: tuple[str, ...], profile: Profile, answer: tuple[str, str | None, bool]
) -> None:
    report = Report(profile)
    for code in noted:
        report.add(code, value="x")
    verdict = report.close(read(changed()), deliverable=True)
    assert (verdict.verdict, verdict.stage, verdict.deliverable) == answer
    order = [finding.severity for finding in verdict.findings]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    assert report.has_error == (verdict.verdict == "reject")


def test_one_fault_a_thousand_times_is_listed_twenty_times() -> None:
    report = Report("strict")
    for _ in range(1_000):
        report.add("polygon-open")
    report.add("time-utc")
    assert report.is_full("polygon-open")
    assert not report.is_full("time-utc")
    assert len(report.close(None).findings) == MAX_ALIKE + 1


def test_a_severity_can_be_milder_than_the_rule() -> None:
    report = Report("strict")
    report.add("time-z", severity="warning", value="x")
    assert report.close(None).verdict == "warn"


def test_words_are_filled_with_facts_on_one_line_and_not_endless() -> None:
    report = Report("strict")
    report.add("polygon-unreadable", value="a\n b" + "c" * 500)
    (finding,) = report.findings
    assert finding.message.startswith("The polygon is not pairs of latitude,longitude: a bccc")
    assert len(finding.message) < MAX_WORDS + 80
    assert clip(12) == "12"


def test_a_place_is_spelt_as_xpath() -> None:
    assert spell(()) == "/cap:alert"
    assert spell(("info", 2, "area", 1, "polygon", 3)) == "/cap:alert/cap:info[2]/cap:area[1]/cap:polygon[3]"


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ((), 2),
        (("sent",), 5),
        (("info", 1), 9),
        (("info", 1, "headline"), 19),
        (("info", 1, "effective"), 9),
        (("info", 1, "area", 1, "polygon", 1), 26),
        (("info", 1, "area", 1, "polygon", 2), 24),
        (("note",), 2),
    ],
)
def test_a_place_has_a_line(where: tuple[str | int, ...], line: int) -> None:
    report = Report("strict", parse(changed()))
    report.add("time-utc", where)
    assert report.findings[0].line == line


def test_what_has_no_place_has_none() -> None:
    report = Report("strict")
    report.add("empty", None)
    report.add("info-missing")
    assert [(finding.xpath, finding.line) for finding in report.findings] == [(None, None), ("/cap:alert", None)]
