"""What the tests of the moderation house share: a site, the real scorer, ways to look at rows."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.submission import Receipt, SubmittedComment
from moderation.services import intake, sites
from moderation.services.model_store import ModelStore
from moderation.services.scoring import ScoringLimits, drain
from moderation.storage import review
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """Return the shipped classifiers, loaded once."""
    return Scorer.load()


@pytest.fixture
def site(database: Database) -> SiteRecord:
    """Return a site under the default policy."""
    with database.session() as session:
        return sites.create(session, "lejour", "Le Jour")


@pytest.fixture
def other_site(database: Database) -> SiteRecord:
    """Return a second site."""
    with database.session() as session:
        return sites.create(session, "autre", "Autre")


class Newsroom:
    """Shortcuts that go through the real use cases for one site."""

    def __init__(self, database: Database, site: SiteRecord, scorer: Scorer) -> None:
        self.database, self.site, self.scorer = database, site, scorer
        self.models = ModelStore(getattr(scorer, "versions", {}))  # a stand-in judges by nothing shipped

    def post(self, *comments: SubmittedComment) -> list[Receipt]:
        """Take comments in."""
        with self.database.session() as session:
            return intake.accept(session, self.site.id, comments)

    def write(self, key: str, body: str, **more: object) -> Receipt:
        """Take one comment in."""
        return self.post(replace(SubmittedComment(key, body), **more))[0]  # type: ignore[arg-type]

    def score(self, scorer: Scorer | None = None, limits: ScoringLimits | None = None) -> int:
        """Score what is pending, in this process."""
        use = scorer or self.scorer
        return drain(self.database, use, limits or ScoringLimits(), lambda: 0.99, models=self.models)

    def read(self, key: str) -> CommentRow:
        """Read a comment back."""
        with self.database.session() as session:
            row = review.one_of_site(session, self.site.id, key)
        assert row is not None
        return row

    def count(self, table: str, condition: str = "true") -> int:
        """Count rows."""
        with self.database.session() as session:
            return int(session.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0)

    def text(self, query: str) -> str:
        """Return one value as text."""
        with self.database.session() as session:
            return str(session.scalar(text(query)))

    def run(self, statement: str) -> None:
        """Change rows behind the services' back, as an accident would."""
        with self.database.session() as session:
            session.execute(text(statement))


@pytest.fixture
def newsroom(database: Database, site: SiteRecord, scorer: Scorer) -> Newsroom:
    """Return shortcuts for the site."""
    return Newsroom(database, site, scorer)
