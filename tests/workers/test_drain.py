"""How a nudge finds its way through what went wrong before; in this process, on the real database."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from classifiers.scorer import Scorer, Scores, Submission
from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.messages import TaskName
from moderation.services import intake, sites
from moderation.services.scoring import ScoringLimits, drain
from moderation.settings import Settings
from moderation.storage import work


class Deadly(Exception):
    """Stands for what ends a process: no code of ours sees it."""


class Watching:
    """The real scorer; remembers its batches, and dies of one word."""

    def __init__(self, scorer: Scorer, deadly: str = "") -> None:
        self._scorer, self._deadly = scorer, deadly
        self.batches: list[list[str]] = []

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score, or die."""
        self.batches.append([submission.text for submission in batch])
        if self._deadly and any(self._deadly in submission.text for submission in batch):
            raise Deadly
        return self._scorer.score(batch)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """Return the shipped classifiers, loaded once."""
    return Scorer.load()


@pytest.fixture
def rung() -> list[TaskName]:
    """Return the list of the nudges that left."""
    return []


@pytest.fixture
def house(database: Database, settings: Settings, rung: list[TaskName]) -> Iterator[Database]:
    """Return the emptied database with a site, whose nudges are written down."""
    house = Database(settings.require("database_url"), rung.append)
    with house.session() as session:
        sites.create(session, "lejour", "Le Jour")
    yield house
    house.dispose()


def post(house: Database, *texts: str) -> None:
    """Take comments in."""
    with house.session() as session:
        intake.accept(session, 1, [SubmittedComment(f"c{n}", words) for n, words in enumerate(texts)])


def lease_runs_out(house: Database) -> None:
    """Let the time of a lease pass."""
    with house.session() as session:
        session.execute(text("UPDATE revision SET leased_at = leased_at - interval '1 day'"))


def count(house: Database, query: str) -> int:
    """Return the one number that a query gives."""
    with house.session() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {query}")) or 0)


def test_a_text_that_ends_its_worker_goes_to_review_after_bounded_tries(house: Database, scorer: Scorer) -> None:
    """A text that kills every process that scores it is not tried for ever, and costs the others nothing."""
    post(house, *(f"Commentaire {n}" for n in range(8)), "fatal")
    watching, deaths = Watching(scorer, "fatal"), 0
    for _ in range(8):
        try:
            drain(house, watching, ScoringLimits(9, 60, 4), lambda: 0.9, (Deadly,))  # type: ignore[arg-type]
        except Deadly:
            deaths += 1
        lease_runs_out(house)
    assert deaths == 4
    assert count(house, "revision WHERE state = 'pending'") == 0
    assert count(house, "scoring WHERE failure IS NOT NULL") == 1
    assert count(house, "comment WHERE status = 'in_review'") == 1
    assert count(house, "scoring WHERE failure IS NULL") == 8
    assert watching.batches[-1] == ["fatal"]


def test_what_a_dead_worker_held_is_tried_in_groups_and_then_alone(house: Database, scorer: Scorer) -> None:
    """A batch of a hundred is tried again ten by ten; what stumbled twice is tried alone."""
    post(house, *(f"Commentaire {n}" for n in range(100)))
    with house.session() as session:
        assert len(work.claim_fresh(session, uuid4(), 60, 100)) == 100
    with house.session() as session:
        session.execute(text("UPDATE revision SET attempts = 2 WHERE id > 95"))
    lease_runs_out(house)
    watching = Watching(scorer)
    assert drain(house, watching, ScoringLimits(100, 60, 4), lambda: 0.9) == 100  # type: ignore[arg-type]
    assert [len(batch) for batch in watching.batches] == [10] * 9 + [5] + [1] * 5


def test_a_time_limit_is_no_fault_of_a_text(house: Database, scorer: Scorer) -> None:
    """An interrupt ends the task at once: nothing is scored one by one, nothing is given to review."""
    post(house, "fatal", "Bonjour")
    watching = Watching(scorer, "fatal")
    with pytest.raises(Deadly):
        drain(house, watching, ScoringLimits(), lambda: 0.9, (Deadly,))  # type: ignore[arg-type]
    assert len(watching.batches) == 1
    assert count(house, "scoring") == 0
    assert count(house, "revision WHERE state = 'pending' AND attempts = 1") == 2


def test_a_full_batch_rings_for_more_and_a_smaller_one_does_not(
    house: Database, scorer: Scorer, rung: list[TaskName]
) -> None:
    """There is a nudge as long as there may be fresh work, and none after that."""
    post(house, *(f"Commentaire {n}" for n in range(10)))
    rung.clear()
    for expected in ([TaskName.DRAIN_COMMENTS], [TaskName.DRAIN_COMMENTS], []):
        drain(house, scorer, ScoringLimits(4), lambda: 0.9)
        assert rung == expected
        rung.clear()


def test_the_victim_of_a_deadlock_stores_its_batch_all_the_same(house: Database, scorer: Scorer) -> None:
    """An article that arrives while its comments are stored costs a repetition, not the scores."""
    post(house, "Bonjour", "Bonsoir")
    failures = 2
    with house.session() as session:
        session.execute(text("CREATE SEQUENCE stumbles"))
        session.execute(
            text(
                "CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF nextval('stumbles') <= {failures} THEN RAISE EXCEPTION 'd' USING ERRCODE = '40P01'; END IF;"
                " RETURN NEW; END $$"
            )
        )
        session.execute(
            text("CREATE TRIGGER stumble BEFORE INSERT ON scoring FOR EACH STATEMENT EXECUTE FUNCTION stumble()")
        )
    try:
        assert drain(house, scorer, ScoringLimits(), lambda: 0.9) == 2
    finally:
        with house.session() as session:
            session.execute(text("DROP TRIGGER stumble ON scoring"))
            session.execute(text("DROP FUNCTION stumble"))
            session.execute(text("DROP SEQUENCE stumbles"))
    assert count(house, "scoring WHERE failure IS NULL") == count(house, "decision") == 2
    assert count(house, "revision WHERE attempts = 1 AND state = 'scored'") == 2


def test_a_result_that_cannot_be_stored_goes_to_review_after_bounded_tries(house: Database, scorer: Scorer) -> None:
    """A row that the database refuses costs its neighbours some tries, and ends with a person."""
    post(house, *(f"Commentaire {n}" for n in range(5)), "unstorable")
    with house.session() as session:
        session.execute(text(_REFUSE))
        session.execute(text("CREATE TRIGGER refuse BEFORE INSERT ON scoring FOR EACH ROW EXECUTE FUNCTION refuse()"))
    try:
        for _ in range(8):
            with suppress(DataError):
                drain(house, scorer, ScoringLimits(), lambda: 0.9)
            lease_runs_out(house)
    finally:
        with house.session() as session:
            session.execute(text("DROP FUNCTION refuse CASCADE"))
    assert count(house, "revision WHERE state = 'pending'") == 0
    assert count(house, "scoring WHERE failure IS NULL") == 5
    assert count(house, "comment WHERE status = 'in_review' AND external_id = 'c5'") == 1


_REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.failure IS NULL AND (SELECT text FROM revision WHERE id = NEW.revision_id) = 'unstorable' THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = '22000';
    END IF;
    RETURN NEW;
END $$
"""
