"""Addresses are sealed at rest and found by a keyed hash."""

from __future__ import annotations

import pytest

from beffroi.audience import address
from beffroi.lib.seal import SealBroken

ADA = {"email": "ada@residents.example"}


def test_an_address_opens_only_where_it_belongs(django_db_setup: None) -> None:
    sealed = address.close(ADA)
    assert b"ada" not in sealed
    assert address.close(ADA) != sealed
    assert address.reveal(sealed) == ADA
    with pytest.raises(SealBroken):
        address.reveal(sealed, b"note")


def test_a_fingerprint_finds_an_address_of_one_channel(django_db_setup: None) -> None:
    mark = address.fingerprint("email", "ada@residents.example")
    assert mark == address.fingerprint("email", "ada@residents.example")
    assert mark != address.fingerprint("webpush", "ada@residents.example")
    assert mark != address.fingerprint("email", "bob@residents.example")
