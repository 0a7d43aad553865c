"""Addresses at rest: sealed with a key outside the database, found by keyed hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from beffroi.lib import keys, seal

CONTEXT = b"audience"


@lru_cache(maxsize=1)
def sealer() -> seal.Sealer:
    """The sealer of addresses, from the key files."""
    return seal.Sealer(*keys.current().address)


def close(address: Mapping[str, str], context: bytes = CONTEXT) -> bytes:
    """The address, sealed."""
    return sealer().seal(json.dumps(dict(address), sort_keys=True).encode(), context=context)


def reveal(sealed: bytes, context: bytes = CONTEXT) -> dict[str, str]:
    """The address in clear, for the moment of sending."""
    found: dict[str, str] = json.loads(sealer().open(bytes(sealed), context=context))
    return found


def fingerprint(channel: str, same: str) -> bytes:
    """Keyed hash of an address; `same` is the channel's word for what makes two addresses one."""
    return seal.keyed_hash(keys.current().hash, f"{channel} {same}".encode(), purpose="address")
