"""Scoring what is pending: claim, close the session, compute, open a session, store.

No transaction is open while the classifiers compute. A revision is finished only by the worker that still
holds its lease, so it is scored once per round, whoever else tried.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from classifiers.scorer import Article, Scorer, Submission
from moderation.database import Database
from moderation.domain.alike import Fingerprint, fingerprint
from moderation.domain.words import CommentStatus, RevisionState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import decisions, judging, words
from moderation.services.judging import Result
from moderation.services.matching import Hit, Matcher
from moderation.storage import alike, comments, scorings, work
from moderation.storage import articles as stored_articles
from moderation.storage import decisions as stored_decisions
from moderation.storage.work import ClaimedArticle, ClaimedRevision

log = structlog.get_logger()

RECENT, LEAD = 50, 600
"""Latest articles of a site, and characters of each, that a comment is held against."""
_STORE_TRIES = 5
_DEADLOCK = "40P01"


@dataclass(frozen=True)
class ScoringLimits:
    """How much one nudge takes: rows a batch, seconds a lease lasts, tries before a person has to read it."""

    batch_size: int = 200
    lease_seconds: int = 60
    max_attempts: int = 4


def drain(
    database: Database,
    scorer: Scorer,
    limits: ScoringLimits,
    chance: Callable[[], float],
    interrupts: tuple[type[Exception], ...] = (),
) -> int:
    """Score one batch of pending revisions, then some whose last try did not end; return how many were taken up.

    What a dead worker held is tried again in small groups, and what was in such a group when a worker died
    again is tried alone: one bad text costs few others a try, and the rest of its batch little time.

    A full batch rings again before it is computed, so that another free worker joins.
    Running it twice, or twice at once, is safe: rows are leased, and finished only by the holder of the lease.
    `interrupts` are exceptions that say "stop now" (a time limit) and not that a text cannot be scored.
    """
    scoring = _Scoring(database, scorer, limits, chance, interrupts)
    taken = scoring.once(work.claim_fresh, limits.batch_size)
    group = isqrt(limits.batch_size) if limits.max_attempts > 2 else 1
    for _ in range(limits.batch_size):
        count = scoring.once(work.claim_tried_once, group) or scoring.once(work.claim_suspect, 1)
        if not count:
            return taken
        taken += count
    with database.session() as session:  # fresh comments first, then the other suspects
        enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return taken


@dataclass(frozen=True)
class _Found:
    """What was found in the texts of a batch, by revision: fingerprints, and words of the sites' lists."""

    prints: Mapping[int, Fingerprint | None]
    hits: Mapping[int, Sequence[Hit]]


