"""Web push on paper: message encryption (RFC 8291), the sender's card (RFC 8292) and a browser's subscription."""

from __future__ import annotations

import hmac
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beffroi.errors import BadInput
from beffroi.lib import base64url

CURVE = ec.SECP256R1()
POINT_BYTES, AUTH_BYTES, SALT_BYTES, TAG_BYTES = 65, 16, 16, 16
RECORD_BYTES = 4096  # announced in the header; our single record is always smaller
BODY = 2744  # what Mozilla's service still hands to phones (others take 4096)
OVERHEAD = SALT_BYTES + 5 + POINT_BYTES + 1 + TAG_BYTES  # header, the delimiter of the padding, the tag
PAYLOAD = BODY - OVERHEAD  # bytes of plain text that always fit
MAX_ENDPOINT = 2048
CARD_LIFE = timedelta(hours=12)  # RFC 8292 section 2 allows 24 h; half of it forgives a clock that is wrong
CARDS = 64  # origins whose cards are kept


class PushSubscriptionBad(BadInput):
    """Not a push subscription that a browser made: address, key or secret of the wrong form."""

    code = "push-subscription-bad"


class PushTooLong(BadInput):
    """A payload of more bytes than every push service carries."""

    code = "push-too-long"


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where a browser takes its pushes (a secret address) and the two keys to write to it."""

    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The costly half of one message's encryption: our one-time public key (65 bytes) and the IKM (32 bytes).

    It does not depend on the payload, so it may be made ahead. Use it for one message only, then forget it.
    """

    public: bytes
    ikm: bytes = field(repr=False)


def parse_subscription(data: Mapping[str, object]) -> PushSubscription:
    """From a browser's `PushSubscription.toJSON()`; raises `PushSubscriptionBad`. Whether we go there, a guard says."""
    endpoint, keys = data.get("endpoint"), data.get("keys")
    if not isinstance(endpoint, str) or not endpoint.startswith("https://") or len(endpoint) > MAX_ENDPOINT:
        raise PushSubscriptionBad(field="endpoint")
    if not isinstance(keys, Mapping):
        raise PushSubscriptionBad(field="keys")
    p256dh, auth = _key_bytes(keys, "p256dh", POINT_BYTES), _key_bytes(keys, "auth", AUTH_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    except ValueError as err:
        raise PushSubscriptionBad(field="p256dh") from err
    return PushSubscription(endpoint, p256dh, auth)


def agree(p256dh: bytes, auth: bytes, *, key: ec.EllipticCurvePrivateKey | None = None) -> Agreement:
    """RFC 8291 section 3.4, up to the IKM, with a new key pair or (for tests) a given one."""
    key = key or ec.generate_private_key(CURVE)
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    try:
        peer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    except ValueError as err:
        raise PushSubscriptionBad(field="p256dh") from err
    secret = hmac.digest(auth, key.exchange(ec.ECDH(), peer), "sha256")
    return Agreement(public, hmac.digest(secret, b"WebPush: info\0" + p256dh + public + b"\x01", "sha256"))


def finish(payload: bytes, agreement: Agreement, *, salt: bytes | None = None, pad_to: int = 0) -> bytes:
    """The body to POST (RFC 8188, one record, Content-Encoding aes128gcm); raises `PushTooLong`.

    With `pad_to`, every payload of at most that many bytes makes a body of the same length; longer ones are refused.
    """
    if len(payload) > (pad_to or PAYLOAD) or pad_to > PAYLOAD:
        raise PushTooLong(length=len(payload), limit=min(pad_to or PAYLOAD, PAYLOAD))
    salt = salt or os.urandom(SALT_BYTES)
    prk = hmac.digest(salt, agreement.ikm, "sha256")
    key = hmac.digest(prk, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
    nonce = hmac.digest(prk, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
    record = payload + b"\x02" + bytes(max(pad_to - len(payload), 0))
    header = salt + struct.pack("!LB", RECORD_BYTES, POINT_BYTES) + agreement.public
    return header + AESGCM(key).encrypt(nonce, record, None)


def encrypt(
    payload: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    pad_to: int = 0,
) -> bytes:
    """`agree` and `finish` in one; `key` and `salt` are for tests and must otherwise be left to chance."""
    return finish(payload, agree(p256dh, auth, key=key), salt=salt, pad_to=pad_to)


def origin_of(url: str) -> str:
    """Scheme, host and any unusual port of an endpoint: the audience of the sender's card."""
    return url[:slash] if (slash := url.find("/", len("https://"))) > 0 else url


def application_server_key(private_key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as browsers want it in `pushManager.subscribe`."""
    return base64url.encode(private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def vapid_header(origin: str, *, private_key: ec.EllipticCurvePrivateKey, subject: str, now: datetime) -> str:
    """The value of `Authorization` (RFC 8292 section 3): an ES256 token, good for 12 h at this origin.

    `subject` is how the push service reaches the operator: a `mailto:` or `https:` address.
    """
    claims = {"aud": origin, "exp": int((now + CARD_LIFE).timestamp()), "sub": subject}
    signed = ".".join(base64url.encode(_json(part)) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(private_key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = base64url.encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={application_server_key(private_key)}"


class Vapid:
    """The sender's cards of one key: made once for each origin, and anew when half their life is over."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey, subject: str) -> None:
        self._private_key = private_key
        self._subject = subject
        self._cards: dict[str, tuple[datetime, str]] = {}

    def header(self, endpoint: str, *, now: datetime) -> str:
        """As `vapid_header` for the endpoint's origin; the same string again while it is good for 6 h more."""
        origin = origin_of(endpoint)
        made_at, card = self._cards.get(origin, (None, ""))
        if made_at is not None and made_at <= now < made_at + CARD_LIFE / 2:
            return card
        if len(self._cards) >= CARDS:  # strangers choose endpoints, so the number of origins is theirs too
            self._cards.clear()
        card = vapid_header(origin, private_key=self._private_key, subject=self._subject, now=now)
        self._cards[origin] = (now, card)
        return card


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _key_bytes(keys: Mapping[str, object], name: str, length: int) -> bytes:
    text = keys.get(name)
    try:
        raw = base64url.decode(text) if isinstance(text, str) else b""
    except ValueError as err:
        raise PushSubscriptionBad(field=name) from err
    if len(raw) != length:
        raise PushSubscriptionBad(field=name)
    return raw
