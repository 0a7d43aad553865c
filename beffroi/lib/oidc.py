"""Log-in by a directory (OpenID Connect Core 1.0, section 3.1, with PKCE): where to send a browser, and what the signed
ID token says that comes of it. Nothing in it is believed before signature, issuer, audience, times and nonce hold."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import jwt

from beffroi.errors import NotAllowed, Unavailable
from beffroi.lib import base64url, tokens
from beffroi.lib.guard import Guard
from beffroi.lib.http import Getter, Response

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""With a public key only: a secret that both sides know signs nothing for us, and "none" is no signature."""
LEEWAY_S: Final = 60
"""How far the directory's clock may be off."""
TIMEOUT_S: Final = 8.0
MAX_BYTES: Final = 200_000


class DirectoryFailed(Unavailable):
    """The city's directory does not answer, or not with the documents of OpenID Connect: fact `why`."""

    code = "directory-failed"


class TokenRefused(NotAllowed):
    """An ID token that is forged, expired, for somebody else or not of this log-in: fact `why`."""

    code = "directory-token-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Us, as the directory knows us. `issuer` is the directory's own name, an address; `back` is where it sends people
    back to."""

    issuer: str
    id: str
    secret: str
    back: str
    guard: Guard


class Places(NamedTuple):
    """Where the directory does what (OpenID Connect Discovery 1.0, section 3)."""

    authorize: str
    token: str
    keys: str
    is_basic: bool
    """Whether it takes our secret in a header (RFC 6749, section 2.3.1) rather than in the form."""


class Ask(NamedTuple):
    """What one log-in is recognised by: all random, kept in the browser's session until it comes back."""

    state: str
    nonce: str
    verifier: str


def fresh() -> Ask:
    """For a new log-in."""
    return Ask(tokens.fresh(32), tokens.fresh(32), tokens.fresh(32))


def places(client: Client) -> Places:
    """Ask the directory itself. Raises DirectoryFailed."""
    found = document(client, client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != client.issuer:
        raise DirectoryFailed(why="issuer")
    try:
        authorize, token, keys = (str(found[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    except KeyError as err:
        raise DirectoryFailed(why="discovery") from err
    for url in (authorize, token, keys):
        client.guard.origin(url, allowed_hosts=None)
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Places(authorize, token, keys, is_basic="client_secret_basic" in methods)


def address(client: Client, where: Places, ask: Ask, *, is_again: bool) -> str:
    """Where the browser goes; with `is_again` the directory must ask the person anew, whatever it remembers."""
    challenge = base64url.encode(hashlib.sha256(ask.verifier.encode()).digest())
    fields = {
        "response_type": "code", "client_id": client.id, "redirect_uri": client.back, "scope": "openid email",
        "state": ask.state, "nonce": ask.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    if is_again:
        fields |= {"prompt": "login", "max_age": "0"}
    return f"{where.authorize}{'&' if '?' in where.authorize else '?'}{urlencode(fields)}"


def claims(client: Client, where: Places, ask: Ask, code: str) -> dict[str, Any]:
    """What the directory says of the person who came back with `code`. Raises DirectoryFailed, TokenRefused."""
    fields = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": client.back, "code_verifier": ask.verifier,
    }  # fmt: skip
    headers = []
    if where.is_basic:
        pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
        headers.append(f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    else:
        fields |= {"client_id": client.id, "client_secret": client.secret}
    answer = document(client, where.token, headers, urlencode(fields).encode())
    return verified(str(answer.get("id_token", "")), document(client, where.keys), client, ask.nonce)


def verified(token: str, keys: dict[str, Any], client: Client, nonce: str) -> dict[str, Any]:
    """The claims of an ID token (section 3.1.3.7). Raises TokenRefused."""
    try:
        key = key_for(token, keys)
        found: dict[str, Any] = jwt.decode(
            token, key, algorithms=ALGORITHMS, audience=client.id, issuer=client.issuer, leeway=LEEWAY_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )  # fmt: skip
    except (jwt.PyJWTError, TypeError, ValueError) as err:
        raise TokenRefused(why=type(err).__name__) from err
    if found.get("azp", client.id) != client.id or (isinstance(found["aud"], list) and len(found["aud"]) > 1):
        raise TokenRefused(why="azp")
    if found.get("nonce") != nonce:
        raise TokenRefused(why="nonce")
    return found


def key_for(token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    """The directory's key that the token names; the only one where it names none."""
    name = jwt.get_unverified_header(token).get("kid")
    usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in {None, "sig"}]
    fitting = [key for key in usable if name is None or key.key_id == name]
    if len(fitting) != 1:
        raise TokenRefused(why="key")
    return fitting[0]


def document(client: Client, url: str, headers: list[str] | None = None, body: bytes = b"") -> dict[str, Any]:
    """A JSON object of the directory's; redirects are not followed. Raises DirectoryFailed."""
    try:
        origin = client.guard.origin(url, allowed_hosts=None)
        getter = Getter(client.guard, origin, MAX_BYTES)
        answer: Response = getter.get(url, ["Accept: application/json", *(headers or [])], TIMEOUT_S, body)
        found = json.loads(answer.body) if answer.status == 200 else None
    except ValueError as err:
        raise DirectoryFailed(why="json") from err
    if not isinstance(found, dict):
        raise DirectoryFailed(why=answer.status)
    return found
