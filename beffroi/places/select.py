"""Reads zones and places: by code, by what an area touches, for pickers, and the city's border."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from beffroi.city.model import City
from beffroi.errors import Unavailable
from beffroi.places import geojson
from beffroi.places.models import Alias, Zone

Pair = tuple[str, str]
"""Type and code of a zone, as in CAP's geocode: valueName and value."""


class BorderUnknown(Unavailable):
    """The city's border is the union of zones of a type that has none yet."""

    code = "border-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The union of the zones that are known, and the pairs that are not: those are for a person to look at."""

    geometry: BaseGeometry
    unknown: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A zone that residents can pick. `lat`, `lon`: a point inside it; `bounds`: west, south, east, north; degrees."""

    type: str
    code: str
    name: str
    names: Mapping[str, str]
    lat: float
    lon: float
    bounds: tuple[float, float, float, float]

    def name_in(self, language: str) -> str:
        """Its name in a language, or its own name."""
        return self.names.get(language, self.name)


def find(type: str, code: str) -> BaseGeometry | None:
    """The newest shape of one zone, by its code or by an alias of it; None when it is unknown."""
    return _shapes([(type, code)]).get(_key((type, code)))


def resolve(pairs: Sequence[Pair]) -> Resolved:
    """The area of all these zones together. An unknown zone adds nothing to the area: never everyone, never a guess.

    Without any known zone the area is empty (`geometry.is_empty`).
    """
    shapes = _shapes(pairs)
    unknown = tuple(dict.fromkeys(pair for pair in pairs if _key(pair) not in shapes))
    return Resolved(geometry=shapely.union_all(list(shapes.values())) if shapes else Polygon(), unknown=unknown)


def _key(pair: Pair) -> Pair:
    return pair[0].strip().upper(), pair[1].strip()


def _shapes(pairs: Iterable[Pair]) -> dict[Pair, BaseGeometry]:
    """Shapes by normal key. A zone of the very code goes before an alias; an alias leads to a zone, not to an alias."""
    asked = {_key(pair) for pair in pairs}
    shapes = _newest(asked)
    other = asked - shapes.keys()
    rows = Alias.objects.raw(_ALIASES, _columns(other)) if other else ()
    aliases = {(row.type, row.code): (row.zone_type, row.zone_code) for row in rows}
    targets = _newest(set(aliases.values()))
    return shapes | {key: targets[target] for key, target in aliases.items() if target in targets}


def _newest(keys: set[Pair]) -> dict[Pair, BaseGeometry]:
    zones = Zone.objects.raw(_ZONES, _columns(keys)) if keys else ()
    return {(zone.type, zone.code): shapely.from_wkb(bytes(zone.wkb)) for zone in zones}


def _columns(keys: set[Pair]) -> list[list[str]]:
    return [[type for type, _code in keys], [code for _type, code in keys]]


# Arrays instead of IN (...): a message may name more zones than a query may have parameters.
_ZONES = """
    SELECT DISTINCT ON (type, code) id, type, code, wkb
    FROM places_zone JOIN unnest(%s::text[], %s::text[]) AS asked (type, code) USING (type, code)
    ORDER BY type, code, id DESC
"""
_ALIASES = """
    SELECT id, type, code, zone_type, zone_code
    FROM places_alias JOIN unnest(%s::text[], %s::text[]) AS asked (type, code) USING (type, code)
"""


def places() -> list[Place]:
    """Every place that residents can pick, sorted by name without regard to case and accents."""
    return sorted((_place(zone) for zone in _pickable().defer("wkb")), key=lambda place: _sorting(place.name))


def shapes() -> list[BaseGeometry]:
    """The shapes of all places that residents can pick, by code."""
    return [shapely.from_wkb(bytes(zone.wkb)) for zone in sorted(_pickable(), key=lambda zone: (zone.type, zone.code))]


def place_names(geometry: BaseGeometry, language: str = "") -> list[str]:
    """Names of the places that the area covers or cuts, sorted; places that only share its edge are not among them."""
    if geometry.is_empty:
        return []
    west, south, east, north = geometry.bounds
    near = _pickable().filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    zones = list(near)
    shapes = shapely.from_wkb([bytes(zone.wkb) for zone in zones])
    touched = shapely.intersects(geometry, shapes) & ~shapely.touches(geometry, shapes)
    names = [_place(zone).name_in(language) for zone, is_touched in zip(zones, touched, strict=True) if is_touched]
    return sorted(names, key=_sorting)


def place_features() -> dict[str, Any]:
    """Every place with its shape as one GeoJSON feature collection, for maps and for finding the cells of a place."""
    features = [
        {
            "type": "Feature",
            "properties": {"type": zone.type, "code": zone.code, "name": zone.name, "names": zone.names},
            "geometry": shapely.geometry.mapping(shapely.from_wkb(bytes(zone.wkb))),
        }
        for zone in sorted(_pickable(), key=lambda zone: _sorting(zone.name))
    ]
    return {"type": "FeatureCollection", "features": features}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How many zones there are of one type and version, and how many of them residents can pick."""

    type: str
    version: str
    zones: int
    places: int


def stock() -> list[Stock]:
    """Every type and version, sorted."""
    rows = Zone.objects.values("type", "version").annotate(
        zones=Count("pk"), places=Count("pk", filter=Q(is_place=True))
    )
    return sorted((Stock(**row) for row in rows), key=lambda row: (row.type, row.version))


def alias_count() -> int:
    """How many aliases there are."""
    return Alias.objects.count()


def dangling() -> list[str]:
    """Aliases whose zone is not there, as `TYPE/code`, sorted: messages that use them go to a person."""
    zone = Zone.objects.filter(type=OuterRef("zone_type"), code=OuterRef("zone_code"))
    lost = Alias.objects.exclude(Exists(zone)).values_list("type", "code")
    return sorted(f"{type}/{code}" for type, code in lost)


def _pickable() -> QuerySet[Zone]:
    newest = Zone.objects.order_by("type", "code", "-id").distinct("type", "code").values("pk")
    return Zone.objects.filter(pk__in=newest, is_place=True)


def _place(zone: Zone) -> Place:
    return Place(
        type=zone.type,
        code=zone.code,
        name=zone.name,
        names=zone.names,
        lat=zone.label_lat,
        lon=zone.label_lon,
        bounds=(zone.west, zone.south, zone.east, zone.north),
    )


def _sorting(name: str) -> str:
    """Sorted in Python: the embedded database has no ICU, and its collation knows no accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def border(city: City) -> BaseGeometry:
    """The city's outline, from its file or from its zones. Raises BorderUnknown, ZoneFileBad and ZoneBad."""
    if city.border.file is not None:
        features = geojson.read(city.border.file.read_bytes(), code_key="code")
        return shapely.union_all([feature.shape for feature in features])
    type = city.border.zones.upper()
    newest = Zone.objects.filter(type=type).aggregate(newest=Max("pk"))["newest"]
    if newest is None:
        raise BorderUnknown(type=type)
    return _union(type, newest)


@lru_cache(maxsize=4)
def _union(type: str, _newest_pk: int) -> BaseGeometry:
    """Some 25 ms for 500 municipalities; the newest row is in the key, so that a new version is seen."""
    zones = Zone.objects.filter(type=type).order_by("type", "code", "-pk").distinct("type", "code")
    return shapely.union_all([shapely.from_wkb(bytes(zone.wkb)) for zone in zones])
