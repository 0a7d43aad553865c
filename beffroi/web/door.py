"""How staff get in: no sign-up, no word about which accounts exist, a second factor always, a fresh one to send; and
when a session is locked, and when it ends."""

from __future__ import annotations

import time
from typing import Any, Final, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from beffroi.people.models import Person

FRESH_S: Final = 15 * 60
"""How long a second factor counts as fresh: long enough to approve several calls, too short for a screen left open."""
IDLE_S: Final = 60 * 60
IDLE_APPROVER_S: Final = 15 * 60
"""How long nobody may touch the desk before it is locked. What a page fetches by itself is no touch."""
LONGEST_S: Final = 12 * 3600
"""How long a session lasts at most, however busy."""
NOTED_S: Final = 30
"""How exactly a session knows when it was last used; not each request is worth a write."""
SEEN: Final = "seen at"
DIRECTORY: Final = "directory"
"""How a session notes what the city's directory said."""


class StaffDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter. Accounts are made on the command line, never on the web."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """To the duty desk."""
        return reverse("desk")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Back to the log-in."""
        return reverse("account_login")

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """A demo's accounts, whose passwords are printed, open nothing outside a demo."""
        if not is_welcome(user):
            return cast(HttpResponse, self.respond_user_inactive(request, user))
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def get_login_stages(self) -> list[str]:
        """Our second factor is not asked of whom the city's directory asked for one (web/staff/directory.py)."""
        stages: list[str] = super().get_login_stages()
        is_vouched = getattr(self.request, "is_vouched", False)
        return [stage for stage in stages if not (is_vouched and stage == "allauth.mfa.stages.AuthenticateStage")]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's greetings ("Successfully signed in as ...") say nothing that the page does not say."""


def is_welcome(person: Person) -> bool:
    """Whether this account may be used here at all."""
    return person.is_active and (settings.DEMO or not person.is_demo)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session passed a second factor: one of the account's own, or the directory's where that counts."""
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes alone are no second factor
    return bool(passed(request)) and (is_mfa_enabled(request.user, types) or bool(settings.OIDC_SECOND_FACTOR))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was given within FRESH_S."""
    times = passed(request)
    return bool(times) and time.time() - times[-1] < FRESH_S


def passed(request: HttpRequest) -> list[float]:
    """When (Unix time) this session gave a second factor that counts."""
    records = get_authentication_records(request, request.user)
    known = [record for record in records if record.get("type") != DIRECTORY or settings.OIDC_SECOND_FACTOR]
    return [float(record["at"]) for record in known if record["method"] == "mfa"]


def is_over(request: HttpRequest) -> bool:
    """Whether the session has lasted its time."""
    records = get_authentication_records(request, request.user)
    return not records or time.time() - float(records[0]["at"]) > LONGEST_S


def idle_s(person: Person) -> int:
    """After how many seconds without a touch the desk of this person is locked."""
    return IDLE_APPROVER_S if person.role == "approver" else IDLE_S


def is_locked(request: HttpRequest) -> bool:
    """Whether nobody has touched the desk for so long that the second factor is asked again."""
    last = max([float(request.session.get(SEEN, 0)), *passed(request)])
    return time.time() - last > idle_s(cast(Person, request.user))


def touch(request: HttpRequest) -> None:
    """Somebody is there."""
    if time.time() - float(request.session.get(SEEN, 0)) > NOTED_S:
        request.session[SEEN] = time.time()
