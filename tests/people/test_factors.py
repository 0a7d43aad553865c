"""The secrets of second factors are of no use to whoever has the database alone."""

from __future__ import annotations

import base64

import pytest
from allauth.mfa.adapter import get_adapter

from beffroi.lib.seal import SealBroken
from beffroi.people.factors import SealedFactors


@pytest.mark.usefixtures("django_db_setup")
def test_sealed_and_opened() -> None:
    adapter = get_adapter()
    assert isinstance(adapter, SealedFactors)
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert b"JBSWY3" not in base64.b64decode(sealed)
    assert sealed != adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.usefixtures("django_db_setup")
def test_what_was_changed_does_not_open() -> None:
    adapter = SealedFactors()
    raw = bytearray(base64.b64decode(adapter.encrypt("JBSWY3DPEHPK3PXP")))
    raw[-1] ^= 1
    with pytest.raises(SealBroken):
        adapter.decrypt(base64.b64encode(bytes(raw)).decode())
