"""A small OpenID provider on loopback, with real keys: it signs whoever it was told in at once. No test lives here."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug import Response
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "vigie", "a secret between the two"


class Provider:
    """The provider and its way of lying: `claims` override what it says, `broken` names what it does wrong."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.claims: dict[str, Any] = {}
        self.broken = ""
        self.issuer = ""
        self.requests: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def app(self) -> Flask:
        """Return the provider as an application."""
        app = Flask("provider")
        app.before_request(lambda: self.requests.append(request.path))
        app.get("/.well-known/openid-configuration")(self.describe)
        app.get("/jwks")(lambda: jsonify(keys=[self.key.as_dict(private=False)]))
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        return app

    def describe(self) -> Response:
        """Return the description that clients discover."""
        if self.broken == "down":
            abort(503)
        return jsonify(
            issuer="https://elsewhere.example" if self.broken == "issuer" else self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint="http://192.0.2.1/token" if self.broken == "open line" else f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/jwks",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
            response_types_supported=["code"],
        )

    def authorize(self) -> Response:
        """Sign the person in at once and send the browser back with a code."""
        asked = request.args.to_dict()
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        state = "made up" if self.broken == "state" else asked["state"]
        back = f"{asked['redirect_uri']}?state={state}"
        return redirect(f"{back}&error=access_denied" if self.broken == "denied" else f"{back}&code={code}")

    def token(self) -> Response:
        """Give a token for a code, to the client that asked for it."""
        asked = self._codes.pop(request.form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
        assert challenge.rstrip(b"=").decode() == asked["code_challenge"]
        assert request.authorization
        assert (request.authorization.username, request.authorization.password) == (CLIENT_ID, CLIENT_SECRET)
        assert request.form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "lina@example.org",
            "email_verified": True,
            "name": "Lina",
        }
        token = {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims | self.claims)}
        if self.broken == "no id token":
            del token["id_token"]
        return jsonify(token)

    def _signed(self, claims: dict[str, Any]) -> str:
        match self.broken:
            case "key":
                return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.other_key)
            case "none":
                parts = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key).split(".")
                head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
                return f"{head}.{parts[1]}."
            case "symmetric":  # signed with what everybody can read
                public = OctKey.import_key(self.key.as_pem(private=False))
                return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, public, algorithms=["HS256"])
            case _:
                return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)


@contextmanager
def running() -> Iterator[Provider]:
    """Start a provider on a free port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
