"""GeoJSON (RFC 7946) to areas that are in degrees, polygonal and valid; what cannot be mended is refused by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from beffroi.errors import BadInput


class ZoneFileBad(BadInput):
    """The file as a whole is no GeoJSON feature collection."""

    code = "zone-file-bad"


class ZoneBad(BadInput):
    """One feature cannot become a zone; `feature` names it, `reason` says why. Nothing was added."""

    code = "zone-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One area with its code; `is_repaired` when its rings crossed or touched and shapely made it valid."""

    code: str
    name: str
    names: Mapping[str, str]
    shape: Polygon | MultiPolygon
    is_repaired: bool
    digest: str


def read(raw: bytes, *, code_key: str = "code", name_key: str = "name") -> list[Feature]:
    """The features of a collection; code and name are properties of each (the code may be a number, the name may lack).

    A property `names` may hold the name by language. Raises ZoneFileBad and ZoneBad.
    """
    try:
        features = json.loads(raw, parse_constant=_no_number)["features"]
        if not isinstance(features, list) or not features:
            raise ZoneFileBad(reason="no-features")
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise ZoneFileBad(reason="not-a-feature-collection") from err
    return [_feature(raw_feature, f"feature {n}", code_key, name_key) for n, raw_feature in enumerate(features, 1)]


def _no_number(word: str) -> float:
    raise ValueError(word)  # NaN and Infinity are no JSON, and geometry code reacts to them in surprising ways


def _feature(raw: Any, where: str, code_key: str, name_key: str) -> Feature:
    properties = raw.get("properties") if isinstance(raw, dict) else None
    if not isinstance(properties, dict):
        raise ZoneBad(feature=where, reason="no-properties")
    code = str(properties.get(code_key, "")).strip()
    if not code or not code.isprintable():
        raise ZoneBad(feature=where, reason=f"no-{code_key}")
    where = f"{where} ({code})"
    area, is_repaired = area_of(raw.get("geometry"), where)
    text = json.dumps([raw["geometry"], code, properties.get(name_key), properties.get("names")], sort_keys=True)
    return Feature(
        code=code,
        name=_clean(str(properties.get(name_key) or "")) or code,
        names=_names(properties.get("names") or {}, where),
        shape=area,
        is_repaired=is_repaired,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def area_of(geometry: Any, where: str) -> tuple[Polygon | MultiPolygon, bool]:
    """A valid area in degrees, and whether it had to be repaired. `where` names the feature in the error.

    Raises ZoneBad.
    """
    try:
        found = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as err:
        raise ZoneBad(feature=where, reason="no-geometry") from err
    if not isinstance(found, Polygon | MultiPolygon):
        raise ZoneBad(feature=where, reason="not-an-area")
    if found.is_empty:
        raise ZoneBad(feature=where, reason="empty")
    west, south, east, north = found.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ZoneBad(feature=where, reason="not-in-degrees")
    is_valid = bool(found.is_valid)
    whole = found if is_valid else _repaired(found)
    if not isinstance(whole, Polygon | MultiPolygon) or whole.area == 0:
        raise ZoneBad(feature=where, reason="no-area")
    return whole, not is_valid


def _repaired(area: Polygon | MultiPolygon) -> BaseGeometry:
    return shapely.make_valid(area, method="structure", keep_collapsed=False)


def _names(raw: Any, where: str) -> Mapping[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(name, str) for name in raw.values()):
        raise ZoneBad(feature=where, reason="names-not-by-language")
    return {language: _clean(name) for language, name in raw.items()}


def _clean(name: str) -> str:
    """Without control and bidi characters (real files have them): names go into pages, mail headers and CAP."""
    return "".join(c for c in name if c.isprintable()).strip()
