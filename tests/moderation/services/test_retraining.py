"""Retrainings: asked for, done in steps, interrupted anywhere, cancelled; with the real classifiers and database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from classifiers.learning.newsroom import Taught
from classifiers.scorer import Scorer, Submission
from classifiers.seeing import Seen
from moderation.database import Database
from moderation.domain.errors import AlreadyEnded, NotFound
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Verdict
from moderation.messages import TaskName
from moderation.services import decisions, moderators, retraining, retraining_steps, undoing
from moderation.settings import Settings
from moderation.storage import retrainings
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.retrainings import RetrainingRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom

ARTICLES = [
    SubmittedArticle(f"a-{n}", title, f"{title}. Rien d'autre.") for n, title in enumerate(["Le phare", "La cantine"])
]
IDLE = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    " AND pid <> pg_backend_pid()"
)


class Interrupted(Exception):
    """Stands for a time limit."""


class Watched(Scorer):
    """The real scorer, with something that happens while it looks at texts."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def see(self, batch: Sequence[Submission]) -> Iterator[Seen]:
        """Look at texts."""
        self.meanwhile()
        return iter(super().see(batch))


@dataclass
class Learning:
    """A site with six decided comments, a moderator, and a place for files."""

    newsroom: Newsroom
    database: Database
    nadia: ModeratorRecord
    place: Path
    scorer: Watched
    rung: list[TaskName]
    decided: list[int]

    def ask(self, site_id: int | None = None) -> RetrainingRecord:
        """Ask for a retraining of the site, or of another one."""
        with self.database.session() as session:
            return retraining.ask(session, site_id or self.newsroom.site.id, self.nadia)

    def step(self) -> bool:
        """Do one step."""
        return retraining.step(self.database, self.scorer, self.place, (Interrupted,))

    def row(self, number: int = 1) -> RetrainingRecord:
        """Read a retraining."""
        with self.database.session() as session:
            return retraining.one(session, number)

    def until(self, stage: str) -> None:
        """Do steps until a stage has begun."""
        while self.row().stage != stage:
            assert self.step()

    def files(self) -> list[str]:
        """Name the files of what was gathered."""
        return sorted(path.name for path in (self.place / "1").glob("*.npz"))


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


def test_a_place_has_one_unfinished_retraining(learning: Learning, other_site: SiteRecord) -> None:
    """Asking again gives the same; another site and the shared models have theirs; each is audited and rings once."""
    first = learning.ask()
    assert learning.ask().id == first.id
    assert learning.ask(other_site.id).id != first.id
    with learning.database.session() as session:
        assert retraining.ask(session, None, None).site_id is None
    assert learning.newsroom.count("retraining") == 3
    assert learning.newsroom.count("audit_event", "act = 'model.retraining_asked'") == 3
    assert set(learning.rung) == {TaskName.RETRAIN}
    assert (first.state, first.asked_by) == ("waiting", learning.nadia.id)


def test_a_retraining_goes_step_by_step_to_its_report(learning: Learning) -> None:
    """Decisions, archive, one label after the other; every step rings; at the end a report, and no file is left."""
    learning.ask()
    seen = []
    while learning.row().state in ("waiting", "running"):
        learning.rung.clear()
        assert learning.step()
        row = learning.row()
        seen.append((row.stage, row.done, row.total))
        assert TaskName.RETRAIN in learning.rung
        assert row.lease_token is None
        if row.stage == "archive":
            assert learning.place.stat().st_mode & 0o777 == (learning.place / "1").stat().st_mode & 0o777 == 0o700
    assert seen[:3] == [("examples", 2, 6), ("examples", 4, 6), ("examples", 6, 6)]
    assert [stage for stage, *_ in seen[3:]][:2] == ["archive", "archive"]
    assert [(stage, done) for stage, done, _ in seen[5:8]] == [("shouting", 1), ("off_topic", 2), ("incivility", 3)]
    assert (row.state, row.upto, row.failure) == ("done", learning.decided[-1], None)
    assert set(row.report) == set(Label)
    for said in row.report.values():
        assert (said["version"], said["better"]) == (None, False)
        assert [f["passed"] for f in said["findings"]].count(False) >= 1
    assert TaskName.PROMOTE in learning.rung
    assert not (learning.place / "1").exists()
    assert not learning.step()


