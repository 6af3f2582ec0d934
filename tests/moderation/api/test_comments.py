"""Comments over the wire."""

import json
from threading import Barrier, Thread

from flask import Flask

from moderation.domain.submission import SubmittedComment
from moderation.services.credentials import Vault
from moderation.storage.sites import SiteRecord
from tests.moderation.api.conftest import Caller, caller_of
from tests.moderation.conftest import Newsroom

ARTICLE = {
    "id": "a1",
    "title": "Le Liban rationne l’eau",
    "text": "Les réservoirs sont vides.",
    "url": "https://example.org/a1",
    "section": "Liban",
    "language": "fr",
    "published_at": "2026-05-22T09:30:00+03:00",
}
COMMENT = {
    "id": "c1",
    "text": "Les réservoirs sont vides depuis juin.",
    "article": ARTICLE,
    "author": {"id": "u1", "name": "Nadia"},
    "language": "fr",
    "written_at": "2026-05-22T10:00:00Z",
}


def test_a_comment_is_accepted_scored_and_read_back(caller: Caller, newsroom: Newsroom) -> None:
    """A posted comment gets a 202; once scored, everything that was said of it can be read."""
    answer = caller.post(COMMENT)
    assert (answer.status_code, answer.json) == (202, {"id": "c1", "revision": 1, "status": "accepted"})
    assert caller.send("GET", "/api/v1/comments/c1").json["status"] == "pending"  # type: ignore[index]
    newsroom.score()
    read = caller.send("GET", "/api/v1/comments/c1").json
    assert read is not None
    assert read["verdict"] in {"publish", "review"}
    assert set(read["scores"]) == set(read["model_versions"]) == {"shouting", "off_topic", "incivility"}
    assert read["article_id"] == "a1"
    assert isinstance(read["spans"], dict)


def test_the_same_post_twice_gives_the_same_answer(caller: Caller, newsroom: Newsroom) -> None:
    """Repeating a request changes neither the answer nor the rows, even after scoring."""
    first = caller.post(COMMENT)
    newsroom.score()
    assert caller.post(COMMENT).data == first.data
    assert newsroom.count("revision") == 1


def test_racing_posts_give_one_row(caller: Caller, app: Flask, newsroom: Newsroom) -> None:
    """Six requests at once for one comment get the same 202."""
    start, answers = Barrier(6), []

    def post() -> None:
        own = Caller(app, caller.slug, caller.key, caller.secret)
        start.wait()
        answers.append(own.post(COMMENT))

    threads = [Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.status_code, a.data) for a in answers} == {(202, answers[0].data)}
    assert newsroom.count("revision") == 1


def test_a_batch_may_be_an_array_or_lines(caller: Caller, newsroom: Newsroom) -> None:
    """A thousand comments fit one request, as a JSON array or as NDJSON."""
    many = [{"id": f"c{i}", "text": "Bonjour", "article_id": "a1"} for i in range(1000)]
    answer = caller.send("POST", "/api/v1/comments", many)
    assert answer.status_code == 202
    assert [r["id"] for r in answer.json["results"]] == [c["id"] for c in many]  # type: ignore[index]
    lines = "\n".join(json.dumps({"id": f"n{i}", "text": "Salut"}) for i in range(3)).encode()
    answer = caller.send("POST", "/api/v1/comments", lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 202
    assert newsroom.count("comment") == 1003


def test_comments_are_listed_page_by_page(caller: Caller, newsroom: Newsroom) -> None:
    """Cursors lead through all comments, in order, without repeats, also filtered."""
    newsroom.post(*(SubmittedComment(f"c{i}", "Bonjour", article_id="a1" if i % 2 else None) for i in range(7)))
    seen, path = [], "/api/v1/comments?limit=3"
    while True:
        page = caller.send("GET", path).json
        assert page is not None
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        path = f"/api/v1/comments?limit=3&cursor={page['next']}"
    assert seen == [f"c{i}" for i in range(7)]
    filtered = caller.send("GET", "/api/v1/comments?article_id=a1&status=pending").json
    assert [item["id"] for item in filtered["items"]] == ["c1", "c3", "c5"]  # type: ignore[index]


def test_a_deleted_comment_is_gone(caller: Caller) -> None:
    """Deleting answers 204, then the comment is gone for reading and posting alike."""
    caller.post(COMMENT)
    assert [caller.send("DELETE", "/api/v1/comments/c1").status_code for _ in range(2)] == [204, 204]
    assert caller.send("GET", "/api/v1/comments/c1").status_code == 410
    assert caller.post(COMMENT).status_code == 410
    assert caller.post(COMMENT, {"id": "c2", "text": "Salut"}).json["results"] == [  # type: ignore[index]
        {"id": "c1", "revision": 1, "status": "deleted"},
        {"id": "c2", "revision": 1, "status": "accepted"},
    ]


def test_an_article_is_stored_changed_and_read(caller: Caller) -> None:
    """PUT stores an article under the site's id, slashes included, and again changes it."""
    body = {k: v for k, v in ARTICLE.items() if k != "id"}
    path = "/api/v1/articles/2026/05/22//eau"
    assert caller.send("PUT", path, body).json["title"] == ARTICLE["title"]  # type: ignore[index]
    assert caller.send("PUT", path, {**body, "title": "Autre"}).status_code == 200
    read = caller.send("GET", path).json
    assert read is not None
    assert (read["id"], read["title"]) == ("2026/05/22//eau", "Autre")


def test_a_site_sees_only_its_own(
    caller: Caller, app: Flask, newsroom: Newsroom, vault: Vault, other_site: SiteRecord
) -> None:
    """Keys are scoped to one site: comments, articles and decisions of another do not exist for it."""
    caller.post(COMMENT)
    newsroom.score()
    stranger = caller_of(app, newsroom.database, vault, other_site)
    assert stranger.send("GET", "/api/v1/comments/c1").status_code == 404
    assert stranger.send("GET", "/api/v1/articles/a1").status_code == 404
    assert stranger.send("DELETE", "/api/v1/comments/c1").status_code == 404
    assert stranger.send("GET", "/api/v1/decisions").json["items"] == []  # type: ignore[index]


def test_decisions_are_read_by_cursor(caller: Caller, newsroom: Newsroom) -> None:
    """The cursor of one page leads to what was decided later, also when the page was empty."""
    start = caller.send("GET", "/api/v1/decisions").json["next"]  # type: ignore[index]
    caller.post(COMMENT)
    newsroom.score()
    page = caller.send("GET", f"/api/v1/decisions?cursor={start}").json
    assert page is not None
    assert [item["data"]["comment_id"] for item in page["items"]] == ["c1"]
    assert str(COMMENT["text"]) not in json.dumps(page, ensure_ascii=False)
    assert caller.send("GET", f"/api/v1/decisions?cursor={page['next']}").json["items"] == []  # type: ignore[index]
