"""Signatures that the reference library of Standard Webhooks verifies, and only for what was signed."""

from __future__ import annotations

import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from beffroi.lib import webhook

BODY = '{"type":"call.issued","headline":"Montez à l\'étage"}'.encode()


def signed(secret: str, at: int) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in webhook.headers(secret, "hook-call", BODY, at=at))


def test_the_reference_library_verifies_it() -> None:
    secret = webhook.new_secret()
    headers = signed(secret, int(time.time()))
    assert Webhook(secret).verify(BODY.decode(), headers)["type"] == "call.issued"
    assert headers["webhook-signature"].startswith("v1,")


def test_nothing_else_is_verified() -> None:
    secret, now = webhook.new_secret(), int(time.time())
    for other, headers, body in (
        (webhook.new_secret(), signed(secret, now), BODY),
        (secret, signed(secret, now), BODY + b" "),
        (secret, signed(secret, now) | {"webhook-id": "other"}, BODY),
        (secret, signed(secret, now) | {"webhook-timestamp": str(now + 1)}, BODY),
        (secret, signed(secret, now - 3600), BODY),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(other).verify(body.decode(), headers)


def test_a_known_signature() -> None:
    """The example of the specification's libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = webhook.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", body, at=1614265330)
    assert found == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_are_never_the_same() -> None:
    assert len({webhook.new_secret() for _ in range(20)}) == 20