@dataclass(frozen=True)
class _Scoring:
    """What one nudge works with."""

    database: Database
    scorer: Scorer
    limits: ScoringLimits
    chance: Callable[[], float]
    interrupts: tuple[type[Exception], ...]

    def once(self, claim: Callable[[Session, UUID, int, int], list[int]], limit: int) -> int:
        """Claim, compute, store; return how many revisions were claimed."""
        token = uuid4()
        with self.database.session() as session:
            ids = claim(session, token, self.limits.lease_seconds, limit)
            batch = work.claimed(session, ids) if ids else []
            articles = work.claimed_articles(session, {r.article_id for r in batch if r.article_id})
            matchers = words.matchers(session, {r.site_id for r in batch})
            recent = {site: _recent(session, site) for site in {r.site_id for r in batch if r.article_id}}
            if len(ids) == limit > 1:
                enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
        if not batch:
            return 0
        # a text that ended its worker (memory, a hang) leaves no exception: its count of tries tells
        deadly = [r for r in batch if r.attempts > self.limits.max_attempts]
        scored, failed = self.score([r for r in batch if r not in deadly], articles, recent)
        hopeless = [*deadly, *(r for r in failed if r.attempts >= self.limits.max_attempts)]
        released = [r.id for r in failed if r not in hopeless]
        self.store(token, [*scored, *((r, None) for r in hopeless)], released, matchers)
        log.info("comments_scored", scored=len(scored), failed=len(failed), given_to_review=len(hopeless))
        return len(batch)

    def score(
        self,
        batch: Sequence[ClaimedRevision],
        articles: Mapping[int, ClaimedArticle],
        recent: Mapping[int, tuple[Article, ...]],
    ) -> tuple[list[Result], list[ClaimedRevision]]:
        """Score a batch; when that fails, one by one, so that only what cannot be scored fails."""
        if not batch:
            return [], []
        submissions = [_submission(revision, articles, recent) for revision in batch]
        try:
            return list(zip(batch, self.scorer.score(submissions), strict=True)), []
        except self.interrupts:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one text did must not cost the others
            log.warning("batch_failed", size=len(batch), error=type(error).__name__)
            if len(batch) == 1:
                return [], list(batch)
        scored: list[Result] = []
        failed = []
        for revision in batch:
            done, not_done = self.score([revision], articles, recent)
            scored += done
            failed += not_done
        return scored, failed

    def store(
        self, token: UUID, results: Sequence[Result], released: Sequence[int], matchers: Mapping[int, Matcher]
    ) -> None:
        """Store a batch; the victim of a deadlock (an article arrived meanwhile) tries again."""
        prints = {revision.id: fingerprint(revision.text) for revision, _ in results}
        found = _Found(prints, judging.hits_in(results, matchers))
        for last in (False,) * (_STORE_TRIES - 1) + (True,):
            try:
                with self.database.session() as session:
                    _store(session, token, results, self.chance, found)
                    work.release(session, token, released)
                return
            except OperationalError as error:
                if last or getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                    raise


def _recent(session: Session, site_id: int) -> tuple[Article, ...]:
    """The site's latest articles, against which off topic is judged."""
    return tuple(Article(title, text) for title, text in stored_articles.recent(session, site_id, RECENT, LEAD))


def _submission(
    revision: ClaimedRevision, articles: Mapping[int, ClaimedArticle], recent: Mapping[int, tuple[Article, ...]]
) -> Submission:
    article = articles.get(revision.article_id) if revision.article_id else None
    return Submission(
        text=revision.text,
        language=revision.language,
        article=Article(article.title, article.text) if article else None,
        parent=revision.parent_text,
        recent=recent.get(revision.site_id, ()),
    )


def _store(
    session: Session,
    token: UUID,
    results: Sequence[Result],
    chance: Callable[[], float],
    found: _Found,
) -> None:
    """Store what is still ours, and decide by policy about the revisions that are still current."""
    locked = comments.lock_ids(session, {revision.comment_id for revision, _ in results})
    rounds: dict[int, int] = {}
    for state, wanted in ((RevisionState.SCORED, True), (RevisionState.FAILED, False)):
        ids = [revision.id for revision, scores in results if (scores is not None) is wanted]
        rounds |= work.finish(session, token, ids, state)
    ours = [(revision, scores) for revision, scores in results if revision.id in rounds]
    if not ours:
        return
    judged = judging.judge_all(session, ours, found.hits, chance)
    rows = {one.revision.id: one.row(rounds[one.revision.id]) for one in judged}
    added = scorings.add(session, list(rows.values()))
    alike.keep(session, {revision.id: made for revision, _ in ours if (made := found.prints[revision.id])})
    earlier = stored_decisions.by_ids(session, [c.decision_id for c in locked.values() if c.decision_id])
    batch = []
    for one in judged:
        revision, judgement = one.revision, one.judgement
        comment = locked[revision.comment_id]
        if comment.current_revision != revision.number or comment.status == CommentStatus.DELETED:
            continue  # an edit or a deletion overtook it: the scoring stays as history
        comment.scoring_id = added[revision.id]
        last = earlier.get(comment.decision_id or 0)
        if last and last.revision_id == revision.id and (last.moderator_id or last.verdict == judgement.verdict):
            continue  # a person decided, or the policy already said the same
        payload = decisions.about(one.site, comment, revision.number, rows[revision.id])
        batch.append(decisions.by_policy(comment, one.site, revision.id, added[revision.id], judgement, payload))
    session.flush()
    decisions.append(session, batch)
