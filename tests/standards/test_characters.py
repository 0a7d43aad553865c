"""What may stand in XML 1.0, tried with an XML parser as judge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from beffroi.standards.characters import clean

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@given(ANY_TEXT)
def test_what_is_cleaned_survives_xml(text: str) -> None:
    node = etree.Element("a")
    node.text = clean(text)
    assert (etree.fromstring(etree.tostring(node, encoding="UTF-8")).text or "") == clean(text)
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("a\x00b\x0b\x1f\ufffe\uffff\ud800c", "abc"),
        ("one\r\ntwo\rthree\nfour\tfive", "one\ntwo\nthree\nfour\tfive"),
        (" \n word \n", "word"),
        ("Ça va, België? 🚨 <b>&amp;", "Ça va, België? 🚨 <b>&amp;"),
    ],
)
def test_only_the_forbidden_goes(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected
