"""Feeds and other containers: what is in them, and where the rest is."""

from __future__ import annotations

import feedparser
import pytest

from beffroi.standards.cap import guard
from beffroi.standards.cap.container import Link, to_bytes, unpack
from beffroi.standards.cap.guard import Refused
from beffroi.standards.cap.read import check, check_element
from tests.standards import samples
from tests.standards.cap.corpus import BASE, NS10, NS11, NS12, changed, read

ALERT = BASE[BASE.index("<alert") :].rstrip()
BARE = ALERT.replace(f' xmlns="{NS12}"', "")
ATOM = "http://www.w3.org/2005/Atom"


def atom(*entries: str) -> bytes:
    return f'<feed xmlns="{ATOM}"><id>f</id><link rel="self" href="https://x/feed"/>{"".join(entries)}</feed>'.encode()


def entry(inner: str, number: int = 1) -> str:
    return f"<entry><id>e{number}</id><updated>2026-03-02T10:05:00Z</updated>{inner}</entry>"


def embedded(number: int = 1) -> str:
    alert = ALERT.replace("A-1", f"A-{number}")
    return entry(f'<link href="https://x/{number}"/><content type="text/xml">{alert}</content>', number)


def test_a_message_alone() -> None:
    box = unpack(changed())
    assert (box.kind, len(box.alerts), box.links, box.ids) == ("message", 1, (), ())


def test_alerts_inside_a_feed() -> None:
    box = unpack(atom(embedded(1), embedded(2)))
    assert (box.kind, box.links, box.ids) == ("atom", (), ("e1", "e2"))
    verdicts = [check_element(alert) for alert in box.alerts]
    assert [(v.verdict, v.findings, v.alert.identifier) for v in verdicts if v.alert] == [
        ("accept", (), "A-1"), ("accept", (), "A-2"),
    ]  # fmt: skip


def test_a_feed_of_469_alerts() -> None:
    box = unpack(atom(*(embedded(number) for number in range(469))))
    assert len(box.alerts) == 469
    last = check_element(box.alerts[-1])
    assert last.alert is not None
    assert last.alert.identifier == "A-468"


def test_an_embedded_alert_has_the_lines_of_the_feed() -> None:
    data = atom("\n" * 99, embedded()).replace(b"Severe", b"Terrible")
    (alert,) = unpack(data).alerts
    (finding,) = check_element(alert).findings
    assert finding.line == data[: data.index(b"Terrible")].count(b"\n") + 1
    assert finding.xpath == "/cap:alert/cap:info[1]/cap:severity"


def test_an_embedded_alert_as_bytes_of_its_own() -> None:
    declared = atom(embedded()).replace(
        ALERT.encode(), ALERT.replace("<", "<c:").replace("<c:/", "</c:").replace("xmlns=", "xmlns:c=").encode()
    )
    for data in (atom(embedded()), declared):
        (alert,) = unpack(data).alerts
        assert check(to_bytes(alert)).verdict == "accept"
        assert read(to_bytes(alert)) == read(changed())


def test_a_repair_does_not_reach_the_container() -> None:
    (alert,) = unpack(atom(embedded()).replace(b">Actual<", b">actual<")).alerts
    assert check_element(alert, profile="tolerant").verdict == "warn"
    assert b">actual<" in to_bytes(alert)


@pytest.mark.parametrize(
    ("links", "href"),
    [
        ('<link href="https://x/a"/>', "https://x/a"),
        ('<link href="https://x/h" type="text/html"/><link href="https://x/a" type="application/cap+xml"/>', "https://x/a"),
        ('<link href="https://x/p"/><link href="https://x/a" type="application/cap+xml; charset=utf-8"/>', "https://x/a"),
        ('<link href="https://x/p"/><link href="https://x/a" type="application/xml"/>', "https://x/a"),
        ('<link rel="related" href="https://x/r" type="application/cap+xml"/><link href="https://x/a"/>', "https://x/a"),
        ('<link rel="enclosure" href="https://x/a" type="application/cap+xml"/>', "https://x/a"),
    ],
)  # fmt: skip
def test_the_link_of_an_entry(links: str, href: str) -> None:
    assert unpack(atom(entry(links))).links == (Link(href, "e1", "2026-03-02T10:05:00Z"),)


