"""Bad input: each gets a clear 4xx that names the field and the cure, or is accepted and handled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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


def test_a_far_time_zone_is_understood(caller: Caller, newsroom: Newsroom) -> None:
    """A time with a zone that PostgreSQL would not read is stored as the moment that it names."""
    answer = caller.post(GOOD | {"written_at": "1994-01-01T22:19:05+16:46"})
    assert answer.status_code == 202
    assert newsroom.read("c1").comment.written_at == datetime(1994, 1, 1, 5, 33, 5, tzinfo=UTC)
