"""What a webhook says of a call: the same bytes each time, its real addresses, and nothing of residents."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from beffroi.calls.models import Call
from beffroi.delivery.models import Page
from beffroi.delivery.webhooks import payload
from beffroi.web import paths
from tests import make


def test_it_names_the_call_and_leads_to_what_counts(town: None, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    call = make.live(bruno, chiara)
    told = json.loads(payload.body(call))
    assert told["type"] == "call.issued"
    assert told["data"]["headline"]["fr"] == "Montez à l'étage"
    assert told["data"]["cap"] == f"{settings.BASE_URL}{paths.message(call)}"
    assert told["data"]["web"]["fr"] == f"{settings.BASE_URL}{paths.alert(call, 'fr')}"
    assert Page.objects.filter(path=paths.message(call)).exists()
    assert "ada" not in json.dumps(told)
    assert payload.body(Call.objects.get()) == payload.body(call)
