"""What is refused before a parser sees it, in whatever encoding it comes."""

from __future__ import annotations

import pytest

from beffroi.standards.cap import guard
from beffroi.standards.cap.guard import Refused, parse
from tests.standards.cap.corpus import BASE, changed, derived

DOCTYPE = '<!DOCTYPE alert [<!ENTITY x "y">]>'
WITH_DOCTYPE = BASE.replace("<alert", DOCTYPE + "<alert", 1)


def refused(data: bytes) -> str:
    """The code with which the document is refused."""
    with pytest.raises(Refused) as caught:
        parse(data)
    return caught.value.code


@pytest.mark.parametrize("name", ["sec_xxe.xml", "sec_billion_laughs.xml"])
def test_entities_are_refused(name: str) -> None:
    assert refused(derived(name)) == "doctype"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "koi8-r"])
def test_a_doctype_is_refused_in_every_encoding_that_is_read(encoding: str) -> None:
    data = WITH_DOCTYPE.replace("UTF-8", encoding.removesuffix("-sig"), 1).encode(encoding)
    assert refused(data) == "doctype"
    assert parse(BASE.replace("UTF-8", encoding.removesuffix("-sig"), 1).encode(encoding))[0].text == "A-1"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037", "utf-7"])
def test_encodings_that_could_hide_one_are_refused(encoding: str) -> None:
    assert refused(WITH_DOCTYPE.replace("UTF-8", encoding, 1).encode(encoding)) == "encoding-refused"
    assert refused(BASE.replace("UTF-8", encoding, 1).encode(encoding)) == "encoding-refused"


def test_utf_7_is_refused_also_without_its_mark_and_without_a_word() -> None:
    data = '<?xml version="1.0" encoding="utf-7"?>+ADw-+ACE-DOCTYPE a+AD4-<a/>'
    assert refused(data.encode()) == "encoding-refused"
    assert refused(b"+ADw-+ACE-DOCTYPE a+AD4-<a/>") == "not-xml"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "ebcdic-cp-us", "iso-2022-jp", "hz", "no-such-thing", ""])
def test_a_declared_encoding_that_it_cannot_have_is_refused(encoding: str) -> None:
    assert refused(BASE.replace("UTF-8", encoding, 1).encode()) == "encoding-refused"


def test_the_declared_encoding_is_the_one_that_is_read() -> None:
    data = changed(("UTF-8", "iso-8859-1"), ("Old town", "Zürich")).decode().encode("iso-8859-1")
    assert [node.text for node in parse(data).iter("{*}areaDesc")] == ["Zürich"]
    assert refused(changed(("UTF-8", "us-ascii"), ("Old town", "Zürich"))) == "encoding-broken"
    assert refused(BASE.encode().replace(b"Old town", b"Z\xfcrich")) == "xml-broken"


def test_a_truncated_utf_16_text_is_refused() -> None:
    assert refused(BASE.replace("UTF-8", "UTF-16", 1).encode("utf-16")[:-1]) == "encoding-broken"


@pytest.mark.parametrize(
    "before", ["<!-- a -->", "\n", "<?xml-stylesheet href='x.xsl'?>", "<!-- <alert> -->\n<?a b?><!-- -->"]
)
def test_a_doctype_after_comments_is_one_too(before: str) -> None:
    assert refused(BASE.replace("<alert", before + DOCTYPE + "<alert", 1).encode()) == "doctype"
    assert parse(BASE.replace("<alert", before + "<alert", 1).encode())[0].text == "A-1"


def test_the_word_in_a_text_is_no_doctype() -> None:
    data = changed(("A gas leak is reported.", "<![CDATA[<!DOCTYPE html>]]>"))
    assert [node.text for node in parse(data).iter("{*}description")] == ["<!DOCTYPE html>"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>502</body></html>", "html-page"),
        (b"\n<!doctype HTML public><p>", "html-page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "html-page"),
        (b"<HTML><BODY>gone", "html-page"),
        (b'{"alerts": []}', "not-xml"),
        (b"Service Unavailable", "not-xml"),
        (b"<!-- never ends", "not-xml"),
        (b"\x1f\x8b\x08", "not-xml"),
        (b"<alert><identifier></alert>", "xml-broken"),
        (b"<alert>&eacute;</alert>", "xml-broken"),
        (b"<alert>\0</alert>", "xml-broken"),
        (b"\n<?xml version='1.0'?><alert/>", "xml-broken"),
        (b"<alert>" + b"<x>" * 300, "parser-limit"),
    ],
)
def test_what_is_no_document(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_broken_document_is_refused_with_the_line() -> None:
    with pytest.raises(Refused) as caught:
        parse(changed(("</event>", "</Event>")))
    assert caught.value.line == 12
    assert "event" in str(caught.value.facts["detail"])


def test_a_message_has_a_narrower_limit_than_a_feed() -> None:
    filling = b"<!--" + b"x" * guard.MAX_MESSAGE_BYTES + b"-->"
    assert refused(b"<alert>" + filling + b"</alert>") == "too-large"
    assert parse(b"<feed>" + filling + b"</feed>").tag == "feed"
    assert refused(b"<feed>" + b" " * guard.MAX_FEED_BYTES + b"</feed>") == "too-large"


def test_too_many_tags_and_attributes_are_counted_before_parsing() -> None:
    tags = guard.MAX_MESSAGE_TAGS
    assert refused(b"<alert>" + b"<x/>" * tags + b"</alert>") == "too-many-tags"
    assert len(parse(b"<feed>" + b"<x/>" * tags + b"</feed>")) == tags
    assert refused(b"<feed>" + b"<x/>" * guard.MAX_FEED_TAGS + b"</feed>") == "too-many-tags"
    attributes = b" ".join(b'a%d=""' % number for number in range(guard.MAX_ATTRIBUTES + 1))
    assert refused(b"<alert " + attributes + b"/>") == "too-many-attributes"


def test_nothing_outside_the_document_is_read() -> None:
    data = changed(
        ("<alert", '<?xml-stylesheet href="file:///etc/hostname"?><alert xmlns:xi="http://www.w3.org/2001/XInclude"'),
        ("A-1", '<xi:include href="file:///etc/hostname" parse="text"/>'),
    )
    (identifier,) = parse(data).iter("{*}identifier")
    assert [child.tag for child in identifier] == ["{http://www.w3.org/2001/XInclude}include"]
    assert "".join(str(text) for text in identifier.itertext()) == ""
