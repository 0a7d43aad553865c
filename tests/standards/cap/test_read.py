"""The CAP reader as a whole: the corpus, the profiles, what may reach the public, and input that means harm."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from beffroi.standards.cap.codes import Profile
from beffroi.standards.cap.guard import Refused, parse
from beffroi.standards.cap.read import check, check_element, refuse
from tests.standards import samples
from tests.standards.cap import corpus
from tests.standards.cap.corpus import changed, codes

PROFILES: tuple[Profile, ...] = ("strict", "tolerant")
REFERRING = "<references>a,b,2026-03-01T00:00:00+00:00</references><info>"
PUBLIC = {"Alert", "Update"}


def agrees(row: dict[str, str], data: bytes) -> bool:
    """As score_cap.py reads the label of a message."""
    verdict = check(data)
    match row["verdict"]:
        case "accept":
            alert = verdict.alert
            if verdict.verdict == "accept" and alert is not None and alert.msgType != "Cancel":
                public = alert.status == "Actual" and alert.scope == "Public" and alert.msgType in PUBLIC
                return verdict.deliverable == (public and bool(alert.info))
            return verdict.verdict != "reject" or bool(row["flaws_found"])
        case "accept-warn":
            return verdict.verdict == "warn"
        case "accept-no-public-delivery":
            return verdict.verdict != "reject" and not verdict.deliverable
        case "reject" | "reject(strict)":
            return verdict.verdict == "reject" and verdict.stage == row["stage"]
        case _:
            return True


@pytest.mark.parametrize("row", corpus.expected(), ids=lambda row: row["file"])
def test_our_own_corpus(row: dict[str, str]) -> None:
    assert agrees(row, (corpus.FOLDER / row["file"]).read_bytes())


def test_the_real_corpus() -> None:
    folder = samples.shared("data/cap")
    rows = corpus.expected(folder, "messages/")
    assert len(rows) > 100
    assert [row["file"] for row in rows if not agrees(row, (folder / row["file"]).read_bytes())] == []


def test_what_only_strict_rejects_is_read_with_a_finding() -> None:
    folder = samples.shared("data/cap")
    rows = [row for row in corpus.expected(folder, "messages/") if row["verdict"] == "reject(strict)"]
    assert rows
    for row in rows:
        verdict = check((folder / row["file"]).read_bytes(), profile="tolerant")
        assert (row["file"], verdict.verdict) == (row["file"], "warn")
        assert verdict.alert is not None
        assert verdict.findings


def test_a_message_without_fault_has_no_finding() -> None:
    verdict = check(changed())
    assert (verdict.verdict, verdict.stage, verdict.deliverable, verdict.findings) == ("accept", None, True, ())


def test_a_finding_says_where_it_is_and_its_xpath_leads_there() -> None:
    data = changed(("</info>", "</info><info><category>Met</category><event>x</event><urgency>Past</urgency>"
                    "<severity>Minor</severity><certainty>Likely</certainty>\n<headline>&lt;b&gt;x&lt;/b&gt;</headline>"
                    "</info>"))  # fmt: skip
    finding = corpus.found(data)["html-in-text"]
    assert finding.xpath == "/cap:alert/cap:info[2]/cap:headline"
    found: Any = etree.fromstring(data).xpath(finding.xpath, namespaces={"cap": corpus.NS12})
    (node,) = found
    assert node.text == "<b>x</b>"
    assert finding.line == node.sourceline
    assert finding.message == "headline has HTML or escaped characters in it; CAP texts are plain."


@pytest.mark.parametrize(
    ("changes", "deliverable"),
    [
        ((), True),
        ((("Actual", "Exercise"),), False),
        ((("Actual", "System"),), False),
        ((("Actual", "Test"),), False),
        ((("Actual", "Draft"),), False),
        ((("Public</scope>", "Restricted</scope><restriction>x</restriction>"),), False),
        ((("Public</scope>", "Private</scope><addresses>x</addresses>"),), False),
        ((("<msgType>Alert", "<msgType>Ack"), ("<info>", REFERRING)), False),
        ((("<msgType>Alert", "<msgType>Error"), ("<info>", "<note>x</note>" + REFERRING)), False),
        ((("<msgType>Alert", "<msgType>Update"), ("<info>", REFERRING)), True),
        ((("<msgType>Alert", "<msgType>Cancel"), ("<info>", REFERRING)), True),
    ],
)  # fmt: skip
def test_only_actual_and_public_is_deliverable(changes: tuple[tuple[str, str], ...], deliverable: bool) -> None:
    verdict = check(changed(*changes))
    assert (verdict.verdict, verdict.deliverable) == ("accept", deliverable)


def test_what_is_rejected_is_not_deliverable_but_may_be_shown() -> None:
    verdict = check(changed(("A-1", "A 1")))
    assert (verdict.verdict, verdict.stage, verdict.deliverable) == ("reject", "semantic", False)
    assert verdict.alert is not None


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "scope"])
def test_tolerant_reads_a_message_without_identity_or_scope_but_never_delivers_it(name: str) -> None:
    assert check(corpus.without(name)).alert is None
    verdict = check(corpus.without(name), profile="tolerant")
    assert (verdict.verdict, verdict.deliverable) == ("warn", False)


def test_the_tree_that_is_checked_stays_as_it_was() -> None:
    root = parse(changed((f' xmlns="{corpus.NS12}"', "")))
    before = etree.tostring(root)
    assert check_element(root, profile="tolerant").verdict == "warn"
    assert etree.tostring(root) == before


def test_a_feed_is_not_a_message() -> None:
    feed = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content>" + changed()[39:] + b"</content></entry></feed>"
    assert codes(feed) == ["error container"]
    assert codes(b"<feed xmlns='http://www.w3.org/2005/Atom'/>") == ["error not-cap"]


def test_a_refusal_is_a_verdict_too() -> None:
    verdict = refuse(Refused("xml-broken", line=3, detail="x"), profile="tolerant")
    assert (verdict.verdict, verdict.stage, verdict.alert) == ("reject", "xml", None)
    assert (verdict.findings[0].line, verdict.findings[0].xpath) == (3, None)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One change such as a broken wire, a broken program or a joker makes."""
    place, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    piece = data[place : place + chance.randrange(40)]
    return chance.choice(
        (
            lambda: data[:place],
            lambda: data[:place] + data[end:],
            lambda: data[:end] + piece + data[end:],
            lambda: data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :],
            lambda: data[:place] + chance.choice((b"<!DOCTYPE a>", b"&x;", b"<![CDATA[", b"<x>", b"\0")) + data[place:],
            lambda: mutate_tree(data, chance),
        )
    )()


