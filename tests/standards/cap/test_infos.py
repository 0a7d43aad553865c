"""What is odd about an info block and about several of them together."""

from __future__ import annotations

import pytest

from tests.standards.cap.corpus import BASE, area, changed, codes, found, without

NEXT_DAY = "2026-03-03T10:05:00+01:00"
RESOURCE = "<resource><resourceDesc>x</resourceDesc><mimeType>image/png</mimeType>{}</resource><area>"


def resource(inner: str, mime: str = "image/png") -> tuple[tuple[str, str], ...]:
    return (("<area>", RESOURCE.format(inner).replace("image/png", mime)),)


def parameter(name: str, value: str) -> tuple[tuple[str, str], ...]:
    return (("<area>", f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter><area>"),)


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ((("<language>en-GB</language>", ""),), ["note language-missing"]),
        ((("Gas leak in", "&lt;b&gt;Gas&lt;/b&gt; leak in"),), ["warning html-in-text"]),
        ((("Gas leak in", "Gas &amp;amp; smoke in"),), ["warning html-in-text"]),
        ((("Gas leak in", "Gas &amp;#39; smoke in"),), ["warning html-in-text"]),
        ((("Old town", "&lt;script&gt;"),), ["warning html-in-text"]),
        ((("Gas leak in", "Wind &lt; 10 m/s &amp; gas in"),), []),
        ((("Gas leak in", "Gas\u202e leak in"),), ["warning bidi-in-text"]),
        ((("Old town", "\u2066Old town"),), ["warning bidi-in-text"]),
        ((("Gas leak in", "\u200fגז ברחוב"),), []),
        ((("Gas leak in High Street", "x" * 161),), ["note headline-long"]),
        ((("A gas leak is reported.", "Gas leak in High Street"),), ["note text-repeated"]),
        ((("<expires>2026-03-02T16:00:00+01:00</expires>", ""),), ["warning expires-missing"]),
        ((("02T16:00:00", "01T16:00:00"),), ["warning expires-before-sent"]),
        ((("2026-03-02T16:00:00", "2199-03-02T16:00:00"),), ["warning expires-far"]),
        ((("<expires>", f"<effective>{NEXT_DAY}</effective><expires>"),), ["warning expires-before-effective"]),
        ((("<expires>", f"<onset>{NEXT_DAY}</onset><expires>"),), ["note expires-before-onset"]),
        ((("Observed", "Unknown"),), ["note value-discouraged"]),
        (parameter("awareness_level", "3; orange; Severe"), []),
        (parameter("awareness_level", "1; green; Minor"), ["warning level-green", "note level-differs"]),
        (parameter("awareness_level", "2; yellow; Moderate"), ["note level-differs"]),
        (parameter("awareness_level", "high"), ["note level-unreadable"]),
        (parameter("awareness_level", "1; orange; Severe"), ["warning level-contradictory"]),
        (parameter("AEMET-Meteoalerta nivel", "verde"), ["warning level-green", "note level-differs"]),
        (parameter("AEMET-Meteoalerta nivel", "naranja"), []),
        ((("https://town.example/a/1", "www.town.example"),), ["note link-relative"]),
        ((("https://town.example/a/1", "javascript:alert(1)"),), ["warning link-unsafe"]),
        (resource("<uri>https://town.example/map.png</uri>"), []),
        (resource("<uri>file:///etc/passwd</uri>"), ["warning link-unsafe"]),
        (resource("<uri>map.png</uri>"), ["warning resource-relative"]),
        (resource("<uri>map.png</uri><derefUri>QUJD\nREVG</derefUri>"), []),
        (resource("<derefUri>?</derefUri>"), ["note resource-form"]),
        (resource("<size>-1</size>"), ["note resource-form"]),
        (resource("<digest>abc</digest>"), ["note resource-form"]),
        (resource("", "picture"), ["note resource-form"]),
        ((("</area>", "<ceiling>100</ceiling></area>"),), ["error ceiling-alone"]),
        ((("</area>", "<altitude>200</altitude><ceiling>100</ceiling></area>"),), ["warning ceiling-low"]),
        ((("</area>", "<altitude>100</altitude><ceiling>200</ceiling></area>"),), []),
    ],
)  # fmt: skip
def test_an_info_block(changes: tuple[tuple[str, str], ...], noted: list[str]) -> None:
    assert codes(changed(*changes)) == noted


