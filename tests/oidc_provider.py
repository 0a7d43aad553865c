"""A small OpenID Connect provider on this machine: real HTTP, real signatures, and lies as ordered."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "beffroi:desk", "a secret & more"


class Provider:
    """Whoever comes is `claims`; `token` can replace the ID token, `keys` the published keys, `metadata` what it
    says of itself."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                fields = {name: values[0] for name, values in parse_qs(url.query).items()}
                if url.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(fields))
                    self.end_headers()
                else:
                    self.tell(provider.documents().get(url.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                self.tell(provider.exchange(fields, self.headers.get("Authorization", "")))

            def tell(self, found: Any) -> None:
                body = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(200 if found is not None else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the test's output is for the test."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="provider", daemon=True)
        self._thread.start()
        self.host = f"localhost:{self._server.server_port}"
        self.issuer = f"http://{self.host}"
        self.forget()

    def forget(self) -> None:
        self.claims: dict[str, Any] = {}
        self.token: Any = None
        self.keys: dict[str, Any] | None = None
        self.metadata: dict[str, Any] = {}
        self.answer: bytes | None = None
        self.asked: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def documents(self) -> dict[str, Any]:
        jwk = json.loads(RSAAlgorithm.to_jwk(self.key.public_key())) | {"kid": "one", "use": "sig", "alg": "RS256"}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            } | self.metadata,
            "/keys": self.keys or {"keys": [jwk]},
        }  # fmt: skip

    def authorize(self, fields: dict[str, str]) -> str:
        """Somebody logs in at once; where the browser goes next."""
        assert fields["response_type"] == "code" and fields["client_id"] == CLIENT
        assert fields["code_challenge_method"] == "S256" and "openid" in fields["scope"].split()
        self.asked = fields
        code = secrets.token_urlsafe(16)
        self.codes[code] = fields
        return f"{fields['redirect_uri']}?{urlencode({'code': code, 'state': fields['state']})}"

    def exchange(self, fields: dict[str, str], authorization: str) -> Any:
        """The ID token for a code: once, to the right client, with the right verifier."""
        if self.answer is not None:
            return self.answer
        pair = f"{fields.get('client_id', '')}:{fields.get('client_secret', '')}".encode()
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic "))
            name, _, secret = pair.decode().partition(":")
            pair = f"{unquote(name)}:{unquote(secret)}".encode()
        asked = self.codes.pop(fields["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(fields["code_verifier"].encode()).digest()).decode()
        if (
            asked is None
            or pair != f"{CLIENT}:{SECRET}".encode()
            or challenge.rstrip("=") != asked["code_challenge"]
            or fields["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token or self.signed(asked["nonce"])}

    def signed(
        self, nonce: str, *, key: Any = None, alg: str = "RS256", kid: str | None = "one", **changes: Any
    ) -> str:
        """An ID token about `claims`; a change to None leaves a claim out."""
        now = int(time.time())
        values = {
            "iss": self.issuer, "sub": "248", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
        } | self.claims | changes  # fmt: skip
        values = {name: value for name, value in values.items() if value is not None}
        return jwt.encode(
            values, key if key is not None else self.key, algorithm=alg, headers={"kid": kid} if kid else {}
        )
