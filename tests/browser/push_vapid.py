"""Who may send to a subscription: the check of the `vapid` Authorization header (RFC 8292)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.browser.push_rules import RefusedError

MAX_LIFE_S = 24 * 3600  # RFC 8292 section 2: `exp` no more than 24 hours after the request
PARAMETER = re.compile(r'\s*([A-Za-z]+)\s*=\s*"?([A-Za-z0-9._-]+)"?\s*')


def check_vapid(authorization: str | None, key: bytes, origin: str, now: float) -> None:
    """`RefusedError` 401 where nothing was presented, 403 where it does not fit the subscription (RFC 8292, 4.2).

    `key`: the subscription's applicationServerKey (uncompressed point); `origin`: this service's; `now`: Unix seconds.
    """
    scheme, _, rest = (authorization or "").partition(" ")
    if scheme.lower() != "vapid":
        raise RefusedError(401, "no vapid Authorization")
    matches = [PARAMETER.fullmatch(part) for part in rest.split(",")]
    parameters = {match[1]: match[2] for match in matches if match}
    if not all(matches) or not {"t", "k"} <= parameters.keys():
        raise RefusedError(401, "the vapid Authorization has no t and k")
    if decode(parameters["k"]) != key:
        raise RefusedError(403, "k is not the subscription's applicationServerKey")
    _check_claims(_verified_claims(parameters["t"], key), origin, now)


def decode(text: str) -> bytes:
    """base64url without padding; `RefusedError` 403 for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise RefusedError(403, "not base64url") from error


def _json_object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(decode(segment))
    except ValueError as error:
        raise RefusedError(403, "a part of the token is not JSON") from error
    if not isinstance(value, dict):
        raise RefusedError(403, "a part of the token is not an object")
    return value


def _verified_claims(token: str, key: bytes) -> dict[str, Any]:
    segments = token.split(".")
    if len(segments) != 3 or _json_object(segments[0]).get("alg") != "ES256":
        raise RefusedError(403, "t is not a JWT signed with ES256")
    signature = decode(segments[2])
    if len(signature) != 64:
        raise RefusedError(403, "the signature is not 64 bytes")
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    signed = f"{segments[0]}.{segments[1]}".encode()
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        point.verify(der, signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise RefusedError(403, "the signature does not fit the key") from error
    return _json_object(segments[1])


def _check_claims(claims: dict[str, Any], origin: str, now: float) -> None:
    expires = claims.get("exp")
    if claims.get("aud") != origin:
        raise RefusedError(403, f"aud is not {origin}")
    if not isinstance(expires, int | float) or isinstance(expires, bool):
        raise RefusedError(403, "exp is not a number")
    if not now < expires <= now + MAX_LIFE_S:
        raise RefusedError(403, "exp is past, or more than 24 hours away")
    # RFC 8292 only recommends `sub`, but Apple's service refuses a token without a contact
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        raise RefusedError(403, "sub is neither mailto: nor https:")
