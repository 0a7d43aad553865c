"""Reads a table of aliases: which code of another system means which zone."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from beffroi.errors import BadInput

COLUMNS = {"type", "code", "target"}
TARGET = re.compile(r"(?:.*/)?([^/]+)/([^/]+?)(?:\.geojson)?")  # EMMA_ID/AT003, also as the path of a file


class AliasFileBad(BadInput):
    """The table has no header `type, code, target`, or a line is not complete; `line` counts from 1."""

    code = "alias-file-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRow:
    """The code `code` of type `type` means the zone `zone_code` of type `zone_type`."""

    type: str
    code: str
    zone_type: str
    zone_code: str


def read(raw: bytes, suffix: str) -> list[AliasRow]:
    """The rows of a UTF-8 table, separated by commas when the suffix is `.csv`, else by tabs. Raises AliasFileBad."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise AliasFileBad(line=1, reason="not-utf-8") from err
    table = csv.DictReader(io.StringIO(text), delimiter="," if suffix == ".csv" else "\t")
    if not COLUMNS.issubset(table.fieldnames or ()):
        raise AliasFileBad(line=1, reason="header-without-type-code-target")
    return [_row(line, number) for number, line in enumerate(table, 2)]


def _row(line: dict[str, str | None], number: int) -> AliasRow:
    type, code, target = ((line[name] or "").strip() for name in ("type", "code", "target"))
    found = TARGET.fullmatch(target)
    if not type or not code or found is None:
        raise AliasFileBad(line=number, reason="incomplete")
    return AliasRow(type=type, code=code, zone_type=found[1], zone_code=found[2])
