"""Filters that a moderator keeps in the rail: a name and the address that it leads to. Records and queries."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class SavedFilterRecord(Record):
    """One kept filter; `address` is a path of the dashboard with its query."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("moderator_id", "name"),)

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"))
    name: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[CreatedAt]


def of_moderator(session: Session, moderator_id: int) -> Sequence[SavedFilterRecord]:
    """Return the filters of a moderator, by name."""
    query = select(SavedFilterRecord).where(SavedFilterRecord.moderator_id == moderator_id)
    return session.scalars(query.order_by(SavedFilterRecord.name)).all()


def count(session: Session, moderator_id: int) -> int:
    """Count the filters of a moderator."""
    return session.scalar(select(func.count()).where(SavedFilterRecord.moderator_id == moderator_id)) or 0


def keep(session: Session, moderator_id: int, name: str, address: str) -> None:
    """Keep a filter; the same name again leads to the new address."""
    statement = insert(SavedFilterRecord).values(moderator_id=moderator_id, name=name, address=address)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["moderator_id", "name"], set_={"address": statement.excluded.address}
        )
    )


def drop(session: Session, moderator_id: int, filter_id: int) -> None:
    """Forget one filter of this moderator."""
    condition = (SavedFilterRecord.moderator_id == moderator_id) & (SavedFilterRecord.id == filter_id)
    session.execute(delete(SavedFilterRecord).where(condition))
