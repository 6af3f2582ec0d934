"""Retrainings: asked for, done in steps, cancelled; with the real classifiers and database."""

import pytest
from sqlalchemy import text

from classifiers.learning import newsroom
from classifiers.learning.newsroom import Taught
from moderation.domain.errors import AlreadyEnded, NotFound
from moderation.domain.words import Label, Verdict
from moderation.messages import TaskName
from moderation.services import decisions, retraining, retraining_steps, undoing
from moderation.storage.sites import SiteRecord
from tests.moderation.services.learning import Learning

IDLE = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    " AND pid <> pg_backend_pid()"
)


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
    row, seen = learning.ask(), []
    while row.state in ("waiting", "running"):
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


def test_what_is_withdrawn_after_it_was_gathered_is_not_learned(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undone decision does not reach the training, nor does its evidence; later decisions wait for the next run."""
    taught: list[Taught] = []

    def learn(label: str, given: Taught, *rest: object) -> object:
        taught.append(given)
        return newsroom.learn(label, given, *rest)  # type: ignore[arg-type]

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
