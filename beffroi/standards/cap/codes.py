"""Every finding that the CAP reader can make: a stable code, where it belongs, how bad it is, and the words for it.

docs/cap-findings.md shows this table to people and a test keeps the two equal. A code is never renamed or reused.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
"""An error rejects the message, a warning asks a human to look, a note is a remark for the sender."""

Stage = Literal["security", "xml", "schema", "semantic"]
Profile = Literal["strict", "tolerant"]

STAGES: tuple[Stage, ...] = ("security", "xml", "schema", "semantic")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Rule(NamedTuple):
    """How bad a finding is under each profile; `words` is a format string over the finding's facts."""

    stage: Stage
    strict: Severity
    tolerant: Severity
    words: str


def _refused(stage: Stage, words: str) -> Rule:
    return Rule(stage, "error", "error", words)


def _tolerated(stage: Stage, words: str) -> Rule:
    return Rule(stage, "error", "warning", words)


def _doubtful(words: str) -> Rule:
    return Rule("semantic", "warning", "warning", words)


def _remark(words: str) -> Rule:
    return Rule("semantic", "note", "note", words)


SECURITY = {
    "too-large": _refused("security", "The document has {bytes} bytes; more than {limit} are not read."),
    "encoding-refused": _refused("security", "The encoding {encoding} is not read: UTF-8, or UTF-16 with its mark."),
    "doctype": _refused(
        "security", "The document has a document type declaration (DOCTYPE), which can hide an attack."
    ),
    "too-many-tags": _refused("security", "The document has more than {limit} tags."),
    "too-many-attributes": _refused(
        "security", "The document has more than {limit} equals signs, so too many attributes."
    ),
    "parser-limit": _refused("security", "Too deeply nested or too long for the parser: {detail}"),
    "too-many-vertices": _refused("security", "The polygons have more than {limit} points together."),
}

XML = {
    "empty": _refused("xml", "There is nothing in it."),
    "not-xml": _refused("xml", "This is not XML: it begins with {start}."),
    "html-page": _refused("xml", "This is a web page (HTML), perhaps an error page, not a CAP message."),
    "encoding-broken": _refused("xml", "The bytes are not {encoding}: {detail}."),
    "xml-broken": _refused("xml", "The XML is not well-formed: {detail}"),
}

SCHEMA = {
    "not-cap": _refused("schema", "The root element is {name}; a CAP message begins with alert."),
    "container": _refused(
        "schema", "This is a container ({name}), not one message; check the alerts in it one by one."
    ),
    "namespace-missing": _tolerated("schema", "The elements are in no namespace; read as CAP {version}."),
    "namespace-wrong": _tolerated(
        "schema", "{namespace} is not the namespace of this CAP version; read as CAP {version}."
    ),
    "element-case": _tolerated("schema", "{name} must be spelt {right}."),
    "element-order": _tolerated("schema", "{name} is not at its place; the order of the elements is fixed."),
    "element-unknown": _tolerated("schema", "CAP {version} has no {name} here; it is passed over."),
    "element-missing": _tolerated("schema", "{name} is required and is missing."),
    "element-empty": _tolerated("schema", "{name} is empty; it is passed over."),
    "attribute-unknown": _tolerated("schema", "CAP has no attribute {name}; it is passed over."),
    "text-misplaced": _tolerated("schema", "There is text between the elements of {name}; it is passed over."),
    "markup-in-value": _tolerated("schema", "There are elements inside the value of {name}; their text is read."),
    "value-case": _tolerated("schema", "{value} must be written {right}."),
    "value-unknown": _tolerated("schema", "{value} is none of the values of {name}; it is passed over."),
    "value-unreadable": _tolerated("schema", "{value} cannot be read as a value of {name}; it is passed over."),
    "certainty-very-likely": _tolerated("schema", "Very Likely was dropped after CAP 1.0; read as Likely."),
    "language-form": _tolerated("schema", "{value} is not a language tag; read as {right}."),
    "time-z": _tolerated("schema", "{value}: UTC is written -00:00, the letter Z is forbidden."),
    "time-no-zone": _tolerated("schema", "{value} has no time zone; read as UTC."),
    "time-form": _tolerated("schema", "{value} must have the form 2026-03-02T10:05:00+01:00."),
    "schema-content": _refused("schema", "{detail}"),
    "schema-value": _refused("schema", "{detail}"),
    "schema-attribute": _refused("schema", "{detail}"),
    "schema-other": _refused("schema", "{detail}"),
}

IDENTITY = {
    "identity-empty": _tolerated("semantic", "{name} is empty, so no later message can refer to this one."),
    "identifier-characters": _tolerated("semantic", "An identifier has no spaces, commas, < or &: {value}"),
    "sender-characters": _tolerated("semantic", "A sender has no commas, < or &: {value}"),
    "sender-space": _doubtful("A sender has no spaces: {value}"),
    "time-unreadable": _tolerated("semantic", "{value} is a time that cannot be used."),
    "scope-missing": _doubtful("There is no scope; only what is marked Public is public."),
    "restriction-missing": _tolerated("semantic", "The scope is Restricted, but no restriction says how."),
    "restriction-unexpected": _remark("A restriction is given although the scope is {scope}."),
    "addresses-missing": _tolerated("semantic", "The scope is Private, but no addresses are given."),
    "references-missing": _tolerated("semantic", "{msgType} must say in references which message it is about."),
    "references-unreadable": _doubtful("A reference is not sender,identifier,sent: {value}"),
    "reference-self": _tolerated("semantic", "The message refers to itself."),
    "reference-later": _tolerated("semantic", "The message refers to one that was sent after it: {value}"),
    "password-deprecated": _remark("The password of CAP 1.0 was dropped; it protects nothing."),
    "status-test": _remark("The status is Test: technical tests only, all recipients disregard it."),
    "note-missing": _remark("With {why} a note should say which exercise or what went wrong."),
}

