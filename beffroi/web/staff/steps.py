"""The buttons of a call's page: each a POST, one step, and back to the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from beffroi.calls import actions as calls
from beffroi.delivery import actions as delivery
from beffroi.errors import BadInput
from beffroi.lib import text
from beffroi.outcomes import actions as outcomes
from beffroi.web.doors import opens

WHY: int = 500
"""Most characters of a reason."""


class ReasonMissing(BadInput):
    """Who refuses says why."""

    code = "reason-missing"


@opens("call.submit")
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a draft to a second person."""
    delivery.submit(who(request), public_id)
    return redirect("call", public_id)


@opens("call.draft")
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a call back for good."""
    calls.withdraw(who(request), public_id)
    return redirect("call", public_id)


@opens("call.draft")
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a draft of it again."""
    calls.reopen(who(request), public_id)
    return redirect("call", public_id)


@opens("call.refuse")
@require_POST
def refuse(request: HttpRequest, public_id: str) -> HttpResponse:
    """The second person says no, and why."""
    why = text.clean_line(request.POST.get("why", ""), limit=WHY)
    if not why:
        raise ReasonMissing()
    calls.refuse(who(request), public_id, why=why)
    return redirect("call", public_id)


@opens("call.inform")
@require_POST
def inform(request: HttpRequest, public_id: str) -> HttpResponse:
    """One tap: the authorities get the text by mail."""
    count = outcomes.inform(who(request), public_id)
    told = ngettext("%(count)s authority gets the text now.", "%(count)s authorities get the text now.", count)
    messages.info(request, told % {"count": count} if count else _("The city has no contact to inform."))
    return redirect("call", public_id)


def who(request: HttpRequest) -> Any:
    """The person; doors.opens has checked that there is one."""
    return request.user