@pytest.mark.parametrize("links", ["", '<link href=""/>', '<link href="https://x/h" type="text/html"/>'])
def test_an_entry_without_a_link_to_an_alert(links: str) -> None:
    box = unpack(atom(entry(links)))
    assert (box.links, box.ids) == ((), ("e1",))


def test_rss_with_links() -> None:
    data = b"""<rss version="2.0"><channel><link>https://x/</link>
      <item><title>t</title><link> https://x/1.xml </link><guid>g1</guid>
        <pubDate>Thu, 01 Jan 2026 05:09:13 +0000</pubDate></item>
      <item><enclosure url="https://x/2.cap" type="application/cap+xml"/><link>https://x/page</link></item>
    </channel></rss>"""
    box = unpack(data)
    assert (box.kind, box.alerts, box.ids) == ("rss", (), ("g1",))
    assert box.links == (
        Link("https://x/1.xml", "g1", "Thu, 01 Jan 2026 05:09:13 +0000"), Link("https://x/2.cap", None, None),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrapped", "kind"),
    [
        (f"<alerts>{ALERT}{ALERT}</alerts>", "wrapper"),
        (f"<x:anything xmlns:x='urn:x'><y>{ALERT}</y>{ALERT}</x:anything>", "wrapper"),
        (f"<alerts>{ALERT.replace(NS12, NS11)}{ALERT.replace(NS12, NS10)}</alerts>", "wrapper"),
        (f"<alerts>{BARE}{ALERT.replace(NS12, 'urn:x')}</alerts>", "wrapper"),
        (f"<rss><channel><item><description>{ALERT}</description></item>{ALERT}</channel></rss>", "rss"),
        (
            "<EDXLDistribution xmlns='urn:oasis:names:tc:emergency:EDXL:DE:1.0'><contentObject><xmlContent>"
            f"<embeddedXMLContent>{ALERT}</embeddedXMLContent><embeddedXMLContent>{ALERT}</embeddedXMLContent>"
            "</xmlContent></contentObject></EDXLDistribution>",
            "edxl",
        ),
    ],
)
def test_other_containers(wrapped: str, kind: str) -> None:
    box = unpack(wrapped.encode())
    assert (box.kind, len(box.alerts)) == (kind, 2)


def test_an_alert_inside_an_alert_is_not_a_second_one() -> None:
    nested = ALERT.replace("</alert>", f"{ALERT}</alert>", 1)
    (alert,) = unpack(f"<alerts>{nested}</alerts>".encode()).alerts
    assert "element-unknown" in [finding.code for finding in check_element(alert).findings]


def test_something_else_that_is_called_alert_is_none() -> None:
    assert unpack(atom(entry('<link href="https://x/a"/><alert xmlns="urn:x">yes</alert>'))).alerts == ()


def test_empty_containers_are_containers() -> None:
    assert unpack(atom()).kind == "atom"
    assert unpack(b"<alerts/>").alerts == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<!DOCTYPE html><html/>", "html-page"),
        (b"<!DOCTYPE feed []><feed/>", "doctype"),
        (b"<feed><entry></feed>", "xml-broken"),
        (b"<report/>", "not-cap"),
        (b"", "empty"),
        (
            f"<feed>{ALERT.replace('<info>', '<x/>' * guard.MAX_MESSAGE_TAGS + '<info>')}</feed>".encode(),
            "too-many-tags",
        ),
    ],
)
def test_what_is_no_container(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        unpack(data)
    assert caught.value.code == code


def test_real_feeds_hold_what_their_labels_say() -> None:
    folder = samples.shared("data/cap/feeds")
    counts = {
        file.name: (len(box.alerts), len(box.links)) for file in folder.iterdir() if (box := unpack(file.read_bytes()))
    }
    assert counts["themysteq__meteoalarm-legacy-atom-germany.xml"] == (0, 381)
    assert counts["ibm__nws_atom_feed_example.xml"] == (0, 163)
    assert counts["google__amber.atom"] == (1, 0)
    assert counts["kde__au-bom-en.rss.xml"] == (0, 1)


def test_links_are_those_that_feedparser_finds() -> None:
    data = samples.shared("data/cap/feeds/themysteq__meteoalarm-legacy-atom-germany.xml").read_bytes()
    theirs = [
        next(link.href for link in found.links if link.get("type") == "application/cap+xml")
        for found in feedparser.parse(data).entries
    ]
    assert [link.href for link in unpack(data).links] == theirs
