"""A newsroom's decisions become versions of models: the whole way, with the real training and a small part of what the
shipped models know."""

from pathlib import Path

import pytest
from sqlalchemy import text

from classifiers.learning.knowledge import Knowledge
from classifiers.scorer import Scorer
from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.domain.words import Label, Verdict
from moderation.services import decisions, intake, moderators, retraining, retraining_steps, retraining_work
from moderation.storage.retrainings import RetrainingRecord
from tests.classifiers.learning import composed
from tests.moderation.conftest import Newsroom

COUNT = 300


@pytest.fixture
def decided(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Newsroom:
    """Return a newsroom with a taste of its own: three people decided about 300 comments in 50 hours."""
    monkeypatch.setattr(
        retraining_steps, "know", lambda scorer, place: Knowledge.load(scorer, tmp_path / "knowledge", share=0.04)
    )
    made = composed.comments(COUNT, seed=7)
    articles = {c.submission.article: f"a-{n}" for n, c in enumerate(made) if c.submission.article}
    with newsroom.database.session() as session:
        people = [moderators.create(session, f"m{n}@example.org", f"M{n}", "a lookout on a mast") for n in range(3)]
        sent = [
            SubmittedComment(f"c{n}", c.submission.text, article=SubmittedArticle(articles[a], a.title, a.text))
            for n, c in enumerate(made)
            if (a := c.submission.article)
        ]
        intake.accept(session, newsroom.site.id, sent)
        query = text("SELECT external_id, id FROM comment")
        ids = {external_id: key for external_id, key in session.execute(query)}
        for n, comment in enumerate(made):
            labels = [Label.INCIVILITY] if comment.incivility else []
            verdict = Verdict.REJECT if labels else Verdict.PUBLISH
            decisions.by_moderator(session, people[n % 3], ids[f"c{n}"], 1, verdict, labels)
    newsroom.run("UPDATE decision SET decided_at = now() - (1000 - id) * interval '10 minutes'")
    return newsroom


def run(newsroom: Newsroom, scorer: Scorer, place: Path, *, moves: bool = False) -> RetrainingRecord:
    """Ask for a retraining and do all of it; when it `moves`, another machine takes over before the first label."""
    with newsroom.database.session() as session:
        asked = retraining.ask(session, newsroom.site.id, None)
    while retraining_work.step(newsroom.database, scorer, place):
        if moves and (place / str(asked.id)).exists():
            with newsroom.database.session() as session:
                if retraining.one(session, asked.id).stage == Label.SHOUTING:
                    place, moves = place.with_name("elsewhere"), False
    with newsroom.database.session() as session:
        return retraining.one(session, asked.id)


def test_decisions_become_versions_also_when_another_machine_takes_over(
    decided: Newsroom, scorer: Scorer, tmp_path: Path
) -> None:
    """Each label has its findings, what was learned is kept under the name in the report."""
    first = run(decided, scorer, tmp_path / "learning", moves=True)
    assert (first.state, first.failure) == ("done", None)
    said = first.report[Label.INCIVILITY]
    assert said["version"].startswith("incivility-lejour-")
    state = decided.text(f"SELECT state FROM model_version WHERE name = '{said['version']}'")
    assert state == ("challenger" if said["better"] else "candidate")
    assert decided.count("model_version", "retraining_id = 1") == sum(bool(s["version"]) for s in first.report.values())
    gain = next(finding for finding in said["findings"] if finding["code"] == "gain")
    assert gain["figures"]["challenger"] > gain["figures"]["champion"]
    for label in (Label.SHOUTING, Label.OFF_TOPIC):
        assert first.report[label]["version"] is None, "nobody named it, and so nothing was learned about it"
