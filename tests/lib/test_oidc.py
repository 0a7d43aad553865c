"""An ID token is believed only when everything about it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm

from beffroi.lib import oidc
from beffroi.lib.guard import Guard, HttpRefused
from tests.oidc_provider import CLIENT, SECRET, Provider

OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def standing() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(standing: Provider) -> Provider:
    standing.forget()
    return standing


def us(provider: Provider, **changes: Any) -> oidc.Client:
    values: dict[str, Any] = {
        "issuer": provider.issuer, "id": CLIENT, "secret": SECRET, "back": "https://town.example/back/",
        "guard": Guard(open_hosts=frozenset([provider.host])),
    }  # fmt: skip
    return oidc.Client(**(values | changes))


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def walk(url: str) -> str:
    """Where the provider sends the browser that comes to `url`."""
    try:
        build_opener(Stay).open(url)
    except OSError as err:
        return str(err.headers["Location"])  # type: ignore[attr-defined]
    raise AssertionError("no redirect")


def log_in(provider: Provider, client: oidc.Client) -> dict[str, Any]:
    ask = oidc.fresh()
    where = oidc.places(client)
    came = parse_qs(urlsplit(walk(oidc.address(client, where, ask, is_again=False))).query)
    assert came["state"] == [ask.state]
    return oidc.claims(client, where, ask, came["code"][0])


@pytest.mark.parametrize("methods", [None, ["client_secret_post"], ["client_secret_post", "client_secret_basic"]])
def test_a_whole_log_in(provider: Provider, methods: Any) -> None:
    if methods:
        provider.metadata = {"token_endpoint_auth_methods_supported": methods}
    provider.claims = {"email": "ada@town.example"}
    found = log_in(provider, us(provider))
    assert (found["email"], found["sub"]) == ("ada@town.example", "248")
    assert "prompt" not in provider.asked


def test_asking_anew(provider: Provider) -> None:
    client = us(provider)
    walk(oidc.address(client, oidc.places(client), oidc.fresh(), is_again=True))
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")


def test_nothing_is_used_twice() -> None:
    values = [value for _ in range(20) for value in oidc.fresh()]
    assert len(set(values)) == 60
    assert min(map(len, values)) >= 43


@pytest.mark.parametrize(("changes", "why"), [
    ({"key": OTHER}, "InvalidSignatureError"), ({"exp": int(time.time()) - 120}, "ExpiredSignatureError"),
    ({"iat": int(time.time()) + 600}, "ImmatureSignatureError"),
    ({"nbf": int(time.time()) + 600}, "ImmatureSignatureError"),
    ({"aud": "somebody-else"}, "InvalidAudienceError"), ({"aud": [CLIENT, "somebody-else"]}, "azp"),
    ({"azp": "somebody-else"}, "azp"), ({"iss": "https://evil.example"}, "InvalidIssuerError"),
    ({"nonce": "another"}, "nonce"), ({"nonce": None}, "nonce"), ({"kid": "two"}, "key"),
    ({"exp": None}, "MissingRequiredClaimError"), ({"aud": None}, "MissingRequiredClaimError"),
    ({"iss": None}, "MissingRequiredClaimError"), ({"sub": None}, "MissingRequiredClaimError"),
])  # fmt: skip
def test_what_does_not_hold(provider: Provider, changes: dict[str, Any], why: str) -> None:
    keys = provider.documents()["/keys"]
    assert oidc.verified(provider.signed("n"), keys, us(provider), "n")
    nonce = changes.get("nonce", "n")
    token = provider.signed(**({"nonce": nonce} | changes))
    with pytest.raises(oidc.TokenRefused) as caught:
        oidc.verified(token, keys, us(provider), "n")
    assert caught.value.facts["why"] == why


def test_the_algorithm_is_not_the_tokens_choice(provider: Provider) -> None:
    """No signature at all, and our own public key taken for a shared secret."""
    keys = provider.documents()["/keys"]
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = jwt.utils.base64url_encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "one"}).encode())
    body = jwt.utils.base64url_encode(
        json.dumps(jwt.decode(provider.signed("n"), options={"verify_signature": False})).encode()
    )
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = mac.sign(head + b"." + body, public)
    none = jwt.encode(
        jwt.decode(provider.signed("n"), options={"verify_signature": False}),
        "",
        algorithm="none",
        headers={"kid": "one"},
    )
    for token in ((head + b"." + body + b"." + jwt.utils.base64url_encode(signed)).decode(), none, "", "x", "a.b.c"):
        with pytest.raises(oidc.TokenRefused):
            oidc.verified(token, keys, us(provider), "n")


def test_keys_of_other_kinds(provider: Provider) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    own = json.loads(ECAlgorithm.to_jwk(curve.public_key())) | {"kid": "ec", "alg": "ES256"}
    rsa_one = provider.documents()["/keys"]["keys"][0]
    token = provider.signed("n", key=curve, alg="ES256", kid="ec")
    assert oidc.verified(token, {"keys": [rsa_one, own]}, us(provider), "n")
    assert oidc.verified(provider.signed("n", kid=None), {"keys": [rsa_one]}, us(provider), "n")
    unusable: list[dict[str, Any]] = [
        {"keys": [rsa_one, rsa_one]}, {"keys": [rsa_one | {"use": "enc"}]}, {"keys": []}, {}, {"keys": [{}]},
    ]  # fmt: skip
    for keys in unusable:
        with pytest.raises(oidc.TokenRefused):
            oidc.verified(provider.signed("n"), keys, us(provider), "n")
    with pytest.raises(oidc.TokenRefused):  # an elliptic token against the name of an RSA key
        oidc.verified(provider.signed("n", key=curve, alg="ES256", kid="one"), {"keys": [rsa_one]}, us(provider), "n")


@pytest.mark.parametrize("metadata", [
    {"issuer": "https://evil.example"}, {"token_endpoint": "http://169.254.169.254/token"}, {"jwks_uri": "file:///etc/passwd"},
    {"authorization_endpoint": "javascript:alert(1)"},
])  # fmt: skip
def test_a_directory_that_refers_elsewhere(provider: Provider, metadata: dict[str, str]) -> None:
    provider.metadata = metadata
    with pytest.raises((oidc.DirectoryFailed, HttpRefused)):
        oidc.places(us(provider))


@pytest.mark.parametrize("answer", [b"{", b"[]", b"<html>", b"null"])
def test_a_directory_that_talks_nonsense(provider: Provider, answer: bytes) -> None:
    provider.answer = answer
    with pytest.raises(oidc.DirectoryFailed):
        log_in(provider, us(provider))


def test_a_wrong_secret_a_used_code_and_no_answer(provider: Provider) -> None:
    with pytest.raises(oidc.DirectoryFailed):
        log_in(provider, us(provider, secret="wrong"))
    client, ask = us(provider), oidc.fresh()
    where = oidc.places(client)
    code = parse_qs(urlsplit(walk(oidc.address(client, where, ask, is_again=False))).query)["code"][0]
    assert oidc.claims(client, where, ask, code)
    with pytest.raises(oidc.DirectoryFailed):
        oidc.claims(client, where, ask, code)
    code = parse_qs(urlsplit(walk(oidc.address(client, where, ask, is_again=False))).query)["code"][0]
    with pytest.raises(oidc.DirectoryFailed):  # who stole the code lacks the verifier
        oidc.claims(client, where, oidc.fresh(), code)