VALUES = (
    "", "x", "actual", "2026-03-02T24:00:00+01:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "a,b",
    "1e999", "1,2 3,4 nan,5 1,2", "50,4 -3", "50,4", "91,4 91,5 90,4 91,4", "en_US", "http://[", "2;yellow;Moderate",
)  # fmt: skip


def mutate_tree(data: bytes, chance: random.Random) -> bytes:
    """An element removed, doubled, moved, renamed or given another value."""
    try:
        root = parse(data)
    except Refused:
        return data
    node = chance.choice(list(root.iter()))
    above = node.getparent()
    if above is None:
        return data
    match chance.randrange(5):
        case 0:
            above.remove(node)
        case 1:
            above.append(etree.fromstring(etree.tostring(node)))
        case 2:
            root.append(node)
        case 3:
            node.tag = chance.choice(("x", "{urn:x}sent", f"{{{corpus.NS12}}}info", f"{{{corpus.NS12}}}polygon"))
        case _:
            node.text = chance.choice(VALUES)
    return etree.tostring(root)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(row["file"] for row in corpus.expected())), st.integers(0, 2**32), st.integers(1, 5))
def test_nothing_that_is_done_to_a_message_raises(file: str, seed: int, times: int) -> None:
    chance = random.Random(seed)
    data = (corpus.FOLDER / file).read_bytes()
    for _ in range(times):
        data = mutate(data, chance)
    for profile in PROFILES:
        verdict = check(data, profile=profile)
        assert verdict.verdict in {"accept", "warn", "reject"}
        assert (verdict.verdict == "accept") == (verdict.stage is None)
        assert verdict.alert is not None or verdict.verdict == "reject"
        assert not (verdict.deliverable and verdict.verdict == "reject")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    assert check(data).verdict == "reject"


