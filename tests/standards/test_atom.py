"""The feed, judged by feedparser, by the OASIS schema and by another CAP library at the end of its links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import feedparser
import pytest
from cap_tools.models import Alert as OtherAlert
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from beffroi.standards.atom import CAP_TYPE, NAMESPACE, Entry, Feed, entry_id, write
from beffroi.standards.cap.model import Reference
from tests.standards import samples
from tests.standards.signing import message

ATOM = f"{{{NAMESPACE}}}"
XML_XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
<xs:attribute name="lang" type="xs:language"/><xs:attribute name="base" type="xs:anyURI"/></xs:schema>"""


def entry(**changes: object) -> Entry:
    values: dict[str, object] = {
        "key": samples.public().key,
        "href": "https://alerte.example.be/cap/BXL-1.xml?a=1&b=2",
        "title": "Fuite de gaz <b>rue Haute</b> & place",
        "summary": "Fermez portes et fenêtres.\x00",
        "category": ("Safety", "Env"),
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def feed(*entries: Entry, **changes: object) -> Feed:
    values: dict[str, object] = {
        "id": "https://alerte.example.be/feed/fr",
        "title": "Alertes",
        "self_href": "https://alerte.example.be/feed/fr.atom",
        "updated": samples.SENT,
        "author": "Ville",
        "entries": entries,
        "rights": "CC BY 4.0",
        "lang": "fr-BE",
    }
    return Feed(**{**values, **changes})  # type: ignore[arg-type]


def test_feedparser_reads_it() -> None:
    earlier = Reference(sender="a@example.be", identifier="BXL-0", sent=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    parsed = feedparser.parse(write(feed(entry(), entry(key=earlier, summary=None, category=()))))
    assert not parsed.bozo
    assert (parsed.version, parsed.feed.id, parsed.feed.title) == (
        "atom10",
        "https://alerte.example.be/feed/fr",
        "Alertes",
    )
    assert (parsed.feed.author, parsed.feed.rights, parsed.feed.language) == ("Ville", "CC BY 4.0", "fr-BE")
    assert [(link.rel, link.href) for link in parsed.feed.links] == [("self", "https://alerte.example.be/feed/fr.atom")]
    assert parsed.feed.updated == "2026-03-02T10:05:00+01:00"
    first, second = parsed.entries
    assert [(link.rel, link.type, link.href) for link in first.links] == [
        ("alternate", CAP_TYPE, "https://alerte.example.be/cap/BXL-1.xml?a=1&b=2")
    ]
    assert (first.updated, second.updated) == ("2026-03-02T10:05:00+01:00", "2026-01-02T03:04:05Z")
    assert first.summary == "Fermez portes et fenêtres."
    assert [tag.term for tag in first.tags] == ["Safety", "Env"]
    assert first.id != second.id
    assert "summary" not in second


def test_text_is_text_and_never_markup() -> None:
    root = etree.fromstring(write(feed(entry())))
    title = root.find(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert (title.text, len(title), title.get("type")) == ("Fuite de gaz <b>rue Haute</b> & place", 0, None)


def test_the_schema_takes_it(tmp_path: Path) -> None:
    source = etree.parse(samples.shared("data/cap/schema/atom.xsd"))
    for node in source.getroot().findall("{http://www.w3.org/2001/XMLSchema}import"):
        if node.get("namespace", "").startswith("urn:oasis"):
            source.getroot().remove(node)
    (tmp_path / "atom.xsd").write_bytes(etree.tostring(source))
    (tmp_path / "xml.xsd").write_text(XML_XSD)
    schema = etree.XMLSchema(etree.parse(tmp_path / "atom.xsd"))
    schema.assertValid(etree.fromstring(write(feed(entry(), entry(summary=None)))))
    schema.assertValid(etree.fromstring(write(feed())))


def test_another_cap_library_reads_the_signed_message_at_the_end_of_a_link() -> None:
    unknown_allowed = ParserConfig(fail_on_unknown_properties=False)  # it has no place for the Signature
    other = XmlParser(config=unknown_allowed).from_bytes(message(), OtherAlert)
    assert (other.identifier, len(other.infos)) == ("BXL-1", 2)
    assert entry_id(
        Reference(sender=other.sender, identifier=other.identifier, sent=other.sent.to_datetime())
    ) == entry_id(samples.public().key)


@given(samples.REFERENCES, st.integers(-14 * 60, 14 * 60))
def test_an_entry_keeps_its_id_whatever_the_offset_of_its_time(key: Reference, minutes: int) -> None:
    elsewhere = key.sent.astimezone(timezone(timedelta(minutes=minutes)))
    same = Reference(sender=key.sender, identifier=key.identifier, sent=elsewhere)
    assert entry_id(key) == entry_id(same)
    assert entry_id(key).startswith("urn:uuid:")


def test_ids_are_stable_for_ever_and_differ_by_each_part() -> None:
    key = Reference(sender="a@example.be", identifier="BXL-1", sent=samples.SENT)
    assert entry_id(key) == "urn:uuid:ac8941ce-f4bf-54f1-ab60-c3ee57743a09"
    others = [
        Reference(sender="b@example.be", identifier="BXL-1", sent=samples.SENT),
        Reference(sender="a@example.be", identifier="BXL-2", sent=samples.SENT),
        Reference(sender="a@example.be", identifier="BXL-1", sent=samples.SENT + timedelta(seconds=1)),
    ]
    assert len({entry_id(key), *map(entry_id, others)}) == 4


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        write(feed(updated=samples.NAIVE))
    with pytest.raises(ValueError, match="aware"):
        write(feed(entry(key=Reference(sender="a", identifier="b", sent=samples.NAIVE))))
