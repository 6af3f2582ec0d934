"""Fingerprints of revisions, and what was decided about texts that are alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Row, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.alike import NEAR_ENOUGH, Fingerprint, shared
from moderation.domain.words import Verdict
from moderation.storage.base import Record
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord

MOST_TWINS = 50  # of one kind: enough to see a wave, few enough to be quick
_MOST_CANDIDATES = 500


class FingerprintRecord(Record):
    """What one revision's text is known again by. Forgotten with the text."""

    __tablename__ = "fingerprint"
    __table_args__ = (
        Index("ix_fingerprint_whole", "whole", "revision_id"),
        Index("ix_fingerprint_bands", "bands", postgresql_using="gin"),
    )

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    whole: Mapped[int] = mapped_column(BigInteger)
    bands: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


@dataclass(frozen=True)
class Twin:
    """The newest decision about a text that is the same (`same`) or nearly so."""

    comment_id: int
    same: bool
    verdict: str
    moderator_id: int | None
    decided_at: datetime


def keep(session: Session, prints: Mapping[int, Fingerprint]) -> None:
    """Store the fingerprints of revisions by id; one that is there already stays."""
    if prints:
        rows = [{"revision_id": key, "whole": f.whole, "bands": list(f.bands)} for key, f in sorted(prints.items())]
        session.execute(insert(FingerprintRecord).on_conflict_do_nothing(), rows)


def twins(session: Session, site_id: int, comment_id: int, mine: Fingerprint) -> list[Twin]:
    """Return decisions about other comments of the site with the same text, then with a text that is near it."""
    same = _newest(session, FingerprintRecord.whole == mine.whole)
    found = _decided(session, site_id, comment_id, [row.revision_id for row in same])
    if len(found) >= MOST_TWINS:
        return [_twin(row, same=True) for row in found[:MOST_TWINS]]  # a wave: what is only near tells no more
    some = FingerprintRecord.bands.overlap(list(mine.bands)) & (FingerprintRecord.whole != mine.whole)
    near = [row.revision_id for row in _newest(session, some) if shared(row.bands, mine.bands) >= NEAR_ENOUGH]
    close = _decided(session, site_id, comment_id, near)
    return [_twin(row, same=True) for row in found] + [_twin(row, same=False) for row in close[:MOST_TWINS]]


def _newest(session: Session, mine: ColumnElement[bool]) -> list[Row[tuple[int, list[int]]]]:
    """Return the newest fingerprints that are so. First all that are, by their index: their number is not foreseen."""
    found = select(FingerprintRecord.revision_id, FingerprintRecord.bands).where(mine).cte().prefix_with("MATERIALIZED")
    return list(session.execute(select(found).order_by(found.c.revision_id.desc()).limit(_MOST_CANDIDATES)))


def _decided(session: Session, site_id: int, comment_id: int, revisions: list[int]) -> list[Any]:
    """Return the standing decisions about these texts where they are other comments of the site, newest text first."""
    if not revisions:
        return []
    query = (
        select(CommentRecord.id, DecisionRecord.verdict, DecisionRecord.moderator_id, DecisionRecord.decided_at)
        .join(RevisionRecord, RevisionRecord.comment_id == CommentRecord.id)
        .join(
            DecisionRecord,
            (DecisionRecord.id == CommentRecord.decision_id) & (DecisionRecord.revision_id == RevisionRecord.id),
        )
        .where(
            RevisionRecord.id.in_(revisions),
            CommentRecord.site_id == site_id,
            CommentRecord.id != comment_id,
            DecisionRecord.verdict.in_((Verdict.PUBLISH, Verdict.REJECT)),
        )
        .order_by(RevisionRecord.id.desc())
    )
    return list(session.execute(query))


def _twin(row: Any, *, same: bool) -> Twin:
    return Twin(row[0], same, row[1], row[2], row[3])
