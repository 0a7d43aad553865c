"""Web push encryption against the example of RFC 8291 and another implementation; VAPID against its own public key."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.lib import webpush
from beffroi.lib.base64url import decode, encode
from beffroi.lib.webpush import PAYLOAD, PushSubscriptionBad, PushTooLong, Vapid

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAA"

# RFC 8291 appendix A, letter for letter.
RFC_PLAIN = b"When I grow up, I want to be a watermelon"
RFC_SERVER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RFC_BROWSER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
RFC_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RFC_SALT = "DGv6ra1nlYgDCS1FRnbzlw"
RFC_IKM = "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg"
RFC_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


class Browser:
    """What a browser keeps, and what it gives away."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, **changes: Any) -> dict[str, Any]:
        return {
            "endpoint": changes.get("endpoint", ENDPOINT),
            "expirationTime": None,
            "keys": {
                "p256dh": changes.get("p256dh", encode(self.point)),
                "auth": changes.get("auth", encode(self.auth)),
            },
        }

    def decrypt(self, body: bytes) -> bytes:
        plain: bytes = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return plain


def test_the_example_of_rfc_8291_byte_for_byte() -> None:
    key = ec.derive_private_key(int.from_bytes(decode(RFC_SERVER_KEY), "big"), ec.SECP256R1())
    point, auth, salt = decode(RFC_BROWSER_POINT), decode(RFC_AUTH), decode(RFC_SALT)
    assert encode(webpush.agree(point, auth, key=key).ikm) == RFC_IKM
    assert encode(webpush.encrypt(RFC_PLAIN, point, auth, key=key, salt=salt)) == RFC_BODY


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.binary(max_size=PAYLOAD), st.booleans())
def test_another_implementation_opens_what_we_seal(payload: bytes, is_padded: bool) -> None:
    browser = Browser()
    body = webpush.encrypt(payload, browser.point, browser.auth, pad_to=PAYLOAD if is_padded else 0)
    assert browser.decrypt(body) == payload
    assert len(body) == (2744 if is_padded else 103 + len(payload))


def test_every_message_has_its_own_key_and_salt() -> None:
    browser = Browser()
    bodies = {webpush.encrypt(b"same", browser.point, browser.auth) for _ in range(20)}
    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 20


def test_an_agreement_made_ahead_is_as_good() -> None:
    browser = Browser()
    ahead = webpush.agree(browser.point, browser.auth)
    assert (len(ahead.public), len(ahead.ikm)) == (65, 32)
    assert browser.decrypt(webpush.finish(b"later", ahead)) == b"later"
    assert ahead.ikm.hex() not in repr(ahead) and "ikm" not in repr(ahead)


def test_nobody_else_opens_it() -> None:
    browser, other = Browser(), Browser()
    body = webpush.encrypt(b"x", browser.point, browser.auth)
    with pytest.raises(http_ece.ECEException):
        other.decrypt(body)


def test_a_body_is_never_longer_than_a_phone_takes() -> None:
    browser = Browser()
    assert len(webpush.encrypt(bytes(PAYLOAD), browser.point, browser.auth)) == 2744
    with pytest.raises(PushTooLong) as caught:
        webpush.encrypt(bytes(PAYLOAD + 1), browser.point, browser.auth)
    assert caught.value.facts == {"length": PAYLOAD + 1, "limit": PAYLOAD}


def test_what_is_longer_than_its_padding_is_refused_for_its_length_would_tell() -> None:
    browser = Browser()
    lengths = {len(webpush.encrypt(bytes(n), browser.point, browser.auth, pad_to=100)) for n in (0, 1, 99, 100)}
    assert lengths == {203}
    for length, pad_to in ((101, 100), (0, PAYLOAD + 1)):
        with pytest.raises(PushTooLong):
            webpush.encrypt(bytes(length), browser.point, browser.auth, pad_to=pad_to)


def test_a_subscription_of_a_browser() -> None:
    browser = Browser()
    parsed = webpush.parse_subscription(browser.subscription())
    assert (parsed.endpoint, parsed.p256dh, parsed.auth) == (ENDPOINT, browser.point, browser.auth)
    assert "wpush" not in repr(parsed), "the endpoint is a secret that finds its way into logs"
    padded = browser.subscription(auth=encode(browser.auth) + "==")
    assert webpush.parse_subscription(padded) == parsed


