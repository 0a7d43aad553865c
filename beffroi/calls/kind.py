"""What a kind of call is: the contract of the shelf kinds/."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of call. A file in kinds/ holds one as `KIND`."""

    name: str
    longest_s: int
    """A call of this kind may not be valid for longer."""
    default_s: int
    """How long it is valid when nobody says."""
    lane: int
    """0 leaves before 1: severity is added to it, so an Extreme alert leaves before anything else."""
