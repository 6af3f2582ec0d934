"""The gate of the API: signatures, keys, rates."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from moderation.domain.words import CredentialKind
from moderation.services import credentials
from moderation.services.credentials import Vault
from tests.moderation.api.conftest import Caller
from tests.moderation.conftest import Newsroom

GOOD: dict[str, Any] = {"id": "c1", "text": "Bonjour à tous"}


def test_a_signature_opens_the_gate_and_a_replay_changes_nothing(caller: Caller, newsroom: Newsroom) -> None:
    """A signed post is accepted; the very same bytes again give the same answer and no second row."""
    body = json.dumps(GOOD).encode()
    answers = [caller.signed("POST", "/api/v1/comments", body) for _ in range(2)]
    assert [a.status_code for a in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    assert newsroom.count("revision") == 1
    assert caller.signed("GET", "/api/v1/comments?limit=5").status_code == 200
    assert caller.signed("DELETE", "/api/v1/comments/c1").status_code == 204


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, "five minutes"),
        ({"at": datetime(2090, 1, 1, tzinfo=UTC)}, "five minutes"),
        ({"secret": "whsec_" + "A" * 44}, "does not hold"),
        ({"site": "nobody"}, "does not hold"),
        ({"altered": b'{"id": "c1", "text": "autre"}'}, "does not hold"),
    ],
)
def test_a_wrong_signature_is_refused(caller: Caller, newsroom: Newsroom, wrong: Any, says: str) -> None:
    """Stale, forged and altered requests and unknown sites get a 401 that says what to do."""
    answer = caller.signed("POST", "/api/v1/comments", json.dumps(GOOD).encode(), **wrong)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert says in answer.json["detail"]  # type: ignore[index]
    assert newsroom.count("comment") == 0


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer vigie_000000000000_x", "Basic eDp5", "Bearer \xe9"]
)
def test_a_wrong_key_is_refused(caller: Caller, header: str) -> None:
    """Whatever is no live key gets a 401."""
    assert caller.send("GET", "/api/v1/comments", headers={"Authorization": header}).status_code == 401


def test_malformed_signature_headers_are_refused(caller: Caller) -> None:
    """A malformed list of signatures, time or site is a 401, not an error of ours."""
    for name, value in (
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,%%%"),
        ("webhook-timestamp", "nan"),
        ("webhook-timestamp", "1e400"),
    ):
        good = {"Vigie-Site": caller.slug, "webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "v1,aa"}
        answer = caller.http.post("/api/v1/comments", data=b"{}", headers={**good, name: value})
        assert answer.status_code == 401


def test_a_revoked_key_ends_at_once_and_a_rotated_one_overlaps(
    caller: Caller, newsroom: Newsroom, vault: Vault
) -> None:
    """After a rotation both keys work until the overlap ends; a revoked one works no longer."""
    with newsroom.database.session() as session:
        fresh = credentials.rotate(session, vault, newsroom.site, CredentialKind.API_KEY)
    assert caller.send("GET", "/api/v1/comments").status_code == 200
    newsroom.run("UPDATE credential SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL")
    assert caller.send("GET", "/api/v1/comments").status_code == 401
    caller.key = fresh
    assert caller.send("GET", "/api/v1/comments").status_code == 200
    with newsroom.database.session() as session:
        credentials.revoke(session, newsroom.site, fresh.split("_")[1])
    assert caller.send("GET", "/api/v1/comments").status_code == 401


def test_secrets_are_not_in_the_database_in_clear(caller: Caller, newsroom: Newsroom) -> None:
    """Neither key nor signing secret can be read from the credential table."""
    kept = newsroom.text("SELECT string_agg(credential::text, ' ') FROM credential")
    assert caller.key.split("_")[2] not in kept
    assert caller.secret.removeprefix("whsec_") not in kept
    assert caller.secret.encode().hex() not in kept


def test_too_many_requests_are_told_to_wait(caller: Caller, newsroom: Newsroom) -> None:
    """Above the site's rate the answer is 429 with Retry-After; other sites are not touched."""
    here = caller.http.application.extensions["vigie"]
    object.__setattr__(here, "settings", here.settings.model_copy(update={"api_rate": "3/minute"}))
    codes = [caller.send("GET", "/api/v1/comments") for _ in range(5)]
    assert codes[-1].status_code == 429
    assert int(codes[-1].headers["Retry-After"]) > 0
