"""Second factors at rest: the secrets of TOTP are sealed, so that a dump of the database opens no account."""

from __future__ import annotations

import base64
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter

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
