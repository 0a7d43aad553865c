"""What the text of the CAP specification asks and no schema can say: the checks on a message that was read.

They look at the `Alert` alone, so they hold for our own messages before they leave as well. Shapes are checked
where they are read (geometry.py). Beside the specification (sections 3.2.1 to 3.2.4) they cover what Google's
validator and the MeteoAlarm profile ask.
"""

from __future__ import annotations

from collections.abc import Iterator

from beffroi.standards.cap.build import UNKNOWN_SENT
from beffroi.standards.cap.infos import compare_infos, review_info
from beffroi.standards.cap.model import Alert
from beffroi.standards.cap.verdict import Report


def review(alert: Alert, report: Report) -> None:
    """Note everything that is wrong or odd about the alert."""
    _identity(alert, report)
    _scope(alert, report)
    _references(alert, report)
    _status(alert, report)
    if not alert.info and alert.msgType in {"Alert", "Update"}:
        report.add("info-missing")
    for number, info in enumerate(alert.info, 1):
        review_info(alert, info, ("info", number), report)
    if len(alert.info) > 1:
        compare_infos(alert, report)


def _identity(alert: Alert, report: Report) -> None:
    for name, value in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not value:
            report.add("identity-empty", (name,), name=name)
    if _has_any(alert.identifier, ",<&") or len(alert.identifier.split()) > 1:
        report.add("identifier-characters", ("identifier",), value=alert.identifier)
    if _has_any(alert.sender, ",<&"):
        report.add("sender-characters", ("sender",), value=alert.sender)
    elif len(alert.sender.split()) > 1:
        report.add("sender-space", ("sender",), value=alert.sender)


def _has_any(text: str, marks: str) -> bool:
    return any(mark in text for mark in marks)


def _scope(alert: Alert, report: Report) -> None:
    if not alert.scope:
        report.add("scope-missing")
    if alert.scope == "Restricted" and not alert.restriction:
        report.add("restriction-missing", ("scope",))
    if alert.restriction and alert.scope != "Restricted":
        report.add("restriction-unexpected", ("restriction",), scope=alert.scope)
    if alert.scope == "Private" and not alert.addresses:
        report.add("addresses-missing", ("scope",))


def _references(alert: Alert, report: Report) -> None:
    if not alert.references and alert.msgType in {"Update", "Cancel", "Ack", "Error"}:
        report.add("references-missing", ("msgType",), msgType=alert.msgType)
    for reference in alert.references:
        if reference == alert.key:
            report.add("reference-self", ("references",))
        elif reference.sent > alert.sent and alert.sent != UNKNOWN_SENT:
            value = f"{reference.sender},{reference.identifier},{reference.sent.isoformat()}"
            report.add("reference-later", ("references",), value=value)


def _status(alert: Alert, report: Report) -> None:
    if alert.status == "Test":
        report.add("status-test", ("status",))
    if not alert.sent.utcoffset() and alert.sent != UNKNOWN_SENT:
        report.add("time-utc", ("sent",))
    for why in _note_reasons(alert):
        report.add("note-missing", (), why=why)


def _note_reasons(alert: Alert) -> Iterator[str]:
    if not alert.note and alert.status == "Exercise":
        yield "status Exercise"
    if not alert.note and alert.msgType == "Error":
        yield "msgType Error"