def geocode(name: str, value: str) -> str:
    return f"<geocode><valueName>{name}</valueName><value>{value}</value></geocode>"


@pytest.mark.parametrize(
    ("shapes", "noted"),
    [
        ("", ["warning area-shapeless"]),
        (geocode("EMMA_ID", "BE004"), ["warning geocode-only"]),
        (geocode("emma_id", "BE004"), ["warning geocode-only", "note geocode-case"]),
        (geocode("emma_id", "BE004") + geocode("emma_id", "BE005"), ["warning geocode-only", "note geocode-case"]),
        ("<circle>50,4 1</circle>" + geocode("EMMA_ID", "BE004"), []),
        ("<circle>50,4 1</circle>" + geocode("EMMA_ID", ""), ["note geocode-empty"]),
        ("<polygon/>" + geocode("EMMA_ID", "IL001"), ["warning geocode-only", "note polygon-empty"]),
    ],
)
def test_an_area(shapes: str, noted: list[str]) -> None:
    assert codes(area(shapes)) == noted


def test_an_info_without_area_concerns_nobody_knows_whom() -> None:
    text = changed().decode()
    assert codes((text[: text.index("<area>")] + text[text.index("</area>") + 7 :]).encode()) == [
        "warning area-missing"
    ]


def test_zones_are_counted_and_named_once() -> None:
    more = "<area><areaDesc>x</areaDesc>" + geocode("EMMA_ID", "BE005") + "</area>"
    data = changed(("</area>", "</area>" + more + more))
    assert codes(data) == ["warning geocode-only"]
    assert found(data)["geocode-only"].message.startswith("2 areas have geocodes only")
    assert found(data)["geocode-only"].xpath == "/cap:alert/cap:info[1]/cap:area[2]"


def test_what_is_recommended_is_named_in_one_finding() -> None:
    data = without("senderName", "headline", "description", "instruction", "responseType", "web", "contact")
    assert codes(data) == ["warning text-missing", "note recommended-missing"]
    assert found(data)["recommended-missing"].message == (
        "Recommended and missing: senderName, headline, description, instruction, responseType, web, contact."
    )


def two(*changes: tuple[str, str]) -> bytes:
    """The message with its info block a second time, in French, changed."""
    second = BASE[BASE.index("<info>") : BASE.index("</info>") + 7]
    for old, new in (
        ("en-GB", "fr"),
        ("A gas leak is reported.", "Une fuite."),
        ("Close doors and windows.", "Fermez."),
        *changes,
    ):
        assert old in second
        second = second.replace(old, new, 1)
    return BASE.replace("</info>", "</info>" + second, 1).encode()


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ((), []),
        ((("Une fuite.", "A gas leak is reported."),), ["warning same-text-in-languages"]),
        ((("Une fuite.", "A gas leak is reported."), (">fr<", ">EN-gb<")), []),
        (((">fr<", ">en-GB<"), ("Gas leak<", "Fire<")), ["note event-differs"]),
        ((("Gas leak<", "Fuite<"),), []),
        ((("Safety", "Env"),), ["note category-differs"]),
        ((("Severe", "Minor"),), ["note severity-differs"]),
        ((("Severe", "Minor"), ("Old town", "New town")), []),
    ],
)
def test_two_info_blocks(changes: tuple[tuple[str, str], ...], noted: list[str]) -> None:
    assert codes(two(*changes)) == noted


def test_a_finding_names_its_info_block() -> None:
    finding = found(two(("Une fuite.", "A gas leak is reported.")))["same-text-in-languages"]
    assert finding.xpath == "/cap:alert/cap:info[2]/cap:description"
    assert finding.message == "The description is the same in en-gb and fr."
