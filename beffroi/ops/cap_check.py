"""`beffroi cap check`: what becomes of each CAP message, and why. Needs no database and no network.

Folders are walked; a feed gives one answer for each alert in it. Exit 0 when none was rejected, 1 when one was,
2 when the command was not understood or a path cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beffroi.errors import BadInput, NotFound
from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.container import unpack
from beffroi.standards.cap.guard import MAX_FEED_BYTES, Refused
from beffroi.standards.cap.model import Alert
from beffroi.standards.cap.read import check_element, refuse
from beffroi.standards.cap.verdict import Verdict

SUFFIXES = {".xml", ".cap", ".atom", ".rss"}
"""Files that are looked at when a folder is given; a file that is named itself may have any name."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the verb."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder to walk")
    parser.add_argument("--profile", choices=("strict", "tolerant"), default="strict",
                        help="tolerant reads known deviations of real agencies, with a warning")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check all paths; 1 when a message was rejected."""
    files = list(find_files(options.paths))
    is_clean = True
    for file in files:
        count = 0
        for name, verdict in judge(file, read(file), options.profile):
            count += 1
            is_clean = is_clean and verdict.verdict != "reject"
            print(json.dumps(to_json(name, verdict)) if options.json else to_words(name, verdict))
        if not count:
            sys.stderr.write(f"{file}: no alert in it\n")
    return 0 if is_clean else 1


def find_files(paths: list[str]) -> Iterator[str]:
    """The files meant by the paths, spelt as given, those of a folder sorted. `NotFound` where there is none."""
    for path in paths:
        folder = Path(path)
        if not folder.is_dir():
            if not folder.exists():
                raise NotFound(path=path)
            yield path
            continue
        inside = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not inside:
            raise NotFound(path=path, suffixes=" ".join(sorted(SUFFIXES)))
        for file in inside:
            yield f"{path.rstrip('/')}/{file.relative_to(folder)}"


def read(file: str) -> bytes:
    """The bytes, but no more than the reader refuses anyway. `BadInput` where they cannot be had."""
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_FEED_BYTES + 1)
    except OSError as err:
        raise BadInput(path=file, reason=err.strerror) from err


def judge(name: str, data: bytes, profile: Profile) -> Iterator[tuple[str, Verdict]]:
    """The verdict on a message, or on each alert of a container under `name#1`, `name#2` ..."""
    try:
        container = unpack(data)
    except Refused as refused:
        yield name, refuse(refused, profile=profile)
        return
    for number, alert in enumerate(container.alerts, 1):
        yield name if container.kind == "message" else f"{name}#{number}", check_element(alert, profile=profile)


def to_json(name: str, verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain values; what could not be read is null."""
    findings = [
        {"code": f.code, "severity": f.severity, "xpath": f.xpath, "line": f.line, "message": f.message}
        for f in verdict.findings
    ]
    return {
        "file": name,
        "verdict": verdict.verdict,
        "deliverable": verdict.deliverable,
        "stage": verdict.stage,
        **(dict.fromkeys(FACTS) if verdict.alert is None else facts(verdict.alert)),
        "findings": findings,
    }


FACTS = (
    "identifier",
    "sender",
    "sent",
    "status",
    "msgType",
    "scope",
    "infos",
    "languages",
    "polygons",
    "circles",
    "geocodes",
)


def facts(alert: Alert) -> dict[str, Any]:
    """The `FACTS` of a message that could be read."""
    areas = [area for info in alert.info for area in info.area]
    return {
        "identifier": alert.identifier or None,
        "sender": alert.sender or None,
        "sent": None if alert.sent == UNKNOWN_SENT else alert.sent.isoformat(),
        "status": alert.status or None,
        "msgType": alert.msgType or None,
        "scope": alert.scope or None,
        "infos": len(alert.info),
        "languages": list(dict.fromkeys(info.language for info in alert.info)),
        "polygons": sum(len(area.polygon) for area in areas),
        "circles": sum(len(area.circle) for area in areas),
        "geocodes": sum(len(area.geocode) for area in areas),
    }


def to_words(name: str, verdict: Verdict) -> str:
    """One line for the message and one for each finding."""
    alert = verdict.alert
    told = (alert.status, alert.msgType, alert.scope, alert.identifier) if alert else ()
    reach = "may reach the public" if verdict.deliverable else "not for the public"
    lines = [" ".join((f"{name}: {verdict.verdict}, {reach}", *told))]
    for finding in verdict.findings:
        place = f" line {finding.line}" if finding.line else ""
        path = f" {finding.xpath}" if finding.xpath else ""
        lines.append(f"  {finding.severity} {finding.code}:{place}{path} {finding.message}")
    return "\n".join(map(visible, lines))


def visible(line: str) -> str:
    """A line without what could steer a terminal or turn the direction of text."""
    return line if line.isprintable() else "".join(mark if mark.isprintable() else "\ufffd" for mark in line)
