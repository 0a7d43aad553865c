"""Polygons and circles of CAP (1.2, section 3.2.4): their text to numbers, and what is wrong with the numbers.

Pure Python on purpose: everything here is bounded by the number of points, and the reader starts at once.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Self

from beffroi.standards.cap.model import Circle, Point

ADVISED_POINTS = 100
"""What the WMO advises for one polygon; receivers of broadcasts cut off the rest."""

MAX_KM2 = 10_000_000
"""About Europe. A city that is warned of more should have a human look first."""

MAX_RADIUS_KM = 1_000
"""More is most often metres taken for kilometres."""

MAX_COMPARISONS = 3_000_000
"""Pairs of edges compared for one message, some 0.3 s. The largest real message takes a third of it."""

KM_PER_DEGREE = 111.2
NUMERALS = b"0123456789+-.eE"
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)

UNUSABLE = frozenset({"coordinate-range", "coordinate-swapped", "circle-negative"})
"""Faults with which a shape cannot be used at all."""

DECODER = json.JSONDecoder(parse_int=float)
"""Reads a list of numbers twice as fast as splitting it and calling `float`."""

Fault = tuple[str, dict[str, object]]
"""A code of codes.RULES and its facts."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The outline of a polygon as read: latitudes and longitudes apart, which is how they are computed with."""

    lats: Sequence[float]
    lons: Sequence[float]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Self:
        """From pairs."""
        lats, lons = zip(*points, strict=True)
        return cls(lats, lons)

    @property
    def points(self) -> tuple[Point, ...]:
        """As pairs, in CAP's order."""
        return tuple(zip(self.lats, self.lons, strict=True))

    @property
    def is_closed(self) -> bool:
        """True when the first and the last pair are the same."""
        return self.lats[0] == self.lats[-1] and self.lons[0] == self.lons[-1]

    def close(self) -> Self:
        """With the first pair once more at the end."""
        return type(self)([*self.lats, self.lats[0]], [*self.lons, self.lons[0]])

    def __len__(self) -> int:
        return len(self.lats)


def read_ring(text: str) -> Ring | None:
    """`lat,lon lat,lon ...` separated by any white space, or None where it is anything else (NaN and Inf are words)."""
    if not text.isascii():
        return None
    words = text.split()
    count = len(words)
    # each word holds one comma and otherwise nothing but numerals, or the words would not match
    if not count or text.encode().translate(None, NUMERALS).split() != [b","] * count:
        return None
    try:
        numbers: list[float] = DECODER.decode(f"[{','.join(words)}]")
    except ValueError:
        numbers = _plain_numbers(words)
    return Ring(numbers[::2], numbers[1::2]) if len(numbers) == 2 * count else None


def _plain_numbers(words: list[str]) -> list[float]:
    """What JSON does not take for a number, as +1 or 01.5; empty where it is none."""
    halves = [half for word in words for half in word.split(",")]
    return [float(half) for half in halves] if all(map(NUMBER.fullmatch, halves)) else []


def without_spacing(text: str) -> str:
    """`1, 2 3 ,4` as `1,2 3,4`: a deviation that some senders have."""
    return ",".join(part.strip() for part in text.split(","))


def read_circle(text: str) -> Circle | str:
    """`lat,lon radius`, the radius in kilometres, or the code of what is wrong with it."""
    words = text.split()
    if not words:
        return "circle-empty"
    centre = read_ring(words[0])
    if centre is None or len(words) > 2:
        return "circle-unreadable"
    if len(words) == 1:
        return "circle-no-radius"
    if not NUMBER.fullmatch(words[1]) or not math.isfinite(radius := float(words[1])):
        return "circle-unreadable"
    return Circle(centre=centre.points[0], radius_km=radius)


def circle_faults(circle: Circle) -> Iterator[Fault]:
    """What is odd about a circle."""
    yield from _point_faults(Ring(circle.centre[:1], circle.centre[1:]))
    if circle.radius_km < 0:
        yield "circle-negative", {"value": circle.radius_km}
    elif circle.radius_km == 0:
        yield "circle-zero", {}
    elif circle.radius_km > MAX_RADIUS_KM:
        yield "circle-huge", {"km": round(circle.radius_km)}


