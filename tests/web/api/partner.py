"""A partner's program: a key and JSON, through the application as Django serves it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from beffroi.lib import clock
from beffroi.people import access
from beffroi.people import actions as people
from beffroi.people.models import Key


class Partner:
    """One program. `status` and `headers` are of its last answer."""

    def __init__(self, name: str = "partner", *actions: str) -> None:
        self.token = people.add_key(name, actions or access.FOR_PROGRAMS)
        self.key = Key.objects.get(name=name)
        self.status = 0
        self.headers: Any = {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of the answer; None where it has no body."""
        given = {"Authorization": f"Bearer {self.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        answer: Any = Client().generic(
            method, f"/api{path}", b"" if body is None else dumped(body), content_type="application/json", headers=given
        )
        self.status, self.headers = answer.status_code, answer.headers
        return answer.json() if answer.content else None


def dumped(body: Any) -> bytes:
    """JSON, or bytes as they are."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def text(headline: str) -> dict[str, str]:
    """A text in one language."""
    return {"headline": headline, "instruction": "Montez. Laissez la voiture."}


def call(**changes: Any) -> dict[str, Any]:
    """A severe flood in the north-western quarter, as a program sends it."""
    return {
        "status": "Actual", "hazard": "flood", "severity": "Severe", "urgency": "Immediate", "certainty": "Likely",
        "responseType": ["Shelter"], "expires": (clock.now() + timedelta(hours=2)).isoformat(),
        "texts": {"fr": text("Montez à l'étage"), "en": text("Go upstairs")}, "area": {"zones": ["QUARTER nw"]},
    } | changes  # fmt: skip
