"""Where the demo's invented residents live: points spread over places, the same ones for the same seed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def spread(shapes: Sequence[BaseGeometry], count: int, seed: int) -> list[Point]:
    """`count` random points inside the shapes (WGS 84, longitude first).

    A shape's share goes with the square root of its area on the ground: the maps that come with a demo hold no
    population, and a municipality ten times as large has seldom ten times as many people.
    """
    dice = random.Random(seed)  # noqa: S311 (repeatable on purpose, protects nothing)
    weights = [math.sqrt(shape.area * math.cos(math.radians(shape.centroid.y))) for shape in shapes]
    for shape in shapes:
        shapely.prepare(shape)
    return [_inside(shape, dice) for shape in dice.choices(shapes, weights, k=count)]


def _inside(shape: BaseGeometry, dice: random.Random) -> Point:
    west, south, east, north = shape.bounds
    while True:
        lat, lon = round(dice.uniform(south, north), 6), round(dice.uniform(west, east), 6)
        if shapely.contains_xy(shape, lon, lat):
            return lat, lon
