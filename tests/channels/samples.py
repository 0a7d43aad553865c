"""A message and an envelope to try channels with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from beffroi.delivery.channel import Envelope, Message
from beffroi.lib import clock


def message(**changes: Any) -> Message:
    """The second message of a flood, in French."""
    values: dict[str, Any] = {
        "language": "fr", "event": "Inondation", "severity": "Severe", "tag": "b4xq7mhk2t", "number": 2,
        "headline": "Montez à l'étage", "instruction": "Laissez la voiture.", "description": "La rivière monte.",
        "where": "Nord-Ouest", "url": "http://localhost:8000/fr/alert/b4xq7mhk2t/", "source": "Ville",
        "expires": clock.now() + timedelta(hours=2),
    }  # fmt: skip
    return Message(**(values | changes))


def envelope(**changes: Any) -> Envelope:
    """What the sender is told of it."""
    values: dict[str, Any] = {
        "tag": "b4xq7mhk2t", "number": 2, "severity": "Severe", "expires_at": clock.now() + timedelta(hours=2),
    }  # fmt: skip
    return Envelope(**(values | changes))
