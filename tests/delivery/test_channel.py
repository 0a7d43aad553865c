"""The values that channels are given and give back."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from beffroi.delivery.channel import Machine, Receipt, Result, Target
from beffroi.delivery.models import Shard


def test_no_trace_shows_a_person_or_a_password() -> None:
    target = Target(7, {"email": "ada@residents.example"}, "https://town.example/leave/secret/")
    machine = Machine(
        base_url="", smtp_url="smtp://town:pass-word@mail.example", vapid=ec.generate_private_key(ec.SECP256R1())
    )
    shown = repr(target) + repr(machine)
    assert "7" in shown
    assert not any(secret in shown for secret in ("ada", "secret", "pass-word"))


def test_every_result_has_its_place_in_the_counts() -> None:
    columns = {field.name for field in Shard._meta.get_fields()}
    kept = {
        Result.ACCEPTED: "accepted",
        Result.GONE: "gone",
        Result.REFUSED: "failed",
        Result.STALE: "stale",
        Result.LATER: "held",
    }
    assert set(kept) == set(Result)
    assert set(kept.values()) <= columns


def test_a_receipt_needs_no_reason() -> None:
    assert Receipt(1, Result.ACCEPTED) == Receipt(1, Result.ACCEPTED, "", None)
