"""A site with decisions, ready to learn from them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Verdict
from moderation.messages import TaskName
from moderation.services import decisions, moderators, retraining_steps
from moderation.settings import Settings
from tests.moderation.conftest import Newsroom
from tests.moderation.services.learning import Learning, Watched

ARTICLES = [
    SubmittedArticle(f"a-{n}", title, f"{title}. Rien d'autre.") for n, title in enumerate(["Le phare", "La cantine"])
]


@pytest.fixture(scope="session")
def watched() -> Watched:
    """Return the shipped classifiers, loaded once."""
    scorer = Watched.load()
    assert isinstance(scorer, Watched)
    return scorer


@pytest.fixture
def learning(
    newsroom: Newsroom, settings: Settings, tmp_path: Path, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Learning]:
    """Return a site with six decisions, read two at a time."""
    monkeypatch.setattr(retraining_steps, "CHUNK", 2)
    monkeypatch.setattr(retraining_steps, "ARCHIVE_CHUNKS", 2)
    monkeypatch.setattr(watched, "meanwhile", lambda: None)
    for n in range(6):
        newsroom.write(f"c{n}", f"Le phare ne rouvrira jamais, bande de clowns numéro {n}.", article=ARTICLES[n % 2])
    newsroom.score()
    rung: list[TaskName] = []
    database = Database(settings.require("database_url"), rung.append)
    with database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        decided = [
            decisions.by_moderator(session, nadia, newsroom.read(f"c{n}").comment.id, 1, *verdict)
            for n, verdict in enumerate([(Verdict.PUBLISH, ()), (Verdict.REJECT, (Label.INCIVILITY,))] * 3)
        ]
    yield Learning(newsroom, database, nadia, tmp_path / "learning", watched, rung, [d for d in decided if d])
    database.dispose()