INFO = {
    "info-missing": _doubtful("There is no info block: nothing can be told to anyone."),
    "language-missing": _remark("No language is given, which means en-US."),
    "same-text-in-languages": _doubtful("The {name} is the same in {first} and {second}."),
    "event-differs": _remark("Two info blocks in {language} have different events."),
    "category-differs": _remark("The info blocks have different categories or event codes."),
    "severity-differs": _remark("The languages have different urgency, severity or certainty."),
    "recommended-missing": _remark("Recommended and missing: {names}."),
    "text-missing": _doubtful("There is neither a headline nor a description to read."),
    "text-repeated": _remark("The {name} only repeats the {other}."),
    "headline-long": _remark("The headline has {length} characters; about 160 is the limit of short messages."),
    "value-discouraged": _remark("Unknown is discouraged as {names}."),
    "html-in-text": _doubtful("{name} has HTML or escaped characters in it; CAP texts are plain."),
    "bidi-in-text": _doubtful("{name} has invisible characters that turn the direction of text."),
    "expires-missing": _doubtful("No expires: the receiver's default applies."),
    "expires-before-sent": _doubtful("It had expired when it was sent."),
    "expires-before-effective": _doubtful("It expires before it takes effect."),
    "expires-before-onset": _remark("It expires before the event begins."),
    "expires-far": _doubtful("It expires more than a year after it was sent."),
    "time-utc": _remark("The message is sent in UTC; the local time zone is recommended."),
    "level-green": _doubtful("The level is {level}: no warning is in force, so there is nothing to deliver."),
    "level-unreadable": _remark("The awareness level is not like 2; yellow; Moderate: {value}"),
    "level-contradictory": _doubtful("The awareness level contradicts itself: {value}"),
    "level-differs": _remark("The awareness level says {level}, severity says {stated}; the level counts."),
    "link-unsafe": _doubtful("{value} is not a link that may be shown."),
    "link-relative": _remark("{value} is not a full address."),
    "resource-relative": _doubtful("{value} is a relative address without the content (derefUri)."),
    "resource-form": _remark("{name} of the resource is malformed: {value}"),
}

AREA = {
    "area-missing": _doubtful("No area: it is not known whom this concerns."),
    "area-shapeless": _doubtful("The area has neither polygon nor circle nor geocode, only its description."),
    "geocode-only": _doubtful("{count} areas have geocodes only; they need a zone table."),
    "geocode-empty": _remark("A geocode has no {name}."),
    "geocode-case": _remark("{value} is written {right}."),
    "polygon-empty": _remark("The polygon is empty."),
    "polygon-unreadable": _tolerated("semantic", "The polygon is not pairs of latitude,longitude: {value}"),
    "polygon-spacing": _tolerated("semantic", "There is space around the commas of the polygon."),
    "polygon-short": _tolerated("semantic", "The polygon has {count} pairs; it takes at least four."),
    "polygon-open": _tolerated("semantic", "The first and the last pair differ; the polygon is read as closed."),
    "polygon-degenerate": _doubtful("The polygon has no inside."),
    "polygon-crossing": _doubtful("The outline of the polygon crosses itself."),
    "polygon-unchecked": _doubtful("The polygon is too intricate to look for crossings."),
    "polygon-huge": _doubtful("The polygon covers about {km2} km2."),
    "polygon-antimeridian": _remark("The polygon crosses the 180th meridian."),
    "polygon-vertices": _remark("The polygon has {count} points; about 100 are advised."),
    "coordinate-range": _tolerated("semantic", "Outside latitude -90 to 90 or longitude -180 to 180: {value}"),
    "coordinate-swapped": _tolerated("semantic", "Latitude and longitude seem to be swapped: {value}"),
    "coordinate-zero": _doubtful("A point lies at 0,0, which most often means that there was no place."),
    "circle-empty": _remark("The circle is empty."),
    "circle-no-radius": _tolerated("semantic", "The circle has no radius: {value}"),
    "circle-unreadable": _doubtful("The circle is not latitude,longitude and a radius in kilometres: {value}"),
    "circle-spacing": _tolerated("semantic", "There is space around the comma of the circle."),
    "circle-negative": _tolerated("semantic", "The radius of the circle is below zero: {value}"),
    "circle-zero": _remark("The radius of the circle is zero: a point."),
    "circle-huge": _doubtful("The radius of the circle is {km} km; it is in kilometres, not metres."),
    "altitude-unreadable": _doubtful("{name} is not a number of feet: {value}"),
    "ceiling-alone": _tolerated("semantic", "A ceiling is only allowed together with an altitude."),
    "ceiling-low": _doubtful("The ceiling is below the altitude."),
}

RULES: dict[str, Rule] = {**SECURITY, **XML, **SCHEMA, **IDENTITY, **INFO, **AREA}
