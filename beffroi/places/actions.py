"""The only writers of zones and aliases: add, each in one transaction; adding the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from beffroi.errors import Conflict
from beffroi.places.aliases import AliasRow
from beffroi.places.geojson import Feature, ZoneBad
from beffroi.places.models import Alias, Zone


class ZoneChanged(Conflict):
    """A zone of this type, code and version is there with other content: a version never changes, give a new one."""

    code = "zone-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What an addition did: `repaired` counts among the added and the same."""

    added: int
    same: int
    repaired: int = 0
    changed: int = 0


@transaction.atomic
def add_zones(features: Sequence[Feature], *, type: str, version: str, is_place: bool = False) -> Counts:
    """Add the features as zones of one type and version; all or none.

    Raises ZoneBad when two features have one code, ZoneChanged when the version is there with other content.
    """
    _one_at_a_time()
    type = type.strip().upper()
    there = {
        zone.code: zone for zone in Zone.objects.filter(type=type, version=version).only("code", "digest", "is_place")
    }
    new: dict[str, Zone] = {}
    for feature in features:
        old = there.get(feature.code)
        if feature.code in new:
            raise ZoneBad(feature=feature.code, reason="code-twice")
        if old is None:
            new[feature.code] = _zone(feature, type, version, is_place)
        elif (old.digest, old.is_place) != (feature.digest, is_place):
            raise ZoneChanged(type=type, feature=feature.code, version=version)
    Zone.objects.bulk_create(new.values(), batch_size=500)
    repaired = sum(feature.is_repaired for feature in features)
    return Counts(added=len(new), same=len(features) - len(new), repaired=repaired)


def _zone(feature: Feature, type: str, version: str, is_place: bool) -> Zone:
    west, south, east, north = feature.shape.bounds
    label = feature.shape.representative_point()
    return Zone(
        type=type,
        code=feature.code,
        version=version,
        name=feature.name,
        names=dict(feature.names),
        wkb=feature.shape.wkb,
        west=west,
        south=south,
        east=east,
        north=north,
        label_lon=label.x,
        label_lat=label.y,
        is_place=is_place,
        digest=feature.digest,
    )


@transaction.atomic
def add_aliases(rows: Iterable[AliasRow]) -> Counts:
    """Add aliases; a code that meant another zone before means this one from now on (counted as changed)."""
    _one_at_a_time()
    asked = {(row.type.strip().upper(), row.code): (row.zone_type.strip().upper(), row.zone_code) for row in rows}
    there = {
        (alias.type, alias.code): (alias.zone_type, alias.zone_code)
        for alias in Alias.objects.filter(type__in={type for type, _code in asked})
    }
    fresh = {key: target for key, target in asked.items() if there.get(key) != target}
    Alias.objects.bulk_create(
        [
            Alias(type=type, code=code, zone_type=zone_type, zone_code=zone_code)
            for (type, code), (zone_type, zone_code) in fresh.items()
        ],
        update_conflicts=True,
        unique_fields=["type", "code"],
        update_fields=["zone_type", "zone_code"],
    )
    changed = len(fresh.keys() & there.keys())
    return Counts(added=len(fresh) - changed, same=len(asked) - len(fresh), changed=changed)


def _one_at_a_time() -> None:
    """Two processes that start together add the same zones: the second waits, then finds them there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places'))")
