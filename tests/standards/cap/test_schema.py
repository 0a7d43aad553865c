"""Our schemas against the official ones, and the shape that is read from them."""

from __future__ import annotations

import random
import threading

import pytest
from lxml import etree

from beffroi.standards.cap import schema
from beffroi.standards.cap.guard import Refused, parse
from beffroi.standards.cap.schema import NAMESPACES, Version, faults, is_valid, place_of, shape
from tests.standards import samples
from tests.standards.cap import corpus
from tests.standards.cap.corpus import BASE, NS10, NS11, NS12, changed, without
from tests.standards.cap.test_read import mutate

OFFICIAL: dict[Version, str] = {"1.2": "CAP-v1.2.xsd", "1.1": "CAP-v1.1.xsd", "1.0": "cap10.xsd"}
V10 = (
    BASE.replace(NS12, NS10)
    .replace("<responseType>Shelter</responseType>", "")
    .replace("<certainty>Observed", "<certainty>Very Likely")
)


def valid(data: bytes | str, version: Version = "1.2") -> bool:
    return is_valid(parse(data.encode() if isinstance(data, str) else data), version)


def version_of(root: etree._Element) -> Version | None:
    name = etree.QName(root)
    return NAMESPACES.get(name.namespace or "") if name.localname == "alert" else None


def test_ours_say_what_the_official_ones_say() -> None:
    """Over every message that we have and thousands of broken ones made from them."""
    official = {v: etree.XMLSchema(etree.parse(samples.shared(f"data/cap/schema/{f}"))) for v, f in OFFICIAL.items()}
    files = [*samples.shared("data/cap/messages").iterdir(), *(corpus.FOLDER / "derived").iterdir()]
    texts = [data for file in sorted(files) if len(data := file.read_bytes()) < 50_000]
    chance = random.Random(12)
    documents = [*texts, *(mutate(chance.choice(texts), chance) for _ in range(3_000))]
    documents += [text.replace(NS12.encode(), NS11.encode()).replace(b"AllClear", b"None") for text in texts]
    documents += [mutate(V10.encode(), chance) for _ in range(400)]
    answers = {True: 0, False: 0}
    for document in documents:
        try:
            root = parse(document)
        except Refused:
            continue
        version = version_of(root)
        if version is not None:
            expected = official[version].validate(root)
            assert is_valid(root, version) == expected, document
            answers[expected] += 1
    assert min(answers.values()) > 150


@pytest.mark.parametrize(
    ("version", "changes", "answer"),
    [
        ("1.2", (), True),
        ("1.2", (("10:05:00+01:00", "09:05:00-00:00"),), True),
        ("1.2", (("10:05:00+01:00", "09:05:00Z"),), False),
        ("1.2", (("10:05:00+01:00", "10:05:00,01:00"),), False),  # passes the pattern, not xs:dateTime
        ("1.2", (("10:05:00+01:00", "10:05:00.5+01:00"),), False),
        ("1.2", (("10:05:00+01:00", "10:05:00"),), False),
        ("1.2", (("en-GB", "en_GB"),), False),
        ("1.2", (("<language>en-GB</language>", "<language/>"),), True),  # the default stands for nothing
        ("1.2", (("<event>", "<event a=''>"),), False),
        ("1.2", (("Shelter", "AllClear"),), True),
        ("1.1", (("Shelter", "AllClear"),), False),
        ("1.1", (("10:05:00+01:00", "09:05:00Z"),), True),
        ("1.1", (("10:05:00+01:00", "10:05:00.5"),), True),
        ("1.2", (("</area>", "<altitude>x</altitude></area>"),), False),
        ("1.1", (("</area>", "<altitude>x</altitude></area>"),), True),
    ],
)
def test_what_the_specification_says(version: Version, changes: tuple[tuple[str, str], ...], answer: bool) -> None:
    text = changed(*changes).decode()
    assert valid(text.replace(NS12, NS11) if version == "1.1" else text, version) == answer


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("en", True), ("EN", True), ("fr-CA", True), ("en-scouse", True), ("i-klingon", True), ("x-pig-latin", True),
        ("de-1901", True), ("sgn-CH-de", True), ("zh-cmn-Hans", True), ("zh-Hans-HK", True),
        ("12345", False), ("toolonglang", False), ("en_US", False), ("??", False),
    ],
)  # fmt: skip
def test_languages(tag: str, good: bool) -> None:
    assert valid(changed(("en-GB", tag))) == good


