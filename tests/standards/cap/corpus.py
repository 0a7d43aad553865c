"""The messages written for this project, a message to change at will, and what was found about it."""

from __future__ import annotations

import csv
from pathlib import Path

from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.model import Alert
from beffroi.standards.cap.read import check
from beffroi.standards.cap.verdict import Finding

FOLDER = Path(__file__).parents[2] / "data" / "cap"
NS12 = "urn:oasis:names:tc:emergency:cap:1.2"
NS11 = "urn:oasis:names:tc:emergency:cap:1.1"
NS10 = "http://www.incident.com/cap/1.0"

BASE = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="{NS12}">
  <identifier>A-1</identifier>
  <sender>alert@town.example</sender>
  <sent>2026-03-02T10:05:00+01:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>en-GB</language>
    <category>Safety</category>
    <event>Gas leak</event>
    <responseType>Shelter</responseType>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Observed</certainty>
    <expires>2026-03-02T16:00:00+01:00</expires>
    <senderName>Town</senderName>
    <headline>Gas leak in High Street</headline>
    <description>A gas leak is reported.</description>
    <instruction>Close doors and windows.</instruction>
    <web>https://town.example/a/1</web>
    <contact>112</contact>
    <area>
      <areaDesc>Old town</areaDesc>
      <polygon>50.838,4.344 50.838,4.352 50.833,4.352 50.833,4.344 50.838,4.344</polygon>
    </area>
  </info>
</alert>
"""
"""Without any finding, not even a note."""

POLYGON = "50.838,4.344 50.838,4.352 50.833,4.352 50.833,4.344 50.838,4.344"


def changed(*changes: tuple[str, str]) -> bytes:
    """`BASE` with each first occurrence replaced; what is to be replaced must be there."""
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def without(*names: str) -> bytes:
    """`BASE` without the first element of each name, which stands on a line of its own."""
    lines = BASE.splitlines()
    for name in names:
        lines.remove(next(line for line in lines if line.strip().startswith(f"<{name}>")))
    return "\n".join(lines).encode()


def area(shapes: str) -> bytes:
    """`BASE` with other shapes in its area."""
    return changed((f"<polygon>{POLYGON}</polygon>", shapes))


def found(data: bytes, profile: Profile = "strict") -> dict[str, Finding]:
    """The findings by code; of several with one code, the first."""
    return {finding.code: finding for finding in reversed(check(data, profile=profile).findings)}


def codes(data: bytes, profile: Profile = "strict") -> list[str]:
    """`severity code` of every finding, in order."""
    return [f"{finding.severity} {finding.code}" for finding in check(data, profile=profile).findings]


def read(data: bytes, profile: Profile = "strict") -> Alert:
    """The alert of a message that can be read."""
    alert = check(data, profile=profile).alert
    assert alert is not None
    return alert


def derived(name: str) -> bytes:
    """One of the messages of tests/data/cap/derived."""
    return (FOLDER / "derived" / name).read_bytes()


def expected(folder: Path = FOLDER, prefix: str = "derived/") -> list[dict[str, str]]:
    """The rows of an EXPECTED.tsv whose file begins so."""
    with (folder / "EXPECTED.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["file"].startswith(prefix)]
