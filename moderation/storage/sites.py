"""Sites and their credentials: records and queries."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import CredentialKind
from moderation.storage.base import BigKey, CreatedAt, Record


class SiteRecord(Record):
    """One news site: the tenant that everything else belongs to."""

    __tablename__ = "site"

    id: Mapped[BigKey]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr")
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    callback_url: Mapped[str | None]
    callback_active: Mapped[bool] = mapped_column(default=True)
    callback_private_allowed: Mapped[bool] = mapped_column(default=False)
    words_version: Mapped[int] = mapped_column(default=0)  # counts changes of the site's words
    keep_judged_days: Mapped[int | None]  # days after which a text that a moderator decided is forgotten; None: never
    keep_days: Mapped[int | None]  # the same for every decided text
    learning: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    goals_solved_at: Mapped[datetime | None]  # when the goals of its thresholds were last solved by themselves
    created_at: Mapped[CreatedAt]


class CredentialRecord(Record):
    """One secret of a site. API keys are kept as a hash, signing secrets encrypted; never in clear."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint("(secret_hash IS NULL) <> (secret_encrypted IS NULL)", name="one_form_of_secret"),
        Index("ix_credential_site_kind", "site_id", "kind"),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str]
    public_id: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # to the hour: one write an hour costs the API nothing


def by_slug(session: Session, slug: str) -> SiteRecord | None:
    """Return the site with this slug."""
    return session.scalar(select(SiteRecord).where(SiteRecord.slug == slug))


def by_id(session: Session, site_id: int) -> SiteRecord:
    """Return the site with this id, which exists."""
    return session.get_one(SiteRecord, site_id)


def all_sites(session: Session) -> list[SiteRecord]:
    """Return every site, oldest first."""
    return list(session.scalars(select(SiteRecord).order_by(SiteRecord.id)))


def live_credentials(session: Session, site_id: int, kind: CredentialKind) -> list[CredentialRecord]:
    """Return the credentials of this kind that are neither revoked nor expired, newest first."""
    query = (
        select(CredentialRecord)
        .where(CredentialRecord.site_id == site_id, CredentialRecord.kind == kind, _is_live())
        .order_by(CredentialRecord.id.desc())
    )
    return list(session.scalars(query))


def live_api_key(session: Session, public_id: str) -> tuple[CredentialRecord, SiteRecord] | None:
    """Return the live API key with this public id, and its site."""
    query = (
        select(CredentialRecord, SiteRecord)
        .join(SiteRecord, SiteRecord.id == CredentialRecord.site_id)
        .where(
            CredentialRecord.public_id == public_id,
            CredentialRecord.kind == CredentialKind.API_KEY,
            _is_live(),
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def _is_live() -> Any:
    return CredentialRecord.revoked_at.is_(None) & or_(
        CredentialRecord.expires_at.is_(None), CredentialRecord.expires_at > func.now()
    )


def to_solve(session: Session, before: datetime) -> SiteRecord | None:
    """Lock and return a site with goals that were last solved before this moment; one that is locked is left alone."""
    due = SiteRecord.goals_solved_at.is_(None) | (SiteRecord.goals_solved_at < before)
    query = select(SiteRecord).where(due, text(_HAS_GOALS)).order_by(SiteRecord.id).limit(1)
    return session.scalar(
        query.with_for_update(key_share=True, skip_locked=True).execution_options(populate_existing=True)
    )


_HAS_GOALS = "(policy -> 'goals' <> '{}'::jsonb OR policy -> 'reject_goals' <> '{}'::jsonb)"
