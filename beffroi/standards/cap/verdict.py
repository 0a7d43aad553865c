"""What the CAP reader answers: a verdict with its findings, and the report in which findings are gathered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, cast

from lxml import etree

from beffroi.standards.cap.codes import RULES, SEVERITIES, STAGES, Profile, Severity, Stage
from beffroi.standards.cap.model import Alert

Where = tuple[str | int, ...]
"""A place in a message: element names below alert, each with its number (from 1) where it may repeat."""

Word = Literal["accept", "warn", "reject"]
VERDICT_OF: dict[Severity, Word] = {"error": "reject", "warning": "warn", "note": "accept"}

MAX_ALIKE = 20
"""Findings of one code that are listed: a broken feed repeats one fault a thousand times, and so does an attacker."""

MAX_WORDS = 200
"""Characters of the message's own text quoted in a finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    `xpath` holds with the prefix `cap` bound to the namespace of the message; `line` counts from 1. Both are None
    where the document could not be read so far.
    """

    code: str
    severity: Severity
    xpath: str | None
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one message.

    `stage` is where its worst errors or warnings were made (None when it is accepted). `deliverable` says whether
    status, scope, msgType and level allow it to reach the public at all, whatever the time and the area.
    `alert` is None when the message was rejected before it could be read.
    """

    verdict: Word
    stage: Stage | None
    deliverable: bool
    findings: tuple[Finding, ...]
    alert: Alert | None


class Report:
    """The findings about one document while it is being read."""

    __slots__ = ("_alike", "findings", "infos", "profile", "root")

    def __init__(self, profile: Profile, root: etree._Element | None = None) -> None:
        self.profile = profile
        self.root = root
        self.infos: Sequence[etree._Element] = ()
        """The info elements once they are known: most findings are about one, and its line is needed each time."""
        self.findings: list[Finding] = []
        self._alike: Counter[str] = Counter()

    def add(
        self,
        code: str,
        where: Where | None = (),
        *,
        line: int | None = None,
        severity: Severity | None = None,
        **facts: object,
    ) -> None:
        """Note a finding; `where` None means no place in the message. Only the first `MAX_ALIKE` of a code are kept."""
        self.record(code, where, facts, line=line, severity=severity)

    def record(
        self,
        code: str,
        where: Where | None,
        facts: Mapping[str, object],
        *,
        line: int | None = None,
        severity: Severity | None = None,
    ) -> None:
        """The same as `add` with the facts as a mapping."""
        self._alike[code] += 1
        if self._alike[code] > MAX_ALIKE:
            return
        rule = RULES[code]
        words = rule.words.format_map({name: clip(value) for name, value in facts.items()}) if facts else rule.words
        found = severity or (rule.strict if self.profile == "strict" else rule.tolerant)
        xpath = None
        if where is not None:
            xpath = spell(where)
            line = self._line_of(where) if line is None else line
        self.findings.append(Finding(code, found, xpath, line, words))

    def _line_of(self, where: Where) -> int | None:
        """The line on which the element begins, or the nearest one above it where it is missing."""
        node, start = self.root, 0
        if node is None:
            return None
        tag = str(node.tag)
        cap = tag[: tag.rfind("}") + 1]
        if self.infos and where and where[0] == "info":
            node, start = self.infos[int(where[1]) - 1], 2
        for place in range(start, len(where)):
            step = where[place]
            if isinstance(step, str):
                below = node.iterchildren(cap + step)
                nth = where[place + 1] if place + 1 < len(where) else 1
                child = next(islice(below, nth - 1, None) if isinstance(nth, int) else below, None)
                if child is None:
                    break
                node = child
        return line_of(node)

    def is_full(self, code: str) -> bool:
        """True when another finding of this code would not be listed."""
        return self._alike[code] >= MAX_ALIKE

    @property
    def has_error(self) -> bool:
        """True once something was noted that rejects the message."""
        return any(finding.severity == "error" for finding in self.findings)

    def close(self, alert: Alert | None, *, deliverable: bool = False) -> Verdict:
        """The verdict on what was noted, the worst findings first; nothing rejected is deliverable."""
        found = tuple(sorted(self.findings, key=lambda finding: SEVERITIES.index(finding.severity)))
        worst = found[0].severity if found else "note"
        if worst == "note":
            return Verdict("accept", None, deliverable, found, alert)
        stage = min((RULES[f.code].stage for f in found if f.severity == worst), key=STAGES.index)
        return Verdict(VERDICT_OF[worst], stage, deliverable and worst != "error", found, alert)


def line_of(node: etree._Element) -> int | None:
    """The line of the document on which the element begins; None for one that was put in later."""
    return cast("int | None", node.sourceline)  # the stubs do not know its type


def clip(value: object) -> str:
    """A value short enough to quote, on one line."""
    if isinstance(value, int):
        return str(value)
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_WORDS else text[:MAX_WORDS] + "..."


def spell(where: Where) -> str:
    """`("info", 2, "expires")` as the XPath `/cap:alert/cap:info[2]/cap:expires`."""
    xpath = "/cap:alert"
    for step in where:
        xpath += f"[{step}]" if isinstance(step, int) else f"/cap:{step}"
    return xpath
