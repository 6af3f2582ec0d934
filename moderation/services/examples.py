"""Training examples from what people decided, and from a site's archive: read in chunks, never all at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from classifiers.learning.archive import archive_pairs
from classifiers.learning.examples import Example
from classifiers.scorer import Article, Submission
from moderation.domain.teaching import Opinion, agreement, truths
from moderation.storage import archive, examples, work
from moderation.storage.examples import TaughtRow, TextRow

_FACTS_AT_ONCE = 2_000


def read(session: Session, site_id: int | None, after: int, upto: int, limit: int) -> list[Example]:
    """Return the next examples (None: of all sites) behind a decision id, in order, with text, article and parent."""
    rows = examples.taught(session, site_id, after, upto, limit)
    texts = examples.texts(session, {row.revision_id for row in rows})
    articles = _articles(session, {text.article_id for text in texts.values() if text.article_id})
    return _examples(session, rows, upto, [_submission(row, texts[row.revision_id], articles) for row in rows])


def facts(session: Session, site_id: int | None, upto: int) -> Iterator[Example]:
    """Yield every example in order without a word of its text: whose evidence is gathered already needs no more."""
    after = 0
    while rows := examples.taught(session, site_id, after, upto, _FACTS_AT_ONCE):
        yield from _examples(session, rows, upto, [Submission("", row.language) for row in rows])
        after = rows[-1].id


def from_archive(
    session: Session, site_id: int | None, received_until: datetime, before: int, limit: int, seed: int
) -> tuple[int, list[Submission], list[bool]]:
    """Return what the next published comments before a comment id teach about off topic, and the id of the last.

    Each stands under its own article (False) and under another one of the same site (True). 0: nothing is left.
    """
    rows = archive.published(session, site_id, received_until, before, limit)
    articles = _articles(session, {row.article_id for row in rows})
    submissions: list[Submission] = []
    off_topic: list[bool] = []
    for _, group in groupby(sorted(rows, key=lambda row: row.site_id), key=lambda row: row.site_id):
        comments = [Submission(row.text, row.language, articles[row.article_id]) for row in group]
        pool = list({id(comment.article): comment.article for comment in comments if comment.article}.values())
        made, answers = archive_pairs(comments, pool, seed)
        submissions += made
        off_topic += answers
    return (rows[-1].id if rows else 0), submissions, off_topic


def _examples(
    session: Session, rows: Sequence[TaughtRow], upto: int, submissions: Sequence[Submission]
) -> list[Example]:
    said = defaultdict(list)
    for opinion in examples.opinions(session, rows, upto):
        known = Opinion(opinion.moderator_id, opinion.verdict, frozenset(opinion.labels), opinion.route)
        said[opinion.revision_id].append(known)
    return [
        Example(
            id=row.id,
            submission=submission,
            truths={label.value: truth for label, truth in found.items()},
            route=row.route,
            sampling=row.sampling,
            moderator=row.moderator_id,
            at=row.decided_at.timestamp(),
            agreement=agreement(found, said[row.revision_id]),
        )
        for row, submission in zip(rows, submissions, strict=True)
        if (found := truths(row.verdict, row.labels))
    ]


def _articles(session: Session, ids: set[int]) -> dict[int, Article]:
    return {key: Article(a.title, a.text) for key, a in work.claimed_articles(session, ids).items()}


def _submission(row: TaughtRow, text: TextRow, articles: dict[int, Article]) -> Submission:
    article = articles.get(text.article_id) if text.article_id else None
    return Submission(text.text, row.language, article, text.parent_text)