def test_no_transaction_is_open_while_texts_are_looked_at(learning: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's own view of its sessions, asked in the middle of a step."""
    idle: list[int] = []

    def look() -> None:
        with learning.newsroom.database.session() as session:
            idle.append(session.scalar(text(IDLE)) or 0)

    monkeypatch.setattr(learning.scorer, "meanwhile", look)
    learning.ask()
    learning.until("archive")
    assert idle
    assert set(idle) == {0}


def test_what_a_killed_worker_held_is_taken_up_when_its_lease_has_run_out(learning: Learning) -> None:
    """While a lease is held nobody works, not on a younger one either; one that ran out, or lies ahead, is taken."""
    learning.ask()
    with learning.database.session() as session:
        retraining.ask(session, None, None)
        assert retrainings.claim(session, uuid4(), 30)
    assert not learning.step()
    for since in ("- interval '31 seconds'", "+ interval '1 hour'"):
        learning.newsroom.run(
            f"UPDATE retraining SET leased_at = now() {since}, lease_token = gen_random_uuid() WHERE id = 1"
        )
        assert learning.step()
    assert (learning.row().done, learning.row().attempts, learning.row(2).state) == (4, 0, "waiting")


def test_a_step_that_fails_is_tried_four_times(learning: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed step gives its lease back without a ring; the fourth time the retraining fails with a sentence."""

    def fail() -> None:
        raise MemoryError

    learning.ask()
    learning.until("examples")
    learning.rung.clear()
    monkeypatch.setattr(learning.scorer, "meanwhile", fail)
    for attempts in (1, 2, 3):
        assert learning.step()
        row = learning.row()
        assert (row.state, row.attempts, row.lease_token) == ("running", attempts, None)
    assert learning.rung == []
    assert learning.step()
    assert (learning.row().state, learning.row().failure) == ("failed", retraining.FAILED)
    assert not learning.step()
    assert not (learning.place / "1").exists()


def test_a_text_that_kills_every_worker_ends_the_retraining(learning: Learning) -> None:
    """Four workers that died in the same step are enough, although none of them could say so."""
    learning.ask()
    learning.newsroom.run("UPDATE retraining SET attempts = 4, state = 'running'")
    assert learning.step()
    assert learning.row().state == "failed"


def test_a_time_limit_gives_the_lease_back_and_is_passed_on(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt reaches the caller; the next worker begins the step again at once."""

    def interrupt() -> None:
        raise Interrupted

    learning.ask()
    monkeypatch.setattr(learning.scorer, "meanwhile", interrupt)
    with pytest.raises(Interrupted):
        learning.step()
    assert (learning.row().lease_token, learning.row().attempts) == (None, 1)
    monkeypatch.setattr(learning.scorer, "meanwhile", lambda: None)
    assert learning.step()
    assert (learning.row().done, learning.row().attempts) == (2, 0)


@pytest.mark.parametrize("harm", ["missing", "torn", "foreign"])
def test_what_is_missing_or_torn_on_this_machine_is_gathered_again(learning: Learning, harm: str) -> None:
    """Another machine, a torn file, files of other classifiers: the retraining goes on, to the same end."""
    learning.ask()
    learning.until("archive")
    first = learning.place / "1" / learning.files()[0]
    if harm == "missing":
        for path in first.parent.iterdir():
            path.unlink()
    elif harm == "torn":
        first.with_name("examples-0-99.npz").write_bytes(b"")  # what is no part of the chain is no harm either
        victim = next(p for p in sorted(first.parent.glob("examples-*.npz")) if p.stat().st_size)
        victim.write_bytes(victim.read_bytes()[:100])
    else:
        versions = dict(learning.scorer.versions)
        learning.scorer._versions = versions | {"shouting": "shouting-of-tomorrow"}
    while learning.step():
        pass
    if harm == "foreign":
        learning.scorer._versions = versions
    assert (learning.row().state, len(learning.row().report)) == ("done", 3)


def test_what_is_withdrawn_after_it_was_gathered_is_not_learned(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undone decision does not reach the training, nor does its evidence; later decisions wait for the next run."""
    taught: list[Taught] = []
    really = retraining_steps.learn

    def learn(label: str, given: Taught, *rest: object) -> object:
        taught.append(given)
        return really(label, given, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(retraining_steps, "learn", learn)
    learning.ask()
    learning.until("archive")
    learning.newsroom.write("late", "Un dernier mot.")
    learning.newsroom.score()
    with learning.database.session() as session:
        undoing.undo(session, learning.nadia, learning.decided[1])
        decisions.by_moderator(session, learning.nadia, learning.newsroom.read("late").comment.id, 1, Verdict.PUBLISH)
    while learning.step():
        pass
    standing = [d for d in learning.decided if d != learning.decided[1]]
    assert [[e.id for e in one.examples] for one in taught] == [standing] * 3
    assert {len(one.evidence) for one in taught} == {5}
    assert [one.archive is not None for one in taught] == [False, True, False]


def test_a_cancelled_retraining_keeps_nothing(learning: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled in the middle of a step: its result is dropped, the files go, and cancelling again changes nothing."""

    def cancel() -> None:
        with learning.database.session() as session:
            retraining.cancel(session, 1, learning.nadia)

    learning.ask()
    learning.until("archive")
    monkeypatch.setattr(learning.scorer, "meanwhile", cancel)
    assert learning.step()
    assert learning.row().state == "cancelled"
    assert not learning.step()
    assert not (learning.place / "1").exists()
    assert learning.newsroom.count("audit_event", "act = 'model.retraining_cancelled'") == 1
    learning.newsroom.run("UPDATE retraining SET state = 'done'")
    with learning.database.session() as session:
        with pytest.raises(AlreadyEnded):
            retraining.cancel(session, 1, learning.nadia)
        with pytest.raises(NotFound):
            retraining.cancel(session, 2, learning.nadia)


def test_the_files_of_a_site_that_is_gone_are_removed(learning: Learning) -> None:
    """What no unfinished retraining owns goes at the next look; what the shipped models know stays."""
    for name in ("77", "knowledge"):
        (learning.place / name).mkdir(parents=True)
    assert not learning.step()
    assert [path.name for path in learning.place.iterdir()] == ["knowledge"]
