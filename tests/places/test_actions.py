"""Adding zones and aliases: once is once, all or nothing, a version never changes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connection

from beffroi.places.actions import Counts, ZoneChanged, add_aliases, add_zones
from beffroi.places.aliases import AliasRow
from beffroi.places.geojson import ZoneBad
from beffroi.places.models import Alias, Zone
from tests.places.samples import towns

pytestmark = pytest.mark.django_db

ALIAS = AliasRow(type="nuts3", code="XX1", zone_type="nis", zone_code="A")


def test_zones_are_added_once() -> None:
    assert add_zones(towns(), type="NIS", version="1") == Counts(added=3, same=0)
    assert add_zones(towns(), type=" nis ", version="1") == Counts(added=0, same=3)
    assert sorted(Zone.objects.values_list("type", "code")) == [("NIS", "A"), ("NIS", "B"), ("NIS", "C")]


def test_a_zone_is_stored_whole() -> None:
    add_zones(towns(names={"fr": "Ville"}), type="NIS", version="1", is_place=True)
    zone = Zone.objects.get(code="B")
    assert (zone.name, zone.names, zone.is_place) == ("Berg", {"fr": "Ville"}, True)
    assert (zone.west, zone.south, zone.east, zone.north) == (1.0, 50.0, 2.0, 51.0)
    assert (zone.label_lon, zone.label_lat) == (1.5, 50.5)


def test_more_of_a_version_can_come_later() -> None:
    add_zones(towns()[:1], type="NIS", version="1")
    assert add_zones(towns(), type="NIS", version="1") == Counts(added=2, same=1)


def test_a_version_never_changes_and_nothing_is_half_done() -> None:
    add_zones(towns()[1:], type="NIS", version="1")
    with pytest.raises(ZoneChanged) as caught:
        add_zones(towns(side=0.9), type="NIS", version="1")
    assert caught.value.facts == {"type": "NIS", "feature": "B", "version": "1"}
    assert Zone.objects.count() == 2
    with pytest.raises(ZoneChanged):
        add_zones(towns(), type="NIS", version="1", is_place=True)
    assert add_zones(towns(side=0.9), type="NIS", version="2") == Counts(added=3, same=0)


def test_one_code_twice_in_a_file_is_refused() -> None:
    with pytest.raises(ZoneBad) as caught:
        add_zones([*towns(), towns()[0]], type="NIS", version="1")
    assert caught.value.facts == {"feature": "A", "reason": "code-twice"}
    assert Zone.objects.count() == 0


def test_aliases_are_added_once_and_can_change_their_target() -> None:
    other = AliasRow(type="NUTS3", code="XX2", zone_type="NIS", zone_code="B")
    assert add_aliases([ALIAS, other]) == Counts(added=2, same=0)
    assert add_aliases([ALIAS, other]) == Counts(added=0, same=2)
    moved = AliasRow(type="NUTS3", code="XX2", zone_type="NIS", zone_code="C")
    assert add_aliases([ALIAS, moved]) == Counts(added=0, same=1, changed=1)
    assert Alias.objects.get(code="XX2").zone_code == "C"
    assert add_aliases([]) == Counts(added=0, same=0)


def elsewhere(*jobs: Callable[[], object]) -> None:
    """Run each job in a thread and a connection of its own, where it commits; all at the same time."""

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_processes_that_add_the_same_at_the_same_time_do_not_fail() -> None:
    done: list[int] = []
    try:
        elsewhere(*[lambda: done.append(add_zones(towns(), type="RACE", version="1").added)] * 4)
        assert sorted(done) == [0, 0, 0, 3]
        assert Zone.objects.filter(type="RACE").count() == 3
    finally:
        elsewhere(Zone.objects.filter(type="RACE").delete)