HARM = {
    "entity-bomb": "derived('sec_billion_laughs.xml')",
    "deep-nesting": "changed(('<info>', '<x>' * 20_000 + '<info>'))",
    "deep-nesting-unlimited": "b'<alert>' + b'<x>' * 1_000_000",
    "million-attributes": "changed(('<info>', '<info ' + ' '.join(f'a{i}=\"\"' for i in range(1_000_000)) + '>'))",
    "attributes-below-the-limits": "changed(('<info>', '<info' + ''.join(f' a{i}=\"\"' for i in range(99_000)) + '>'))",
    "million-vertices": "area('<polygon>' + '1,1 ' * 1_000_000 + '</polygon>')",
    "million-vertices-in-16-MB": "area('<polygon>' + '50.8381,4.3441 ' * 1_000_000 + '</polygon>')",
    "a-knot": "area('<polygon>' + ' '.join(f'{i % 2}.5,{i / 1e4}' for i in range(190_000)) + '</polygon>')",
    "star": "area('<polygon>' + ' '.join(f'{i * 77 % 90},{i * 131 % 180}' for i in range(99_999)) + '</polygon>')",
    "wrong-words": "changed(('<category>', '<category>x</category>' * 24_000 + '<category>'))",
    "unknown-elements": "changed(('<info>', '<x/>' * 49_000 + '<info>'))",
    "commas": "changed(('<info>', '<references>' + ',' * 4_000_000 + '</references><info>'))",
    "quotes": "changed(('<info>', '<addresses>' + '\"' * 4_000_000 + '</addresses><info>'))",
    "blanks": "changed(('A-1', ' ' * 4_000_000))",
    "tags-in-text": "changed(('Gas leak in', '&lt;a ' * 700_000))",
}  # fmt: skip

CHILD = """
    import resource
    from tests.standards.cap.corpus import area, changed, derived
    from beffroi.standards.cap.read import check
    data = {harm}
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    now = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + 400 * 2**20, now + 400 * 2**20))
    print(check(data).verdict, check(data, profile='tolerant').stage)
"""


def judge_in_a_child(harm: str) -> str:
    """Verdict and stage from a process that may use 20 s of processor and 400 MB, or it is killed."""
    script = textwrap.dedent(CHILD).format(harm=harm)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("harm", "answer"),
    [
        ("entity-bomb", "reject security"),
        ("deep-nesting", "reject security"),
        ("deep-nesting-unlimited", "reject security"),
        ("million-attributes", "reject security"),
        ("attributes-below-the-limits", "reject schema"),
        ("million-vertices", "reject security"),
        ("million-vertices-in-16-MB", "reject security"),
        ("a-knot", "reject semantic"),
        ("star", "reject semantic"),
        ("wrong-words", "reject schema"),
        ("unknown-elements", "reject schema"),
        ("commas", "warn semantic"),
        ("quotes", "accept None"),
        ("blanks", "reject semantic"),
        ("tags-in-text", "accept None"),
    ],
)
def test_harm_is_answered_in_bounded_time_and_memory(harm: str, answer: str) -> None:
    assert judge_in_a_child(HARM[harm]) == answer


def test_the_bounds_are_bounds() -> None:
    script = textwrap.dedent(CHILD).format(harm="b''") + "bytearray(800 * 2**20)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def marine() -> bytes:
    """1.7 MB in the manner of the largest real message: many polygons of thousands of points, zones beside them."""
    shapes: list[Any] = []
    for zone in range(20):
        points = [f"{30 + zone + step % 7 / 100:.4f},{-80 + step / 1000:.4f}" for step in range(2_600)]
        back = [f"{29 + zone + step % 5 / 100:.4f},{-80 + step / 1000:.4f}" for step in range(2_600)]
        ring = " ".join([*points, *reversed(back), points[0]])
        shapes.append(f"<polygon>{ring}</polygon>")
    shapes += [f"<geocode><valueName>UGC</valueName><value>ANZ{zone}</value></geocode>" for zone in range(200)]
    return corpus.area("".join(shapes))


def test_a_message_of_1_7_megabytes_is_read_whole() -> None:
    data = marine()
    assert 1.6e6 < len(data) < 2e6
    alert = corpus.read(data)
    assert [len(ring) for ring in alert.info[0].area[0].polygon] == [5_201] * 20
    assert codes(data) == ["note polygon-vertices"] * 20
