"""The second factor as it is given: a code of an authenticator app, a recovery code, or a passkey."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn

from beffroi.people import actions as people


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """Six digits of an app, or one of the recovery codes. allauth's own form would write the row of the codes,
    which the application may not."""

    def clean_code(self) -> str:
        """The code, if it opens; the factor is then `authenticator`."""
        forget_tries = check_rate_limit(self.user)
        code = str(self.cleaned_data["code"])
        for factor in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if opens(factor, code):
                self.authenticator = factor
                forget_tries()
                return code
        raise get_adapter().validation_error("incorrect_code")


def opens(factor: Authenticator, code: str) -> bool:
    """Whether the code is right and was not used before."""
    if factor.type == Authenticator.Type.TOTP:
        return bool(factor.wrap().validate_code(code))
    return people.spend_code(factor, code)


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What the browser says for a passkey (WebAuthn section 5.1, AuthenticationResponseJSON)."""

    def clean_credential(self) -> Authenticator:
        """The passkey, if it signed the challenge of this session."""
        try:
            self.authenticator = super().clean_credential()
        except (KeyError, TypeError, ValueError) as err:  # not what a browser says
            raise get_adapter().validation_error("incorrect_code") from err
        return self.authenticator


def passkey_options(person: Any) -> dict[str, Any] | None:
    """What a browser needs to ask for one of the person's passkeys; None where they have none."""
    if not webauthn.get_credentials(person):
        return None
    return dict(webauthn.begin_authentication(person))
