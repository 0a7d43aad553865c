"""The secrets of second factors are of no use to whoever has the database alone."""

from __future__ import annotations

import base64

import pytest
from allauth.mfa.adapter import get_adapter
from django.conf import LazySettings

from beffroi.lib.seal import SealBroken
from beffroi.people import factors
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


@pytest.mark.usefixtures("django_db_setup")
def test_recovery_codes_are_many_different_and_not_readable() -> None:
    made = factors.recovery()
    codes = factors.codes_of(made.data)
    assert len(set(codes)) == 10
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    assert codes == factors.codes_of(made.data) != factors.codes_of(factors.recovery().data)
    assert not any(code in str(made.data) for code in codes)
    assert [factors.place_of(made.data, code) for code in codes] == list(range(10))
    assert factors.place_of(made.data, f" {codes[7][:4]}-{codes[7][4:]}") == 7
    assert factors.place_of(made.data, "") is None


@pytest.mark.usefixtures("django_db_setup")
def test_an_app_is_stored_sealed() -> None:
    made = factors.by_app("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(made.data)
    assert get_adapter().decrypt(made.data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_passkeys_are_for_the_host_of_our_address(settings: LazySettings) -> None:
    settings.BASE_URL = "https://alert.town.example:8443"
    assert SealedFactors().get_public_key_credential_rp_entity() == {"id": "alert.town.example", "name": "Beffroi"}
