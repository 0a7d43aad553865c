"""Setting up an account with the link that the operator handed over: a password, then a passkey or an authenticator
app, then recovery codes, shown once. All of it is one form, so that nothing stays half done."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beffroi.people import actions as people
from beffroi.people import factors
from beffroi.people.factors import Factor
from beffroi.people.models import Person
from beffroi.web.doors import public

SECRET: Final = re.compile(r"[A-Z2-7]{32}")
"""160 bits in base32, as totp.generate_totp_secret makes them."""
Faults = dict[str, list[str]]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The form, and after it the recovery codes."""
    person = people.invited(token)
    if request.method == "GET":
        return asked(request, person, totp.generate_totp_secret(), {})
    secret = request.POST.get("secret", "")
    if SECRET.fullmatch(secret) is None:
        secret = totp.generate_totp_secret()
    password = request.POST.get("password", "")
    faults = password_faults(person, password, request.POST.get("again", ""))
    factor = None if faults else given(person, request.POST.get("credential", ""), secret, request.POST.get("code", ""))
    if factor is None:
        return asked(request, person, secret, faults or {"code": [_("This was not accepted. Try again.")]})
    codes = people.enrol(token, password=password, factor=factor)
    return render(
        request, "staff/enrolled.html", {"person": person, "codes": [f"{code[:4]} {code[4:]}" for code in codes]}
    )


def asked(request: HttpRequest, person: Person, secret: str, faults: Faults) -> HttpResponse:
    """The form with what is wrong in it."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    context = {
        "person": person,
        "secret": secret,
        "parts": re.findall("....", secret),
        "picture": re.sub(r"<\?xml[^>]*\?>\s*", "", svg),
        "options": dict(webauthn.begin_registration(person, passwordless=False)),
        "faults": faults,
    }
    return render(request, "staff/enrol.html", context, status=400 if faults else 200)


def password_faults(person: Person, password: str, again: str) -> Faults:
    """What is wrong with a password, in words."""
    faults: Faults = {}
    try:
        validate_password(password, person)
    except ValidationError as err:
        faults["password"] = list(err.messages)
    if password != again:
        faults["again"] = [_("The two are not the same.")]
    return faults


def given(person: Person, credential: str, secret: str, code: str) -> Factor | None:
    """The second factor that was given, checked; None where it does not hold."""
    if credential:
        return passkey(person, credential)
    return factors.by_app(secret) if totp.validate_totp_code(secret, code) else None


def passkey(person: Person, text: str) -> Factor | None:
    """A new passkey, made for the challenge of this session and with the person's PIN, finger or face."""
    try:
        credential: Any = json.loads(text)
        if not isinstance(credential, dict):
            return None
        webauthn.parse_registration_response(credential)
        made = webauthn.complete_registration(credential)
    except (ValidationError, ValueError, KeyError):
        return None
    name = get_adapter().generate_authenticator_name(person, Authenticator.Type.WEBAUTHN)
    return factors.by_passkey(credential, str(name)) if made.is_user_verified() else None
