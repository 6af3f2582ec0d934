"""Appeals over the wire."""

import pytest

from tests.moderation.api.conftest import Caller
from tests.moderation.api.test_reports import open_reports
from tests.moderation.conftest import Newsroom
from tests.moderation.services.loud import Loud

PATH = "/api/v1/appeals"


@pytest.fixture
def scorer() -> Loud:
    """Return a scorer that finds every comment loud."""
    return Loud()


def test_an_appeal_reaches_its_queue_once(caller: Caller, newsroom: Newsroom) -> None:
    """An appeal, signed or with a key, puts a comment into the queue of appeals; the same id counts once."""
    newsroom.write("forum/c1", "Bonjour")
    newsroom.score()
    body = {"comment_id": "forum/c1", "id": "a1", "reason": "Relisez-moi\u0000"}
    answer = caller.send("POST", PATH, body)
    assert (answer.status_code, answer.json) == (200, {"comment_id": "forum/c1", "status": "accepted"})
    assert caller.send("POST", PATH, body).data == answer.data
    assert caller.signed("POST", PATH, b'{"comment_id": "forum/c1"}').status_code == 200
    assert open_reports(newsroom) == (0, 1)
    assert newsroom.count("report", "source = 'author'") == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "x" * 1001}, 422),
        ({"source": "author"}, 422),
        (b"{", 400),
        ([], 422),
        ({"comment_id": "nobody"}, 404),
    ],
)
def test_malformed_appeals_change_nothing(caller: Caller, newsroom: Newsroom, body: object, status: int) -> None:
    """A wrong field is named, and nothing is stored."""
    newsroom.write("c1", "Bonjour")
    whole = {"comment_id": "c1"} | body if isinstance(body, dict) else body
    assert caller.send("POST", PATH, whole).status_code == status
    assert newsroom.count("report") == 0
