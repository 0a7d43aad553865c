"""Second factors: what is stored of them, sealed, so that a dump of the database opens no account; recovery codes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings

from beffroi.lib import keys, seal

CONTEXT: Final = b"second factor"


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter; it asks here before it stores or reads a secret."""

    def encrypt(self, text: str) -> str:
        """The secret, sealed with the key of addresses (a key outside the database)."""
        sealed = seal.Sealer(*keys.current().address).seal(text.encode(), context=CONTEXT)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret in clear; raises SealBroken."""
        sealed = base64.b64decode(encrypted_text)
        return seal.Sealer(*keys.current().address).open(sealed, context=CONTEXT).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For whom a passkey is made: the host of BEFFROI_URL, whatever name the request came by."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A second factor as it is stored."""

    kind: str
    data: dict[str, Any]


def by_app(totp_secret: str) -> Factor:
    """An authenticator app (TOTP); `totp_secret` is base32."""
    return Factor(kind=Authenticator.Type.TOTP, data={"secret": SealedFactors().encrypt(totp_secret)})


def by_passkey(credential: dict[str, Any], name: str) -> Factor:
    """A passkey: the browser's registration (WebAuthn section 5.1, RegistrationResponseJSON) after it was checked."""
    return Factor(kind=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": credential})


def recovery() -> Factor:
    """Fresh recovery codes, all unused: one sealed seed from which they are worked out."""
    seed = SealedFactors().encrypt(RecoveryCodes.generate_seed())
    return Factor(kind=Authenticator.Type.RECOVERY_CODES, data={"seed": seed, "used_mask": 0})


def codes_of(data: dict[str, Any]) -> list[str]:
    """The recovery codes, in their order, used or not."""
    return list(RecoveryCodes(Authenticator(data=data)).generate_codes())


def place_of(data: dict[str, Any], code: str) -> int | None:
    """Which of the recovery codes this is, whether used or not; blanks and dashes do not count. None if it is none."""
    places = [place for place, each in enumerate(codes_of(data)) if compare_user_code(actual=code, expected=each)]
    return places[0] if places else None
