"""Known deviations of real agencies: named under strict, read under tolerant."""

from __future__ import annotations

import pytest

from beffroi.standards.cap.guard import parse
from beffroi.standards.cap.read import check
from beffroi.standards.cap.repair import Repair
from beffroi.standards.cap.schema import is_valid
from beffroi.standards.cap.verdict import Report
from tests.standards.cap import corpus
from tests.standards.cap.corpus import BASE, NS11, NS12, changed, codes, found, read

GOOD = read(changed())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (((f' xmlns="{NS12}"', ""),), "namespace-missing"),
        (((NS12, "urn:oasis:names:tc:emergency:alerts:1.2"),), "namespace-wrong"),
        (((NS12, NS12 + "/"),), "namespace-wrong"),
        ((("<event>", '<event xmlns="">'),), "namespace-missing"),
        ((("<headline>", '<headline xmlns="urn:x">'),), "namespace-wrong"),
        ((("<alert ", "<Alert "), ("</alert>", "</Alert>")), "element-case"),
        ((("<msgType>Alert</msgType>", "<msgtype>Alert</msgtype>"),), "element-case"),
        ((("<status>Actual</status>", ""), ("<sent>", "<status>Actual</status><sent>")), "element-order"),
        ((("<contact>112</contact>", ""), ("<event>", "<contact>112</contact><event>")), "element-order"),
        ((("<event>", "<mood>calm</mood><event>"),), "element-unknown"),
        ((("<event>", '<ext:x xmlns:ext="urn:x"><a/></ext:x><event>'),), "element-unknown"),
        ((("<expires>", "<onset/><expires>"),), "element-empty"),
        ((("<expires>", "<effective> </effective><expires>"),), "element-empty"),
        ((("<info>", "<info id='1'>"),), "attribute-unknown"),
        ((("<headline>", "<headline xml:lang='en'>"),), "attribute-unknown"),
        ((("<info>", "<info>Take care!"),), "text-misplaced"),
        ((("Gas leak in High", "<b>Gas</b> leak in <i>High</i>"),), "markup-in-value"),
        ((("Actual", "actual"),), "value-case"),
        ((("Public", " Public "),), "value-case"),
        ((("Shelter", "shelter"),), "value-case"),
        ((("<responseType>Shelter", "<responseType>Hide</responseType><responseType>Shelter"),), "value-unknown"),
        ((("</area>", "<altitude>high</altitude></area>"),), "value-unreadable"),
        ((("<expires>", "<onset>soon</onset><expires>"),), "value-unreadable"),
        ((("en-GB", "en_GB"),), "language-form"),
        ((("16:00:00+01:00", "15:00:00Z"),), "time-z"),
        ((("16:00:00+01:00", "15:00:00"),), "time-no-zone"),
        ((("16:00:00+01:00", "16:00:00.000+01:00"),), "time-form"),
        ((("16:00:00+01:00", "16:00:00+0100"),), "time-form"),
        ((("02T16:00:00+01:00", "02 16:00+01:00"),), "time-form"),
    ],
)  # fmt: skip
def test_a_deviation_is_named_and_mended(changes: tuple[tuple[str, str], ...], code: str) -> None:
    data = changed(*changes)
    assert codes(data) == [f"error {code}"]
    strict, tolerant = check(data), check(data, profile="tolerant")
    assert (strict.verdict, strict.stage, strict.alert) == ("reject", "schema", None)
    assert (tolerant.verdict, tolerant.stage, tolerant.deliverable) == ("warn", "schema", True)
    assert tolerant.alert == GOOD


@pytest.mark.parametrize(
    ("changes", "code", "field", "value"),
    [
        ((("Observed", "Very Likely"),), "certainty-very-likely", "certainty", "Likely"),
        ((("Severe", "Terrible"),), "value-unknown", "severity", "Unknown"),
        ((("en-GB", "??"),), "value-unreadable", "language", "en-US"),
        ((("<severity>Severe</severity>", ""),), "element-missing", "severity", "Unknown"),
        ((("<category>Safety</category>", ""),), "element-missing", "category", ()),
        ((("<event>Gas leak</event>", ""),), "element-missing", "event", ""),
    ],
)
def test_what_cannot_be_mended_is_left_out(
    changes: tuple[tuple[str, str], ...], code: str, field: str, value: object
) -> None:
    data = changed(*changes)
    assert f"error {code}" in codes(data)
    assert f"warning {code}" in codes(data, "tolerant")
    assert getattr(read(data, "tolerant").info[0], field) == value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ((("Actual", "Real"),), "schema-value"),
        ((("<msgType>Alert", "<msgType>Warning"),), "schema-value"),
        ((("</headline>", "</headline><headline>Another</headline>"),), "schema-content"),
        ((("https://town.example/a/1", "http://[oops"),), "schema-value"),
    ],
)
def test_what_has_no_plain_meaning_is_rejected_by_both(changes: tuple[tuple[str, str], ...], code: str) -> None:
    for profile in ("strict", "tolerant"):
        verdict = check(changed(*changes), profile=profile)
        assert (verdict.verdict, verdict.stage, verdict.alert) == ("reject", "schema", None)
        assert code in [finding.code for finding in verdict.findings]


def test_several_deviations_are_all_named() -> None:
    data = changed((f' xmlns="{NS12}"', ""), ("Actual", "ACTUAL"), ("16:00:00+01:00", "15:00:00Z"))
    assert codes(data) == ["error namespace-missing", "error value-case", "error time-z"]
    assert read(data, "tolerant") == GOOD


def test_a_finding_is_at_its_element() -> None:
    finding = found(changed(("16:00:00+01:00", "15:00:00Z")))["time-z"]
    assert (finding.xpath, finding.line) == ("/cap:alert/cap:info[1]/cap:expires", 17)
    assert "2026-03-02T15:00:00Z" in finding.message


def test_a_namespace_that_means_1_1_is_read_as_1_1() -> None:
    data = changed((NS12, "urn:oasis:names:tc:emergency:cap:v1.1"), ("16:00:00+01:00", "15:00:00.5Z"))
    assert read(data, "tolerant").version == "1.1"


def test_a_signature_in_1_1_is_passed_over() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
    data = changed(("</alert>", signature + "</alert>"))
    assert codes(data) == []
    assert codes(data.replace(NS12.encode(), NS11.encode())) == ["error element-unknown"]


def test_the_contents_of_a_signature_are_left_alone() -> None:
    inside = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><x xmlns="">y</x></Object></Signature>'
    root = parse(changed(("Actual", "actual"), ("</alert>", inside + "</alert>")))
    Repair(root, Report("tolerant", root)).run()
    assert is_valid(root, "1.2")
    assert [node.tag for node in root.iter("x")] == ["x"]


def test_what_was_filled_in_is_taken_out_again() -> None:
    root = parse(corpus.without("sender", "event", "urgency"))
    repair = Repair(root, Report("tolerant", root))
    repair.run()
    assert is_valid(root, "1.2")
    repair.empty_filled()
    assert [root.find(f".//{{*}}{name}") for name in ("sender", "event", "urgency")] == [None, None, None]


def test_a_valid_message_is_not_changed() -> None:
    root = parse(BASE.encode())
    report = Report("strict", root)
    Repair(root, report).run()
    assert report.findings == []
