"""Scoring what is pending."""

import threading
from collections.abc import Sequence
from uuid import uuid4

from classifiers.scorer import Scorer, Scores, Submission
from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.domain.words import Verdict
from moderation.messages import TaskName, take_enqueued
from moderation.services import sites
from moderation.services.scoring import ScoringLimits
from moderation.storage import work
from tests.moderation.conftest import Newsroom

SHOUTED = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN !"


class Stumbling:
    """The real scorer, stumbling over texts that hold a word."""

    def __init__(self, scorer: Scorer, word: str) -> None:
        self._scorer, self._word = scorer, word

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score, or raise."""
        if any(self._word in submission.text for submission in batch):
            raise RuntimeError("stumbled")
        return self._scorer.score(batch)


def test_a_shouted_comment_goes_to_review_and_a_calm_one_is_published(newsroom: Newsroom) -> None:
    """The default policy holds what is flagged and publishes the rest, with reasons stored."""
    newsroom.write("calm", "Le gouvernement devrait ouvrir les barrages plus tôt.")
    newsroom.write("shouted", SHOUTED)
    newsroom.score()
    shouted = newsroom.read("shouted")
    assert newsroom.read("calm").comment.status == "published"
    assert shouted.comment.status == "in_review"
    assert shouted.decision is not None
    assert "shouting" in shouted.decision.labels
    assert shouted.scoring is not None
    assert any(reason["label"] == "shouting" for reason in shouted.scoring.reasons)


def test_what_cannot_be_scored_goes_to_review_after_bounded_tries(newsroom: Newsroom) -> None:
    """One text that breaks the scorer costs the others nothing, and ends with a person."""
    newsroom.post(*(SubmittedComment(f"c{i}", f"Commentaire {i}") for i in range(5)), SubmittedComment("bad", "poison"))
    stumbling = Stumbling(newsroom.scorer, "poison")
    for _ in range(6):
        newsroom.score(stumbling)  # type: ignore[arg-type]
    bad = newsroom.read("bad")
    assert bad.comment.status == "in_review"
    assert bad.revision.attempts == ScoringLimits().max_attempts
    assert bad.scoring is not None
    assert bad.scoring.failure == "could not be scored; a person has to read it"
    assert bad.scoring.shouting is None
    assert newsroom.count("comment", "status = 'published'") == 5


def test_a_batch_of_a_killed_worker_is_scored_by_the_next_one(newsroom: Newsroom) -> None:
    """Rows that a dead worker holds come back when its lease has run out, each alone."""
    newsroom.post(*(SubmittedComment(f"c{i}", f"Commentaire {i}") for i in range(3)))
    with newsroom.database.session() as session:
        assert len(work.claim_fresh(session, uuid4(), 60, 10)) == 3
    assert newsroom.score() == 0
    newsroom.run("UPDATE revision SET leased_at = leased_at - interval '2 minutes'")
    assert newsroom.score() == 3
    assert newsroom.count("scoring") == 3


def test_a_clock_set_back_does_not_lock_rows_up(newsroom: Newsroom) -> None:
    """A lease that seems to start in the future counts as run out."""
    newsroom.write("c1", "Bonjour à tous")
    with newsroom.database.session() as session:
        work.claim_fresh(session, uuid4(), 60, 10)
    newsroom.run("UPDATE revision SET leased_at = leased_at + interval '1 hour'")
    assert newsroom.score() == 1


def test_only_the_holder_of_a_lease_can_finish(newsroom: Newsroom) -> None:
    """Of two workers that scored the same row, one result is stored, and one decision."""
    for i in range(40):
        newsroom.write(f"c{i}", f"Commentaire numéro {i}")
    start = threading.Barrier(4)

    class Slow:
        def score(self, batch: Sequence[Submission]) -> list[Scores]:
            newsroom.run("UPDATE revision SET leased_at = leased_at - interval '1 day' WHERE leased_at IS NOT NULL")
            return newsroom.scorer.score(batch)

    def drain() -> None:
        start.wait()
        for _ in range(5):
            newsroom.score(Slow(), ScoringLimits(batch_size=5))  # type: ignore[arg-type]

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while newsroom.count("revision", "state = 'pending'"):
        newsroom.run("UPDATE revision SET leased_at = leased_at - interval '1 day'")
        newsroom.score()
    assert newsroom.count("scoring") == newsroom.count("decision") == 40


def test_an_edit_during_scoring_is_what_counts(newsroom: Newsroom) -> None:
    """A revision that was overtaken keeps its scoring as history and decides nothing."""

    class Editing:
        def score(self, batch: Sequence[Submission]) -> list[Scores]:
            if any(s.text == "première version" for s in batch):
                newsroom.write("c1", "seconde version")
            return newsroom.scorer.score(batch)

    newsroom.write("c1", "première version")
    newsroom.score(Editing())  # type: ignore[arg-type]
    assert newsroom.read("c1").comment.status == "pending"
    newsroom.score()
    assert newsroom.read("c1").comment.status == "published"
    assert newsroom.count("scoring") == 2
    assert newsroom.count("decision") == 1


def test_shadow_mode_scores_and_never_flags(newsroom: Newsroom) -> None:
    """In shadow mode a shouted comment is published, and its decision says what would have been flagged."""
    with newsroom.database.session() as session:
        sites.set_policy(session.merge(newsroom.site), {"shadow": True})
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    row = newsroom.read("c1")
    assert row.comment.status == "published"
    assert row.decision is not None
    assert row.decision.shadow
    assert "shouting" in row.decision.labels


def test_a_site_can_have_comments_rejected_without_a_person(newsroom: Newsroom) -> None:
    """A site that asks for it has comments above a score rejected at once."""
    with newsroom.database.session() as session:
        sites.set_policy(session.merge(newsroom.site), {"reject_from": {"shouting": 0.5}})
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    assert newsroom.read("c1").comment.status == "rejected"


def test_an_audit_sample_of_clear_comments_is_reviewed(newsroom: Newsroom) -> None:
    """With an audit share of one, a clear comment goes to review, marked as an audit sample."""
    with newsroom.database.session() as session:
        sites.set_policy(session.merge(newsroom.site), {"audit_share": 1.0})
    newsroom.write("c1", "Merci pour cet article.")
    newsroom.score()
    decision = newsroom.read("c1").decision
    assert decision is not None
    assert (decision.verdict, decision.audit) == (Verdict.REVIEW, True)


def test_a_full_batch_rings_for_another_worker(newsroom: Newsroom) -> None:
    """Claiming a full batch sends one more nudge, before anything is computed."""
    rung: list[TaskName] = []
    database = newsroom.database
    database._publish = rung.append
    newsroom.post(*(SubmittedComment(f"c{i}", "Bonjour") for i in range(4)))
    rung.clear()
    newsroom.score(limits=ScoringLimits(batch_size=4))
    assert TaskName.DRAIN_COMMENTS in rung
    with database.session() as session:
        assert take_enqueued(session) == set()


def test_a_changed_verdict_after_the_article_arrived_is_told_and_an_unchanged_one_is_not(newsroom: Newsroom) -> None:
    """Scoring again appends a decision only when the verdict changes."""
    newsroom.write("c1", SHOUTED, article_id="a1")
    newsroom.score()
    newsroom.write("c2", "Bonjour", article=SubmittedArticle("a1", "Barrages : l’été de tous les dangers"))
    newsroom.score()
    assert newsroom.count("scoring") == 3
    assert newsroom.count("decision") == 2
