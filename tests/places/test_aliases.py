"""Tables of aliases: both separators, both ways to write a target, and what is not complete."""

from __future__ import annotations

import pytest

from beffroi.places.aliases import AliasFileBad, AliasRow, read

ROW = AliasRow(type="NUTS3", code="AT331", zone_type="EMMA_ID", zone_code="AT003")


@pytest.mark.parametrize("target", ["EMMA_ID/AT003", "../EMMA_ID/AT003.geojson", "zones/EMMA_ID/AT003.geojson"])
def test_a_target_is_type_and_code(target: str) -> None:
    assert read(f"type\tcode\ttarget\nNUTS3\tAT331\t{target}\n".encode(), ".tsv") == [ROW]
    assert read(f"\ufeffcode,target,type,note\r\nAT331,{target},NUTS3,x\r\n".encode(), ".csv") == [ROW]


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"", 1, "header-without-type-code-target"),
        (b"type\tcode\nNUTS3\tAT331\n", 1, "header-without-type-code-target"),
        (b"type,code,target\n", 1, "header-without-type-code-target"),
        (b"\xff\xfe", 1, "not-utf-8"),
        (b"type\tcode\ttarget\nNUTS3\tAT331\tEMMA_ID/AT003\nNUTS3\t\tEMMA_ID/AT003\n", 3, "incomplete"),
        (b"type\tcode\ttarget\nNUTS3\tAT331\tAT003\n", 2, "incomplete"),
        (b"type\tcode\ttarget\nNUTS3\tAT331\n", 2, "incomplete"),
    ],
)
def test_what_is_not_complete_is_named(raw: bytes, line: int, reason: str) -> None:
    with pytest.raises(AliasFileBad) as caught:
        read(raw, ".tsv")
    assert caught.value.facts == {"line": line, "reason": reason}