def ring_faults(ring: Ring) -> list[Fault]:
    """What is odd about a closed ring of at least four points; crossings are looked for apart."""
    faults = list(_point_faults(ring))
    if faults and faults[0][0] in UNUSABLE:
        return faults
    lats, lons = ring.lats, ring.lons
    if max(lons) - min(lons) > 180 and (turned := _turned(lons)):
        lons = turned
        faults.append(("polygon-antimeridian", {}))
    degrees = _area(lats, lons)
    if degrees < 1e-6:
        if _is_flat(lats, lons):
            faults.append(("polygon-degenerate", {}))
    elif degrees * KM_PER_DEGREE**2 > MAX_KM2:
        km2 = degrees * KM_PER_DEGREE**2 * math.cos(math.radians((min(lats) + max(lats)) / 2))
        if km2 > MAX_KM2:
            faults.append(("polygon-huge", {"km2": round(km2, -6)}))
    if len(ring) > ADVISED_POINTS:
        faults.append(("polygon-vertices", {"count": len(ring)}))
    return faults


def _point_faults(ring: Ring) -> Iterator[Fault]:
    """Coordinates that are on no map, and the point 0,0 where nobody lives."""
    lats, lons = ring.lats, ring.lons
    south, north = min(lats), max(lats)
    if south < -90 or north > 90 or min(lons) < -180 or max(lons) > 180:
        bad = next(p for p in ring.points if not (-90 <= p[0] <= 90 and -180 <= p[1] <= 180))
        swapped = all(90 < abs(lat) <= 180 and abs(lon) <= 90 for lat, lon in ring.points)
        yield ("coordinate-swapped" if swapped else "coordinate-range"), {"value": f"{bad[0]},{bad[1]}"}
    elif south <= 0 <= north and (0.0, 0.0) in ring.points:
        yield "coordinate-zero", {}


def _area(ys: Sequence[float], xs: Sequence[float]) -> float:
    """Square degrees inside a closed ring (the shoelace formula)."""
    twice: float = sum(map(mul, ys, xs[1:])) - sum(map(mul, ys[1:], xs))
    return abs(twice) / 2


def _is_flat(lats: Sequence[float], lons: Sequence[float]) -> bool:
    """True when all points lie on one line, or on one another, to about a metre: then nobody is inside."""
    # from the first point, since far from 0,0 a small shape drowns in rounding
    ys, xs = [lat - lats[0] for lat in lats], [lon - lons[0] for lon in lons]
    far = max(range(len(ys)), key=lambda at: abs(ys[at]) + abs(xs[at]))
    reach = math.hypot(ys[far], xs[far])
    return reach == 0 or all(abs(ys[far] * x - xs[far] * y) <= 1e-5 * reach for y, x in zip(ys, xs, strict=True))


def _turned(lons: Sequence[float]) -> list[float]:
    """Longitudes from 0 to 360 where that makes the ring narrower, which means that it crosses the 180th meridian."""
    turned = [lon + 360 if lon < 0 else lon for lon in lons]
    return turned if 0 < max(turned) - min(turned) < max(lons) - min(lons) else []


def find_crossing(ring: Ring, allowance: int = MAX_COMPARISONS) -> tuple[bool, int]:
    """Whether two edges of a closed ring cross (to touch is not to cross), and how many pairs were compared.

    Gives up, with False and more than `allowance`, where there are too many pairs.
    """
    first = min(allowance, 20 * len(ring))
    crosses, compared = _sweep(ring.lats, ring.lons, first)
    if compared <= first:
        return crosses, compared
    # a jagged strip from west to east, say: from south to north every edge is beside every other
    crosses, more = _sweep(ring.lons, ring.lats, allowance - compared)
    return crosses, compared + more


def _sweep(ys: Sequence[float], xs: Sequence[float], allowance: int) -> tuple[bool, int]:
    """From south to north: each edge is compared with those that begin below its upper end."""
    ends = zip(ys, ys[1:], xs, xs[1:], strict=False)
    edges = [(y1, y2, x1, x2) if y1 < y2 else (y2, y1, x2, x1) for y1, y2, x1, x2 in ends]
    edges.sort()
    edges.append((math.inf, math.inf, 0.0, 0.0))
    compared = 0
    for place in range(len(edges) - 1):
        south, north, xa, xb = edges[place]
        other = place + 1
        south2, north2, xa2, xb2 = edges[other]
        if south2 >= north:
            continue
        west, east = (xa, xb) if xa < xb else (xb, xa)
        while south2 < north:
            if not (xa2 < west > xb2 or xa2 > east < xb2):
                # both ends of the other on one side, or (exactly 0) an end in common: no crossing
                height, width, between = north - south, xb - xa, south2 - south
                if (height * (xa2 - xa) - width * between) * (height * (xb2 - xa) - width * (north2 - south)) < 0:
                    height, width = north2 - south2, xb2 - xa2
                    if (height * (xa - xa2) + width * between) * (height * (xb - xa2) - width * (north - south2)) < 0:
                        return True, compared
            other += 1
            south2, north2, xa2, xb2 = edges[other]
        compared += other - place
        if compared > allowance:
            return False, compared
    return False, compared
