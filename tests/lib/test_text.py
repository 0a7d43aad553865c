"""Text that strangers wrote is harmless after cleaning, and text that people need is still there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from beffroi.lib.text import clean_line, clean_text, cut, laid_open

# Letters that do harm come up often, not once in a million.
NASTY = (
    "\r\n\t\v\f\0\x1b\x1c\x7f\x85\u2028\u2029\u202a\u202d\u202e\u2066\u2069"
    "\u200b\u200e\ufeff\ufffe\U000e0041 \u00a0e\u0301A\u030a"
)
strange = st.text(st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=[])), max_size=60)
seeded = settings(derandomize=True, max_examples=500)
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@seeded
@given(strange)
def test_a_clean_line_is_one_line_of_what_can_be_seen(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in line)
    assert not any(unicodedata.bidirectional(letter) in BIDI for letter in line)
    assert line == line.strip() and "  " not in line
    assert clean_line(line) == line


@seeded
@given(strange)
def test_clean_text_has_one_kind_of_break(text: str) -> None:
    clean = clean_text(text)
    assert clean.splitlines() == (clean.split("\n") if clean else [])
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in clean.replace("\n", ""))
    assert not any(unicodedata.bidirectional(letter) in BIDI for letter in clean)
    assert "\n\n\n" not in clean
    assert clean_text(clean) == clean


@seeded
@given(strange, st.integers(0, 30))
def test_a_limit_holds_and_cleaning_twice_is_cleaning_once(text: str, limit: int) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text, limit=limit)
        assert len(once) <= limit
        assert clean(once, limit=limit) == once


@seeded
@given(strange)
def test_clean_text_can_stand_in_xml(text: str) -> None:
    element = etree.Element("headline")
    element.text = clean_text(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == clean_text(text)


def test_no_header_can_be_begun() -> None:
    assert clean_line("Ada\r\nBcc: all@example.org") == "Ada Bcc: all@example.org"
    assert clean_line("Ada\u2028Bcc: x\x85y\x0bz") == "Ada Bcc: x y z"


def test_a_headline_reads_as_it_is_stored() -> None:
    assert clean_line("\u202egnoorts mrats\u202c Flood\u200b war\u00adning") == "gnoorts mrats Flood warning"
    assert clean_line("a\u2066b\u2069c\U000e0041\ufeff") == "abc"


@pytest.mark.parametrize(
    "kept",
    [
        "Danger d’inondation : évitez les ponts à 18\u00a0h",
        "تحذير من الفيضانات\u200f (المنطقة 3)",
        "می\u200cخواهم",
        "👩\u200d👩\u200d👧 🏳️\u200d🌈 ☀️",
        "Überflutung, València, Łódź, Αθήνα, София",
        "a < b & c > d 'e' \"f\"",
    ],
)
def test_what_people_write_stays(kept: str) -> None:
    assert clean_line(kept) == kept
    assert clean_text(kept) == kept


def test_letters_and_their_accents_become_one() -> None:
    assert clean_line("Vale\u0300ncia") == "València"
    assert clean_line("e\u200b\u0301") == "é", "even where something hidden kept them apart"


def test_paragraphs_stay() -> None:
    assert clean_text("  One \r\n two\r\rThree\n\n\n\n\tFour  \n") == "One\ntwo\n\nThree\n\nFour"


def test_cut() -> None:
    assert cut("Leave the river bank", 20) == "Leave the river bank"
    assert cut("Leave the river bank", 19) == "Leave the river…"
    assert cut("Leave the river bank", 12) == "Leave the…"
    assert cut("Donaudampfschifffahrt", 10) == "Donaudamp…"
    assert [cut("abc", limit) for limit in range(4)] == ["", "…", "a…", "abc"]
    assert cut("ne\u0308e\u0308\u0308", 4) == "ne\u0308…", "an accent stays with its letter"


def test_what_was_really_sent_is_laid_open() -> None:
    assert laid_open("a\u202eb\x07c\r\nd\té") == "a\\u202eb\\u0007c\nd\té"
    assert laid_open("\U000e0041") == "\\ue0041"
