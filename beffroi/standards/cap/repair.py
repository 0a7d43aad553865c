"""Makes a message with a known deviation schema-valid again, with a finding for each thing that it had to change.

Agencies do send wrong order, no namespace, `Z` times, `actual` for Actual. The tolerant profile goes on with the
repaired tree; the strict profile only takes the findings, which say more than a schema error does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import etree

from beffroi.standards.cap.schema import DSIG, NAMESPACE_OF, NAMESPACES, Slot, Version, place_of, shape
from beffroi.standards.cap.verdict import Report, Where, line_of

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
LOOSE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)?", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
NUMERALS = {
    "integer": re.compile(r"\s*[-+]?\d+\s*", re.ASCII),
    "decimal": re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)\s*", re.ASCII),
}
FILLED = {"Time": "1970-01-01T00:00:00-00:00", "string": "-", "integer": "0", "decimal": "0"}
"""Stands in for a missing required value while the schema is asked about the rest; taken out again by the reader."""


class Repair:
    """One run over one alert. `filled` are elements that were put in for missing ones."""

    def __init__(self, root: etree._Element, report: Report) -> None:
        self.root = root
        self.report = report
        self.filled: list[etree._Element] = []
        self.version = _version(etree.QName(root).namespace or "")
        self.cap = f"{{{NAMESPACE_OF[self.version]}}}"
        self.shape = shape(self.version)

    def run(self) -> None:
        """Change the tree in place."""
        self._namespaces()
        self._container(self.root, "Alert")

    def empty_filled(self) -> None:
        """Take out again what was put in for missing elements."""
        for blank in self.filled:
            if (above := blank.getparent()) is not None:
                above.remove(blank)

    def add(self, code: str, node: etree._Element, **facts: object) -> None:
        """Note a finding; where it will not be listed any more, its place is not worked out either."""
        where: Where = () if self.report.is_full(code) else place_of(node)
        self.report.record(code, where, facts, line=line_of(node))

    def _namespaces(self) -> None:
        """Move what has CAP's names, but not what is inside of anything else, into the namespace of the version."""
        if etree.QName(self.root).localname != "alert":
            self.add("element-case", self.root, name=etree.QName(self.root).localname, right="alert")
            self.root.tag = self.root.tag.replace(etree.QName(self.root).localname, "alert")
        names = {"alert", *(name.lower() for slots in self.shape.values() for name in slots)}
        reported = False
        rest = [self.root]
        while rest:
            node = rest.pop()
            tag = str(node.tag)
            if not tag.startswith(self.cap):
                name = etree.QName(node)
                if tag.startswith(DSIG) or name.localname.lower() not in names:
                    continue
                if not reported:
                    reported = True
                    code = "namespace-wrong" if name.namespace else "namespace-missing"
                    self.add(code, node, namespace=name.namespace, version=self.version)
                node.tag = self.cap + name.localname
            rest.extend(reversed(node))

    def _container(self, node: etree._Element, kind: str) -> None:
        slots = self.shape[kind]
        self._attributes(node)
        self._loose_text(node)
        signed = kind == "Alert" and self.version == "1.2"
        for child in list(node):
            if not (signed and str(child.tag).startswith(DSIG)):
                self._child(node, child, slots)
        self._missing(node, slots)
        self._order(node, slots)

    def _child(self, node: etree._Element, child: etree._Element, slots: dict[str, Slot]) -> None:
        name = self._name(child)
        slot = slots.get(name) or next((s for s in slots.values() if s.name.lower() == name.lower()), None)
        if slot is None:
            name = etree.QName(child).localname
            self.add("element-unknown", child, name=name, version=self.version)
            node.remove(child)
            return
        if slot.name != name:
            self.add("element-case", child, name=name, right=slot.name)
            child.tag = self.cap + slot.name
        if slot.kind in self.shape:
            self._container(child, slot.kind)
        else:
            self._attributes(child)
            self._value(node, child, slot)

    def _attributes(self, node: etree._Element) -> None:
        for name in [str(name) for name in node.attrib if not str(name).startswith(XSI)]:
            self.add("attribute-unknown", node, name=name)
            del node.attrib[name]

    def _loose_text(self, node: etree._Element) -> None:
        loose = [text for text in (node.text, *(child.tail for child in node)) if text and text.strip()]
        if loose:
            self.add("text-misplaced", node, name=self._name(node))
            node.text = None
            for child in node:
                child.tail = None

    def _value(self, node: etree._Element, leaf: etree._Element, slot: Slot) -> None:
        if len(leaf):
            self.add("markup-in-value", leaf, name=slot.name)
            text = "".join(str(part) for part in leaf.itertext())
            for child in list(leaf):
                leaf.remove(child)
            leaf.text = text
        text = leaf.text or ""
        if slot.kind in {"string", "Words", "anyURI"} or (slot.name == "language" and not text.strip()):
            return
        if not text.strip():
            if not slot.is_required:
                self.add("element-empty", leaf, name=slot.name)
            node.remove(leaf)  # where it is required, it is reported as missing
            return
        right = self._right_value(leaf, text, slot)
        if right is None:
            node.remove(leaf)
        elif right != text:
            leaf.text = right

    def _right_value(self, leaf: etree._Element, text: str, slot: Slot) -> str | None:
        """The value as the schema wants it, None where none can be found."""
        if slot.values:
            return self._word(leaf, text, slot)
        if slot.kind == "Time":
            return self._time(leaf, text.strip(), slot)
        if slot.kind == "language":
            return self._language(leaf, text.strip())
        if slot.kind in NUMERALS and not NUMERALS[slot.kind].fullmatch(text):
            self.add("value-unreadable", leaf, name=slot.name, value=text)
            return None
        return text

    def _word(self, leaf: etree._Element, text: str, slot: Slot) -> str | None:
        if text in slot.values:
            return text
        plain = "".join(text.lower().split())
        for value in slot.values:
            if plain == value.lower().replace(" ", ""):
                self.add("value-case", leaf, value=repr(text), right=value)
                return value
        if slot.name == "certainty" and plain == "verylikely":
            self.add("certainty-very-likely", leaf)
            return "Likely"
        self.add("value-unknown", leaf, name=slot.name, value=text)
        if "Unknown" in slot.values:
            return "Unknown"
        return None if slot.is_many else text

    def _time(self, leaf: etree._Element, text: str, slot: Slot) -> str | None:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            self.add("value-unreadable", leaf, name=slot.name, value=text)
            return None
        if (TIME if self.version == "1.2" else LOOSE_TIME).fullmatch(text):
            return text
        if text[-1] in "Zz":
            self.add("time-z", leaf, value=text)
        elif at.tzinfo is None:
            self.add("time-no-zone", leaf, value=text)
        else:
            self.add("time-form", leaf, value=text)
        return at.replace(microsecond=0, tzinfo=at.tzinfo or UTC).isoformat()

    def _language(self, leaf: etree._Element, text: str) -> str | None:
        if LANGUAGE.fullmatch(text):
            return text
        right = text.replace("_", "-")
        if LANGUAGE.fullmatch(right):
            self.add("language-form", leaf, value=text, right=right)
            return right
        self.add("value-unreadable", leaf, name="language", value=text)
        return None

    def _missing(self, node: etree._Element, slots: dict[str, Slot]) -> None:
        present = set(map(self._name, node))
        for slot in slots.values():
            if slot.is_required and slot.name not in present:
                self.add("element-missing", node, name=slot.name)
                blank = etree.SubElement(node, self.cap + slot.name)
                blank.text = slot.values[-1] if slot.values else FILLED[slot.kind]
                self.filled.append(blank)

    def _order(self, node: etree._Element, slots: dict[str, Slot]) -> None:
        filled = set(self.filled)
        last = -1
        for child in node:
            place = self._place(child, slots)
            if place < last and child not in filled:
                self.add("element-order", child, name=self._name(child))
                break
            last = max(last, place)
        node[:] = sorted(node, key=lambda child: self._place(child, slots))

    def _place(self, child: etree._Element, slots: dict[str, Slot]) -> int:
        slot = slots.get(self._name(child))
        return slot.place if slot is not None else len(slots)

    def _name(self, node: etree._Element) -> str:
        """The name of one of CAP's elements, the whole tag of any other."""
        return str(node.tag).removeprefix(self.cap)


def _version(namespace: str) -> Version:
    """The version that a namespace means, also where it is not quite spelt like it."""
    if namespace in NAMESPACES:
        return NAMESPACES[namespace]
    return next((version for version in NAMESPACE_OF if namespace.rstrip("/").endswith(version)), "1.2")
