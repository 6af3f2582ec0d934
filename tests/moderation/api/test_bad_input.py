"""Bad input: each gets a clear 4xx that names the field and the cure, or is accepted and handled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.domain.words import CredentialKind
from moderation.services import credentials
from moderation.services.credentials import Vault
from tests.moderation.api.conftest import Caller
from tests.moderation.conftest import Newsroom

GOOD: dict[str, Any] = {"id": "c1", "text": "Bonjour à tous"}


def nested(depth: int) -> Any:
    """Return an object nested so deep."""
    return json.loads("{" + '"a":{' * (depth - 1) + "}" * depth)


@pytest.mark.parametrize(
    ("body", "status", "field", "says"),
    [
        ({**GOOD, "text": None}, 422, "text", "string"),
        ({**GOOD, "text": 12}, 422, "text", "string"),
        ({"id": "c1"}, 422, "text", "Add it"),
        ({**GOOD, "txet": "?"}, 422, "txet", "spelling"),
        ({**GOOD, "text": ""}, 422, "text", "at least 1"),
        ({**GOOD, "text": " \n\t\u00a0\u2003"}, 422, "text", "more than spaces"),
        ({**GOOD, "text": "a" * 1_000_000}, 422, "text", "at most 20000"),
        ({**GOOD, "id": "a b"}, 422, "id", "match pattern"),
        ({**GOOD, "id": 12}, 422, "id", "string"),
        ({**GOOD, "id": "x" * 256}, 422, "id", "255"),
        ({**GOOD, "revision": 0}, 422, "revision", "greater"),
        ({**GOOD, "revision": "2"}, 422, "revision", "integer"),
        ({**GOOD, "written_at": "2026-05-22T10:00:00"}, 422, "written_at", "time zone"),
        ({**GOOD, "written_at": "9999-12-31T23:59:59-12:00"}, 422, "written_at", "2100"),
        ({**GOOD, "article": {"id": "a1"}}, 422, "article.title", "Add it"),
        ({**GOOD, "article": {"id": "a1", "title": "T", "url": "javascript:alert(1)"}}, 422, "article.url", "http"),
        ({**GOOD, "language": "<script>"}, 422, "language", ""),
        ([GOOD, {"id": "c2"}], 422, "[1].text", "Add it"),
        ("text", 422, "body", "object"),
    ],
)
def test_a_wrong_field_is_named_with_its_cure(
    caller: Caller, newsroom: Newsroom, body: Any, status: int, field: str, says: str
) -> None:
    """A wrong field gets a 422 problem that names it and says what to do; nothing is stored."""
    answer = caller.send("POST", "/api/v1/comments", body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem = answer.json
    assert problem is not None
    assert field in [error["field"] for error in problem["errors"]]
    assert says in json.dumps(problem, ensure_ascii=False)
    assert all(error["cure"] for error in problem["errors"])
    assert newsroom.count("comment") == 0


@pytest.mark.parametrize(
    ("raw", "headers", "status", "says"),
    [
        (b'{"id": "c1", "text": ', {}, 400, "no valid JSON"),
        (b"", {}, 400, "no valid JSON"),
        (b'{"id": "c1", "text": "\xff"}', {}, 400, "UTF-8"),
        (b'{"id": "c1", "text": NaN}', {}, 400, "no valid JSON"),
        (b"[" * 100_000, {}, 400, "nested"),
        (json.dumps({**GOOD, "x": nested(50)}).encode(), {}, 400, "deeper than 16"),
        (b"[]", {}, 422, "empty"),
        (json.dumps([GOOD] * 1001).encode(), {}, 413, "at most 1000"),
        (b"{" + b" " * 9_000_000 + b"}", {}, 413, "larger"),
        (b"id=c1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "Content-Type"),
        (b"{}", {"Content-Encoding": "gzip"}, 415, "compressed"),
        (b'{"id": "c1", "text": "a"}\n{', {"Content-Type": "application/x-ndjson"}, 400, "line 2"),
    ],
)
def test_an_unreadable_body_says_why(
    caller: Caller, newsroom: Newsroom, raw: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    """A body that cannot be read gets a problem that says why; nothing is stored."""
    answer = caller.send("POST", "/api/v1/comments", raw, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert says in answer.json["detail"]  # type: ignore[index]
    assert newsroom.count("comment") == 0


def hostile_texts() -> Iterator[tuple[str, str]]:
    """Yield texts that are accepted, each with a name."""
    yield "nul", "avant\x00après"
    yield "bidi", "\u202eevil\u202c \u2066mixed\u2069 مرحبا"
    yield "zero_width", "\u200b\u200d\u2060\ufeff" * 4000 + "a"
    yield "only_zero_width", "\u200b" * 5000
    yield "combining", "a" + "\u0301" * 19_000
    yield "markup", "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;"
    yield "template", "{{ 7*7 }} ${7*7} %s %(x)s {0}"
    yield "sql", "'; DROP TABLE comment; --"
    yield "one_word", "a" * 20_000
    yield "emoji", "👍🏽" * 4000
    yield "newlines", "\r\n" * 5000 + "x"


@pytest.mark.parametrize(("name", "text"), list(hostile_texts()))
def test_hostile_text_is_accepted_and_scored(caller: Caller, newsroom: Newsroom, name: str, text: str) -> None:
    """Any text that is no more than text is taken, scored and given back as it was (NUL as U+FFFD)."""
    assert caller.post({"id": name, "text": text}).status_code == 202
    assert newsroom.score() == 1
    read = caller.send("GET", f"/api/v1/comments/{name}").json
    assert read is not None
    assert read["text"] == text.replace("\x00", "\ufffd")
    assert read["status"] in {"published", "in_review"}


def test_a_hundred_thousand_combining_marks_are_too_long_by_default_and_harmless_when_allowed(
    caller: Caller, newsroom: Newsroom
) -> None:
    """The limit answers 422; a text of that kind that got in nevertheless is scored."""
    zalgo = "h" + "\u0336\u0321\u0315" * 33_333
    assert caller.post({"id": "c1", "text": zalgo}).status_code == 422
    newsroom.write("c1", zalgo)
    assert newsroom.score() == 1


def test_a_lone_surrogate_becomes_a_replacement_character(caller: Caller) -> None:
    """Half of an emoji, as JavaScript cuts it, does not cost the reader the comment."""
    raw = b'{"id": "c1", "text": "coup\\u00e9 \\ud83d et \\ud83d\\ude00"}'
    assert caller.send("POST", "/api/v1/comments", raw).status_code == 202
    assert caller.send("GET", "/api/v1/comments/c1").json["text"] == "coupé \ufffd et 😀"  # type: ignore[index]


def test_dates_in_the_future_are_taken(caller: Caller) -> None:
    """An article under embargo, and a clock that is fast, are no errors."""
    ahead = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    article = {"id": "a1", "title": "Demain", "published_at": ahead}
    assert caller.post({**GOOD, "written_at": ahead, "article": article}).status_code == 202


def test_a_revision_with_another_text_is_a_conflict(caller: Caller) -> None:
    """The same revision cannot hold two texts; the problem says how to send the edit."""
    caller.post({**GOOD, "revision": 1})
    answer = caller.post({**GOOD, "revision": 1, "text": "Autre chose"})
    assert answer.status_code == 409
    assert "higher revision" in answer.json["detail"]  # type: ignore[index]


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


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=d_1",
        "cursor=é",
        "limit=0",
        "limit=x",
        "limit=201",
        "status=deleted",
        "foo=1",
        "article_id=%00",
    ],
)
def test_a_wrong_query_is_named(caller: Caller, query: str) -> None:
    """A malformed parameter of a list gets a 422 that names it."""
    answer = caller.send("GET", f"/api/v1/comments?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].startswith("query.")  # type: ignore[index]


@pytest.mark.parametrize(
    "path", ["comments/%00", "comments/a%20b", "articles/%00", "articles/%ff", "comments/" + "x" * 300]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_that_can_be_no_id_is_not_found(caller: Caller, method: str, path: str) -> None:
    """NUL, spaces, broken UTF-8 and overlong ids in an address are not found, or not allowed, never a 500."""
    assert caller.send(method, f"/api/v1/{path}").status_code in {404, 405}


def test_unknown_addresses_and_methods_are_problems(caller: Caller) -> None:
    """Under /api every error is a problem, a wrong method with the right ones in Allow."""
    missing, wrong = caller.send("GET", "/api/v1/nothing"), caller.send("PATCH", "/api/v1/comments")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


def test_too_many_requests_are_told_to_wait(caller: Caller, newsroom: Newsroom) -> None:
    """Above the site's rate the answer is 429 with Retry-After; other sites are not touched."""
    here = caller.http.application.extensions["vigie"]
    object.__setattr__(here, "settings", here.settings.model_copy(update={"api_rate": "3/minute"}))
    codes = [caller.send("GET", "/api/v1/comments") for _ in range(5)]
    assert codes[-1].status_code == 429
    assert int(codes[-1].headers["Retry-After"]) > 0
