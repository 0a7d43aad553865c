"""Two tables: zones with their shapes, and other names under which feeds speak of them."""

from __future__ import annotations

from django.db import models


class Zone(models.Model):
    """A named area as data. A version never changes; of several versions of a code the last one added counts."""

    type = models.TextField()  # upper case: feeds disagree on case (EMMA_ID, emma_id)
    code = models.TextField()
    version = models.TextField()
    name = models.TextField()
    names = models.JSONField(default=dict)  # language -> name, where the source has them
    wkb = models.BinaryField()  # WGS 84, longitude first, polygon or multipolygon, valid
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    label_lon = models.FloatField()  # a point inside the shape
    label_lat = models.FloatField()
    is_place = models.BooleanField(default=False)  # residents can pick it
    digest = models.TextField()  # of the feature as it came in, so that adding it again is recognised

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "code", "version"], name="places_zone_once")]


class Alias(models.Model):
    """A code of another system that means exactly one zone (NUTS3 DE211 is EMMA_ID DE053)."""

    type = models.TextField()  # upper case
    code = models.TextField()
    zone_type = models.TextField()  # upper case
    zone_code = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "code"], name="places_alias_once")]
