"""CAP in: bytes to a verdict with its findings and, where it can be read, the `Alert` (CAP 1.0, 1.1 and 1.2).

The order is: refuse what is dangerous before a parser sees it (guard.py), parse, ask the schema (schema.py),
repair known deviations or name them (repair.py), read the fields (build.py), check what no schema can say
(meaning.py). No clock, no network, no zone table. Signatures are another matter: see standards/signature.py.
"""

from __future__ import annotations

import copy

from lxml import etree

from beffroi.standards.cap import guard, schema
from beffroi.standards.cap.build import Builder
from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.guard import Refused
from beffroi.standards.cap.level import is_deliverable
from beffroi.standards.cap.meaning import review
from beffroi.standards.cap.repair import Repair
from beffroi.standards.cap.verdict import Report, Verdict, line_of


def check(data: bytes, *, profile: Profile = "strict") -> Verdict:
    """The verdict on one message. Never raises, whatever the bytes are.

    `strict` rejects what the specification forbids; `tolerant` reads known deviations of real agencies, with a
    warning for each. A container (feed) is rejected: container.unpack gives the alerts in it.
    """
    try:
        root = guard.parse(data)
    except Refused as refused:
        return refuse(refused, profile=profile)
    name = etree.QName(root).localname
    if name.lower() != "alert":
        code = "container" if has_alert(root) else "not-cap"
        return refuse(Refused(code, line=line_of(root), name=name), profile=profile)
    return check_element(root, profile=profile)


def refuse(refused: Refused, *, profile: Profile = "strict") -> Verdict:
    """The verdict on a document that could not even be parsed."""
    report = Report(profile)
    report.record(refused.code, None, refused.facts, line=refused.line)
    return report.close(None)


def check_element(root: etree._Element, *, profile: Profile = "strict") -> Verdict:
    """The verdict on an alert that is the root of its tree. A tree that needs repair is not changed, but copied."""
    report = Report(profile, root)
    version = schema.NAMESPACES.get(etree.QName(root).namespace or "")
    if version is None or not schema.is_valid(root, version):
        root = copy.deepcopy(root)
        repair = Repair(root, report)
        repair.run()
        version = repair.version
        for fault in schema.faults(root, version):
            report.add(fault.code, fault.where, line=fault.line, detail=fault.detail)
        if report.has_error:
            return report.close(None)
        repair.empty_filled()
        report.root = root
    alert = Builder(root, version, report).alert()
    review(alert, report)
    return report.close(alert, deliverable=is_deliverable(alert))


def has_alert(root: etree._Element) -> bool:
    """True when there is something called alert below."""
    return next(root.iter("{*}alert"), None) is not None
