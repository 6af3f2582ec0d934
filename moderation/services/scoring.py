"""Scoring what is pending: claim, close the session, compute, open a session, store.

No transaction is open while the classifiers compute. A revision is finished only by the worker that still
holds its lease, so it is scored once per round, whoever else tried.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session

from classifiers.scorer import Article, Scorer, Scores, Submission
from moderation.database import Database
from moderation.domain.policy import Judgement, Policy, judge
from moderation.domain.words import CommentStatus, Label, RevisionState, Verdict
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import decisions
from moderation.storage import comments, scorings, sites, work
from moderation.storage import decisions as stored_decisions
from moderation.storage.work import ClaimedArticle, ClaimedRevision

log = structlog.get_logger()

COULD_NOT_BE_SCORED = {
    "label": None,
    "fr": "n’a pas pu être évalué ; une personne doit le lire",
    "en": "could not be scored; a person has to read it",
}


@dataclass(frozen=True)
class ScoringLimits:
    """How much one nudge takes: rows a batch, seconds a lease lasts, tries before a person has to read it."""

    batch_size: int = 200
    lease_seconds: int = 60
    max_attempts: int = 4


def drain(database: Database, scorer: Scorer, limits: ScoringLimits, chance: Callable[[], float]) -> int:
    """Score one batch of pending revisions, then any whose last try did not end; return how many were finished.

    A full batch rings again before it is computed, so that another free worker joins.
    Running it twice, or twice at once, is safe: rows are leased, and finished only by the holder of the lease.
    """
    finished = _drain_once(database, scorer, limits, chance, work.claim_fresh, limits.batch_size)
    while count := _drain_once(database, scorer, limits, chance, _claim_suspect, 1):
        finished += count
    return finished


def _claim_suspect(session: Session, token: UUID, lease_seconds: int, _: int) -> list[int]:
    return work.claim_suspect(session, token, lease_seconds)


def _drain_once(
    database: Database,
    scorer: Scorer,
    limits: ScoringLimits,
    chance: Callable[[], float],
    claim: Callable[[Session, UUID, int, int], list[int]],
    limit: int,
) -> int:
    token = uuid4()
    with database.session() as session:
        ids = claim(session, token, limits.lease_seconds, limit)
        batch = work.claimed(session, ids) if ids else []
        articles = work.claimed_articles(session, {r.article_id for r in batch if r.article_id})
        if len(ids) == limit > 1:
            enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    if not batch:
        return 0
    scored, failed = _score(scorer, batch, articles)
    hopeless = [r for r in failed if r.attempts >= limits.max_attempts]
    with database.session() as session:
        _store(session, token, [*scored, *((r, None) for r in hopeless)], chance)
        work.release(session, token, [r.id for r in failed if r not in hopeless])
    log.info("comments_scored", scored=len(scored), failed=len(failed), given_to_review=len(hopeless))
    return len(batch)


def _score(
    scorer: Scorer, batch: Sequence[ClaimedRevision], articles: Mapping[int, ClaimedArticle]
) -> tuple[list[tuple[ClaimedRevision, Scores | None]], list[ClaimedRevision]]:
    """Score a batch; when that fails, one by one, so that only what cannot be scored fails."""
    submissions = [_submission(revision, articles) for revision in batch]
    try:
        return list(zip(batch, scorer.score(submissions), strict=True)), []
    except Exception as error:  # noqa: BLE001 - whatever one text did must not cost the others
        log.warning("batch_failed", size=len(batch), error=type(error).__name__)
        if len(batch) == 1:
            return [], list(batch)
    scored: list[tuple[ClaimedRevision, Scores | None]] = []
    failed = []
    for revision in batch:
        done, not_done = _score(scorer, [revision], articles)
        scored += done
        failed += not_done
    return scored, failed


def _submission(revision: ClaimedRevision, articles: Mapping[int, ClaimedArticle]) -> Submission:
    article = articles.get(revision.article_id) if revision.article_id else None
    return Submission(
        text=revision.text,
        language=revision.language,
        article=Article(article.title, article.text) if article else None,
        parent=revision.parent_text,
    )


def _store(
    session: Session,
    token: UUID,
    results: Sequence[tuple[ClaimedRevision, Scores | None]],
    chance: Callable[[], float],
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
    rows = {r.id: _row(r, scores, rounds[r.id]) for r, scores in ours}
    added = scorings.add(session, list(rows.values()))
    policies = {site.id: (site, Policy.from_json(site.policy)) for site in sites.all_sites(session)}
    earlier = stored_decisions.by_ids(session, [c.decision_id for c in locked.values() if c.decision_id])
    batch = []
    for revision, scores in ours:
        comment = locked[revision.comment_id]
        if comment.current_revision != revision.number or comment.status == CommentStatus.DELETED:
            continue  # an edit or a deletion overtook it: the scoring stays as history
        comment.scoring_id = added[revision.id]
        site, policy = policies[comment.site_id]
        judgement = _judge(scores, policy, chance())
        last = earlier.get(comment.decision_id or 0)
        if last and last.revision_id == revision.id and (last.moderator_id or last.verdict == judgement.verdict):
            continue  # a person decided, or the policy already said the same
        payload = decisions.about(site, comment, revision.number, rows[revision.id])
        batch.append(decisions.by_policy(comment, site, revision.id, added[revision.id], judgement, payload))
    session.flush()
    decisions.append(session, batch)


def _judge(scores: Scores | None, policy: Policy, chance: float) -> Judgement:
    if scores is None and not policy.shadow:
        return Judgement(Verdict.REVIEW)
    if scores is None:
        return Judgement(Verdict.PUBLISH, shadow=True)
    return judge({label: scores.scores.get(label) for label in Label}, policy, chance)


def _row(revision: ClaimedRevision, scores: Scores | None, number: int) -> dict[str, Any]:
    row: dict[str, Any] = {"revision_id": revision.id, "round": number}
    if scores is None:
        return (
            row
            | dict.fromkeys(("language", *Label))
            | {
                "reasons": [COULD_NOT_BE_SCORED],
                "spans": {},
                "model_versions": {},
                "failure": COULD_NOT_BE_SCORED["en"],
            }
        )
    return row | {
        "language": scores.language,
        **{label.value: scores.scores.get(label) for label in Label},
        "reasons": [{"label": r.label, "fr": r.fr, "en": r.en} for r in scores.reasons],
        "spans": {label: [list(span) for span in spans] for label, spans in scores.spans.items()},
        "model_versions": dict(scores.model_versions),
        "failure": None,
    }
