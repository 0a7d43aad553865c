"""The push service refuses what a real one refuses, with the same status."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.browser.push_service import PushService
from tests.browser.reference_sender import ReferenceSender, encode

Headers = dict[str, str | None]  # None takes the header away

BODY = bytes(16) + (4096).to_bytes(4, "big") + b"\x41\x04" + bytes(64 + 17)
DAY_S = 24 * 3600


def sign(**changes: object) -> Callable[[ReferenceSender, str], Headers]:
    return lambda sender, endpoint: {"Authorization": sender.authorization(endpoint, **changes)}


def plain(**headers: str | None) -> Callable[[ReferenceSender, str], Headers]:
    return lambda sender, endpoint: {name.replace("_", "-"): value for name, value in headers.items()}


def signed_by_another_key(sender: ReferenceSender, endpoint: str) -> Headers:
    return {"Authorization": sender.another().authorization(endpoint)}


def signed_by_another_key_that_claims_ours(sender: ReferenceSender, endpoint: str) -> Headers:
    return {"Authorization": f"vapid t={sender.another().token(endpoint)}, k={encode(sender.public_key)}"}


def unsigned(sender: ReferenceSender, endpoint: str) -> Headers:
    head, claims, _ = sender.token(endpoint).split(".")
    return {"Authorization": f"vapid t={head}.{claims}., k={encode(sender.public_key)}"}


@pytest.fixture
def sender(push_service: PushService) -> ReferenceSender:
    return ReferenceSender(push_service.ca_file)


def post(sender: ReferenceSender, endpoint: str, changes: Headers, body: bytes = BODY) -> int:
    usual: Headers = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": sender.authorization(endpoint)}
    return sender.post(endpoint, body, {k: v for k, v in (usual | changes).items() if v is not None})


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        pytest.param(plain(TTL=None), 400, "no TTL", id="no TTL"),
        pytest.param(plain(TTL="-1"), 400, "TTL", id="negative TTL"),
        pytest.param(plain(TTL="soon"), 400, "TTL", id="TTL in words"),
        pytest.param(plain(Topic="x" * 33), 400, "Topic", id="long topic"),
        pytest.param(plain(Topic="a.b"), 400, "Topic", id="topic in another alphabet"),
        pytest.param(plain(Urgency="extreme"), 400, "Urgency", id="unknown urgency"),
        pytest.param(plain(Content_Encoding="aesgcm"), 400, "Content-Encoding", id="old coding"),
        pytest.param(plain(Content_Encoding=None), 400, "Content-Encoding", id="no coding"),
        pytest.param(plain(Authorization=None), 401, "no vapid", id="no authorization"),
        pytest.param(plain(Authorization="WebPush x"), 401, "no vapid", id="old scheme"),
        pytest.param(plain(Authorization="vapid t=x"), 401, "no t and k", id="no key"),
        pytest.param(plain(Authorization="vapid t=x, ?"), 401, "no t and k", id="broken parameters"),
        pytest.param(signed_by_another_key, 403, "k is not", id="another key"),
        pytest.param(signed_by_another_key_that_claims_ours, 403, "does not fit", id="forged"),
        pytest.param(unsigned, 403, "64 bytes", id="unsigned"),
        pytest.param(sign(aud="https://example.org"), 403, "aud", id="for another service"),
        pytest.param(sign(exp=int(time.time()) - 1), 403, "exp", id="expired token"),
        pytest.param(sign(exp=int(time.time()) + 2 * DAY_S), 403, "exp", id="token for too long"),
        pytest.param(sign(exp="tomorrow"), 403, "exp", id="exp in words"),
        pytest.param(sign(sub="the duty officer"), 403, "sub", id="no contact"),
    ],
)
def test_a_message_is_refused(
    push_service: PushService,
    sender: ReferenceSender,
    change: Callable[[ReferenceSender, str], Headers],
    status: int,
    reason: str,
) -> None:
    endpoint = push_service.subscribe(sender.public_key)
    assert post(sender, endpoint, change(sender, endpoint)) == status
    assert [(p.status, reason in p.reason) for p in push_service.posts] == [(status, True)]
    assert push_service.waiting(endpoint) == []


def test_a_body_is_refused(push_service: PushService, sender: ReferenceSender) -> None:
    endpoint = push_service.subscribe(sender.public_key)
    assert post(sender, endpoint, {}, BODY.ljust(4096, b"\0")) == 201
    assert post(sender, endpoint, {}, BODY.ljust(4097, b"\0")) == 413
    assert post(sender, endpoint, {}, b"not encrypted at all".ljust(200)) == 400
    assert post(sender, endpoint, {}, BODY[:100]) == 400


def test_a_message_is_taken(push_service: PushService, sender: ReferenceSender) -> None:
    endpoint = push_service.subscribe(sender.public_key)
    assert post(sender, endpoint, {"Urgency": "high", "Topic": "a_b-9", "TTL": str(400 * DAY_S)}) == 201
    [message] = push_service.waiting(endpoint)
    assert (message.body, message.order.urgency, message.order.topic) == (BODY, "high", "a_b-9")
    assert message.order.ttl_s == 60 * DAY_S


def test_an_unknown_subscription_is_404_and_an_ended_one_410(
    push_service: PushService, sender: ReferenceSender
) -> None:
    endpoint = push_service.subscribe(sender.public_key)
    assert post(sender, f"{endpoint}0", {}) == 404
    push_service.end(endpoint)
    assert post(sender, endpoint, {}) == 410


def test_time_and_topic_empty_the_mailbox(push_service: PushService, sender: ReferenceSender) -> None:
    endpoint = push_service.subscribe(sender.public_key)
    for topic, ttl in [("a", "60"), ("b", "120"), ("a", "120"), (None, "60"), (None, "0")]:
        assert post(sender, endpoint, {"Topic": topic, "TTL": ttl}) == 201
    assert [m.order.topic for m in push_service.waiting(endpoint)] == ["b", "a", None]
    push_service.pass_time(61)
    assert [m.order.topic for m in push_service.waiting(endpoint)] == ["b", "a"]


def test_only_a_client_that_trusts_the_authority_connects(push_service: PushService) -> None:
    stranger = ReferenceSender(None)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        post(stranger, push_service.subscribe(stranger.public_key), {})
    assert push_service.posts == []
