"""What the specification asks of a message beyond its schema."""

from __future__ import annotations

import pytest

from beffroi.standards.cap.meaning import review
from beffroi.standards.cap.verdict import Report
from tests.standards import samples
from tests.standards.cap.corpus import changed, codes

EARLIER = "<references>alert@town.example,A-0,2026-03-02T09:00:00+01:00</references><info>"
ITSELF = "<references>alert@town.example,A-1,2026-03-02T09:05:00-00:00</references><info>"
LATER = "<references>alert@town.example,A-2,2026-03-02T10:06:00+01:00</references><info>"
SAME_NAME = "<references>alert@town.example,A-1,2026-03-02T09:00:00+01:00</references><info>"


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ((("A-1", "A 1"),), ["error identifier-characters"]),
        ((("A-1", "A,1"),), ["error identifier-characters"]),
        ((("A-1", "A&lt;1"),), ["error identifier-characters"]),
        ((("A-1", "A&amp;1"),), ["error identifier-characters"]),
        ((("A-1", " A-1 "),), []),
        ((("A-1", ""),), ["error identity-empty"]),
        ((("alert@town.example", ""),), ["error identity-empty"]),
        ((("alert@town.example", "Town, Fire Brigade"),), ["error sender-characters"]),
        ((("alert@town.example", "Town Hall"),), ["warning sender-space"]),
        ((("Public", "Restricted"),), ["error restriction-missing"]),
        ((("Public</scope>", "Restricted</scope><restriction>police</restriction>"),), []),
        ((("Public</scope>", "Public</scope><restriction>police</restriction>"),), ["note restriction-unexpected"]),
        ((("Public</scope>", "Public</scope><restriction/>"),), []),
        ((("Public", "Private"),), ["error addresses-missing"]),
        ((("Public</scope>", "Private</scope><addresses>a@b</addresses>"),), []),
        ((("<msgType>Alert", "<msgType>Update"),), ["error references-missing"]),
        ((("<msgType>Alert", "<msgType>Cancel"),), ["error references-missing"]),
        ((("<msgType>Alert", "<msgType>Ack"),), ["error references-missing"]),
        ((("<msgType>Alert", "<msgType>Update"), ("<info>", EARLIER)), []),
        ((("<msgType>Alert", "<msgType>Update"), ("<info>", SAME_NAME)), []),
        ((("<msgType>Alert", "<msgType>Update"), ("<info>", ITSELF)), ["error reference-self"]),
        ((("<msgType>Alert", "<msgType>Update"), ("<info>", LATER)), ["error reference-later"]),
        ((("<info>", EARLIER),), []),
        ((("<msgType>Alert", "<msgType>Error"), ("<info>", EARLIER)), ["note note-missing"]),
        ((("Actual", "Exercise"),), ["note note-missing"]),
        ((("Actual", "Exercise"), ("<info>", "<note>Spring exercise</note><info>")), []),
        ((("Actual", "Test"),), ["note status-test"]),
        ((("10:05:00+01:00", "09:05:00-00:00"),), ["note time-utc"]),
    ],
)
def test_a_message(changes: tuple[tuple[str, str], ...], noted: list[str]) -> None:
    assert codes(changed(*changes)) == noted
    tolerated = [code.replace("error", "warning") for code in noted]
    assert codes(changed(*changes), "tolerant") == tolerated


def test_a_message_without_info_is_legal_and_says_nothing() -> None:
    text = changed().decode()
    empty = (text[: text.index("<info>")] + text[text.index("</info>") + 7 :]).encode()
    assert codes(empty) == ["warning info-missing"]
    cancel = empty.replace(b"<msgType>Alert", b"<msgType>Cancel").replace(
        b"</alert>", EARLIER[:-6].encode() + b"</alert>"
    )
    assert codes(cancel) == []


def test_a_message_of_our_own_can_be_reviewed_before_it_is_written() -> None:
    report = Report("strict")
    review(samples.public(references=()), report)
    assert {finding.severity for finding in report.findings} <= {"note", "warning"}
    review(samples.public(msgType="Cancel", references=()), report)
    assert "references-missing" in [finding.code for finding in report.findings]
