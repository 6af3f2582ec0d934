"""Reports of readers and appeals of writers over the wire."""

import pytest
from sqlalchemy import text

from moderation.storage.queue import QueueReason, tallies
from tests.moderation.api.conftest import Caller
from tests.moderation.conftest import Newsroom
from tests.moderation.services.loud import Loud

PATH = "/api/v1/reports"


@pytest.fixture
def scorer() -> Loud:
    """Return a scorer that finds every comment loud."""
    return Loud()


def open_reports(newsroom: Newsroom) -> tuple[int, int]:
    """Count the comments in the queues of reports and of appeals."""
    with newsroom.database.session() as session:
        found = tallies(session, None)
    return found[QueueReason.REPORTS].count, found[QueueReason.APPEALS].count


def test_reports_and_appeals_reach_their_queues(caller: Caller, newsroom: Newsroom) -> None:
    """A report, signed or with a key, and an appeal put a comment into their queues; its status stays as it is."""
    newsroom.write("forum/c1", "Bonjour")
    newsroom.score()
    answer = caller.send("POST", PATH, {"comment_id": "forum/c1", "id": "r1", "reason": "impoli\u0000"})
    assert (answer.status_code, answer.json) == (200, {"comment_id": "forum/c1", "status": "accepted"})
    assert open_reports(newsroom) == (1, 0)
    assert caller.signed("POST", PATH, b'{"comment_id": "forum/c1", "source": "author"}').status_code == 200
    assert open_reports(newsroom) == (1, 1)
    assert newsroom.read("forum/c1").comment.status == "in_review"
    assert (
        caller.send("POST", PATH, {"comment_id": "forum/c1", "id": "r1", "reason": "impoli\u0000"}).data == answer.data
    )
    assert newsroom.count("report") == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"source": "robot"}, 422),
        ({"reason": "x" * 1001}, 422),
        ({"id": "a b"}, 422),
        ({"why": "x"}, 422),
        (b"{", 400),
        ([], 422),
        ({"comment_id": "a b"}, 422),
    ],
)
def test_malformed_reports_change_nothing(caller: Caller, newsroom: Newsroom, body: object, status: int) -> None:
    """A wrong field is named, and nothing is stored."""
    newsroom.write("c1", "Bonjour")
    whole = {"comment_id": "c1"} | body if isinstance(body, dict) else body
    assert caller.send("POST", PATH, whole).status_code == status
    assert newsroom.count("report") == 0


def test_reports_about_nothing_are_told_so(caller: Caller, newsroom: Newsroom) -> None:
    """An unknown comment is 404, a deleted one 410, and without credentials there is no answer at all."""
    newsroom.write("c1", "Bonjour")
    caller.send("DELETE", "/api/v1/comments/c1")
    for key, status in (("c1", 410), ("c2", 404)):
        assert caller.send("POST", PATH, {"comment_id": key}).status_code == status
    answer = caller.http.post(PATH, json={"comment_id": "c1"})
    assert answer.status_code == 401
    with newsroom.database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM report")) == 0