def test_a_signature_has_a_place_in_1_2_and_none_in_1_1() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x xmlns="">y</x></Signature>'
    signed = BASE.replace("</alert>", signature + "</alert>")
    assert valid(signed)
    assert not valid(signed.replace(NS12, NS11), "1.1")
    assert not valid(BASE.replace("<scope>", signature + "<scope>", 1))
    assert not valid(BASE.replace("</info>", signature + "</info>", 1))


def test_1_0_has_its_own_words() -> None:
    assert valid(V10, "1.0")
    assert valid(V10.replace("<scope>Public</scope>", ""), "1.0")
    assert not valid(V10.replace("Very Likely", "Observed"), "1.0")
    assert valid(V10.replace("</certainty>", "</certainty><eventCode>same=CAE</eventCode>"), "1.0")


@pytest.mark.parametrize(
    ("data", "code", "where", "part"),
    [
        (without("event"), "schema-content", ("info", 1, "responseType", 1), "event"),
        (changed(("Immediate", "Soon")), "schema-value", ("info", 1, "urgency"), "Soon"),
        (changed(("<event>", "<event a='b'>")), "schema-attribute", ("info", 1, "event"), "'a'"),
        (changed(("<scope>Public", "<scope><b/>Public")), "schema-other", ("scope",), "scope"),
    ],
)
def test_a_fault_is_explained_at_its_place(data: bytes, code: str, where: tuple[str | int, ...], part: str) -> None:
    root = parse(data)
    first = faults(root, "1.2")[0]
    assert (first.code, first.where) == (code, where)
    assert part in first.detail
    assert NS12 not in first.detail


def test_a_fault_is_found_with_prefixes_too() -> None:
    prefixed = (
        BASE.replace("<", "<cap:").replace("<cap:/", "</cap:").replace("<cap:?", "<?").replace("xmlns=", "xmlns:cap=")
    )
    (fault, *_) = faults(parse(prefixed.replace("Immediate", "Soon").encode()), "1.2")
    assert fault.where == ("info", 1, "urgency")
    assert fault.line == 14


def test_a_fault_whose_path_cannot_be_resolved_is_at_the_alert() -> None:
    deep = '<q:urgency xmlns:q="urn:q">x</q:urgency>'
    (fault, *_) = faults(parse(changed(("<urgency>Immediate</urgency>", deep))), "1.2")
    assert fault.where in {(), ("info", 1, "urgency")}


def test_nothing_is_wrong_with_a_valid_message() -> None:
    assert faults(parse(changed()), "1.2") == []


def test_threads_do_not_get_each_others_faults() -> None:
    wrong = [parse(changed(("Immediate", f"Soon{number}"))) for number in range(8)]
    seen: dict[int, set[str]] = {number: set() for number in range(8)}

    def explain(number: int) -> None:
        for _ in range(200):
            seen[number] |= {fault.detail.split("'")[5] for fault in faults(wrong[number], "1.2")[:1]}

    threads = [threading.Thread(target=explain, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {number: {f"Soon{number}"} for number in range(8)}


def test_the_shape_is_read_from_the_schema() -> None:
    alert, info = shape("1.2")["Alert"], shape("1.2")["Info"]
    assert list(alert)[:3] == ["identifier", "sender", "sent"]
    assert [slot.place for slot in alert.values()] == list(range(len(alert)))
    assert (alert["status"].is_required, alert["status"].values) == (
        True,
        ("Actual", "Exercise", "System", "Test", "Draft"),
    )
    assert (info["area"].is_many, info["area"].is_required, info["area"].kind) == (True, False, "Area")
    assert "responseType" not in shape("1.0")["Info"]
    assert set(shape("1.1")) == {"Alert", "Info", "Resource", "Area", "Pair"}


def test_a_place_counts_what_may_repeat() -> None:
    root = parse(changed(("<info>", "<code>a</code><code>b</code><info>")))
    assert [place_of(node) for node in root.iter("{*}code")] == [("code", 1), ("code", 2)]
    assert [place_of(node) for node in root.iter("{*}polygon")] == [("info", 1, "area", 1, "polygon", 1)]
    assert place_of(root) == ()


def test_only_our_own_schemas_are_in_the_package() -> None:
    assert sorted(file.name for file in schema.FOLDER.iterdir()) == ["cap-1.0.xsd", "cap-1.1.xsd", "cap-1.2.xsd"]
    for file in schema.FOLDER.iterdir():
        assert "written for Beffroi" in file.read_text(encoding="utf-8")
