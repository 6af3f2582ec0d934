"""A desk's past, drawn by lot: comments, texts and decisions as the services leave them. No test lives here."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, Label, Origin, Verdict
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord

BEGIN = datetime(2026, 10, 18, 20, 0, tzinfo=UTC)
SPAN = timedelta(days=16)


@dataclass
class Past:
    """Everything that was made; lists hold the records themselves."""

    sites: list[SiteRecord] = field(default_factory=list)
    people: list[ModeratorRecord] = field(default_factory=list)
    articles: list[ArticleRecord] = field(default_factory=list)
    comments: list[CommentRecord] = field(default_factory=list)
    decisions: list[DecisionRecord] = field(default_factory=list)

    def of(self, comment: CommentRecord) -> list[DecisionRecord]:
        """Return the decisions about a comment, oldest first."""
        return [decision for decision in self.decisions if decision.comment_id == comment.id]

    def taken_back(self, decision: DecisionRecord) -> DecisionRecord | None:
        """Return the decision that undoes this one."""
        return next((later for later in self.decisions if later.undoes_id == decision.id), None)


def invent(session: Session, seed: int, comments: int = 150) -> Past:
    """Draw a past of three sites and four moderators."""
    chance, past = Random(seed), Past()
    past.sites = [SiteRecord(slug=f"s{n}", name=f"Site {n}", policy={}) for n in range(3)]
    past.people = [ModeratorRecord(email=f"m{n}@example.org", name=f"M{n}", preferences={}) for n in range(4)]
    session.add_all([*past.sites, *past.people])
    session.flush()
    past.articles = [
        ArticleRecord(site_id=chance.choice(past.sites).id, external_id=f"a{n}", title=f"Article {n}") for n in range(7)
    ]
    session.add_all(past.articles)
    session.flush()
    for number in range(comments):
        _comment(session, chance, past, number)
    return past


def _comment(session: Session, chance: Random, past: Past, number: int) -> None:
    site = chance.choice(past.sites)
    under = [article for article in past.articles if article.site_id == site.id]
    came = BEGIN + chance.random() * SPAN
    comment = CommentRecord(
        site_id=site.id,
        external_id=f"c{number}",
        current_revision=1,
        article_id=chance.choice(under).id if under and chance.random() < 0.8 else None,
        received_at=came,
    )
    session.add(comment)
    session.flush()
    past.comments.append(comment)
    at = came
    for text in range(chance.choice([1, 1, 1, 2])):
        at = _text(session, chance, past, comment, text + 1, at)
    comment.status = _status(chance, past.of(comment))
    for name in ("reported_at", "appealed_at", "escalated_at"):
        if comment.status != CommentStatus.DELETED and chance.random() < 0.07:
            setattr(comment, name, at + timedelta(minutes=chance.randrange(500)))
    session.flush()


def _status(chance: Random, decisions: list[DecisionRecord]) -> CommentStatus:
    if not decisions or chance.random() < 0.06:
        return chance.choice([CommentStatus.PENDING, CommentStatus.DELETED])
    return Verdict(decisions[-1].verdict).status


def _text(session: Session, chance: Random, past: Past, comment: CommentRecord, number: int, at: datetime) -> datetime:
    revision = RevisionRecord(comment_id=comment.id, number=number, text="x", state="scored")
    session.add(revision)
    session.flush()
    comment.current_revision = number
    common = {"comment_id": comment.id, "site_id": comment.site_id, "revision_id": revision.id}
    if chance.random() < 0.1:
        return at
    verdict = chance.choice(list(Verdict))
    audit = verdict is Verdict.REVIEW and chance.random() < 0.4
    flags = [] if audit else _labels(chance)
    made = [_decide(session, past, comment, common, at, Origin.POLICY, verdict, flags, audit=audit)]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3, 4])):
        at += timedelta(seconds=chance.expovariate(1 / 20_000))
        open_ones = [d for d in made if d.moderator_id and not d.undoes_id and not past.taken_back(d)]
        who: dict[str, Any] = {"moderator_id": chance.choice(past.people).id}
        if open_ones and chance.random() < 0.35:
            who["undoes_id"] = open_ones[-1].id
            verdict = chance.choice(list(Verdict))
        else:
            verdict = chance.choice([Verdict.PUBLISH, Verdict.REJECT])
        labels = _labels(chance) if verdict is Verdict.REJECT else []
        made.append(_decide(session, past, comment, common, at, Origin.MODERATOR, verdict, labels, **who))
    return at


def _labels(chance: Random) -> list[str]:
    return [label.value for label in Label if chance.random() < 0.3]


def _decide(
    session: Session,
    past: Past,
    comment: CommentRecord,
    common: dict[str, Any],
    at: datetime,
    origin: Origin,
    verdict: Verdict,
    labels: list[str],
    **more: Any,
) -> DecisionRecord:
    values = common | more
    decision = DecisionRecord(
        event_id=f"e{len(past.decisions)}",
        origin=origin,
        verdict=verdict,
        labels=labels,
        payload={},
        decided_at=at,
        **values,
    )
    session.add(decision)
    session.flush()
    comment.decision_id = decision.id
    past.decisions.append(decision)
    return decision