OFF_THE_CURVE = encode(b"\x04" + bytes(63) + b"\x01")
INFINITY = encode(bytes(65))
COMPRESSED = encode(b"\x02" + bytes(31) + b"\x05")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
        ({"endpoint": "HTTPS://fcm.googleapis.com/x"}, "endpoint"),
        ({"endpoint": "https://x/" + "a" * 2048}, "endpoint"),
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": 7}, "endpoint"),
        ({"p256dh": OFF_THE_CURVE}, "p256dh"),
        ({"p256dh": INFINITY}, "p256dh"),
        ({"p256dh": COMPRESSED}, "p256dh"),
        ({"p256dh": encode(bytes(64))}, "p256dh"),
        ({"p256dh": ""}, "p256dh"),
        ({"p256dh": None}, "p256dh"),
        ({"p256dh": ["a"]}, "p256dh"),
        ({"p256dh": "not base64 at all!"}, "p256dh"),
        ({"auth": encode(bytes(15))}, "auth"),
        ({"auth": encode(bytes(17))}, "auth"),
        ({"auth": "A" * 21}, "auth"),
        ({"auth": None}, "auth"),
    ],
)
def test_a_bad_subscription_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PushSubscriptionBad) as caught:
        webpush.parse_subscription(Browser().subscription(**changes))
    assert caught.value.facts == {"field": field}


@pytest.mark.parametrize("data", [{}, {"endpoint": ENDPOINT}, {"endpoint": ENDPOINT, "keys": "x"}, {"keys": {}}])
def test_half_a_subscription_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(PushSubscriptionBad):
        webpush.parse_subscription(data)


def test_no_message_is_encrypted_to_a_point_off_the_curve() -> None:
    with pytest.raises(PushSubscriptionBad):
        webpush.encrypt(b"x", decode(OFF_THE_CURVE), bytes(16))


def opened(header: str, key: ec.EllipticCurvePrivateKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a sender's card whose signature is right."""
    scheme, token, public = header.replace(",", "").split(" ")
    assert scheme == "vapid" and public == f"k={webpush.application_server_key(key)}"
    head, claims, signature = token.removeprefix("t=").split(".")
    raw = decode(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.public_key().verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(decode(head)), json.loads(decode(claims))


def test_the_senders_card() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    header = webpush.vapid_header("https://push.example", private_key=key, subject="mailto:duty@city.example", now=NOW)
    assert header.isascii() and header.isprintable()
    head, claims = opened(header, key)
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims == {
        "aud": "https://push.example",
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "mailto:duty@city.example",
    }
    with pytest.raises((InvalidSignature, AssertionError)):
        opened(header, ec.generate_private_key(ec.SECP256R1()))


def test_the_public_key_is_a_point_that_browsers_take() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    point = decode(webpush.application_server_key(key))
    assert ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point) == key.public_key()
    assert len(point) == 65


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (ENDPOINT, "https://updates.push.services.mozilla.com"),
        ("https://localhost:8443/push/1/2", "https://localhost:8443"),
        ("https://push.example", "https://push.example"),
    ],
)
def test_origin_of(url: str, origin: str) -> None:
    assert webpush.origin_of(url) == origin


def test_a_card_is_kept_for_its_origin_and_made_anew_in_time() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    vapid = Vapid(key, subject="mailto:duty@city.example")
    first = vapid.header("https://one.example/a", now=NOW)
    assert vapid.header("https://one.example/b", now=NOW + timedelta(hours=5, minutes=59)) == first
    assert opened(vapid.header("https://two.example/a", now=NOW), key)[1]["aud"] == "https://two.example"
    second = vapid.header("https://one.example/a", now=NOW + timedelta(hours=6))
    assert opened(second, key)[1]["exp"] == int((NOW + timedelta(hours=18)).timestamp())
    third = vapid.header("https://one.example/a", now=NOW - timedelta(hours=1))
    assert opened(third, key)[1]["exp"] == int((NOW + timedelta(hours=11)).timestamp()), "the clock was set back"


def test_cards_are_not_kept_without_bound() -> None:
    vapid = Vapid(ec.generate_private_key(ec.SECP256R1()), subject="mailto:duty@city.example")
    for number in range(webpush.CARDS * 2 + 1):
        vapid.header(f"https://h{number}.example/", now=NOW)
    assert len(vapid._cards) <= webpush.CARDS
