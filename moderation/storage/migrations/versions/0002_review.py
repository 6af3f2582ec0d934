"""What the review screen keeps: claims, skips, notes, reports, undoing, messages, saved filters, preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAITING = "status = 'in_review' OR reported_at IS NOT NULL OR appealed_at IS NOT NULL OR escalated_at IS NOT NULL"
_RAISED = ("reported_at", "appealed_at", "escalated_at")

# Those that wait already; what is uncertain is known when they are scored again.
_FILL_REASONS = """
UPDATE comment SET reasons = decision.labels
  || CASE WHEN cardinality(decision.labels) > 1 THEN '{several}'::text[] ELSE '{}' END
  || CASE WHEN scoring.failure IS NOT NULL THEN '{unscored}'::text[] ELSE '{}' END
  || CASE WHEN decision.audit THEN '{audit}'::text[] ELSE '{}' END
FROM decision LEFT JOIN scoring ON scoring.id = decision.scoring_id
WHERE decision.id = comment.decision_id AND comment.status = 'in_review'
"""


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _at(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _to(table: str, here: str, ondelete: str = "CASCADE") -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    name = f"{table}_id"
    key = sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_{here}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), nullable=False), key


def upgrade() -> None:
    """Make the tables and columns."""
    for name in _RAISED:
        op.add_column("comment", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "comment",
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    )
    op.execute(_FILL_REASONS)
    op.drop_index("ix_comment_in_review", table_name="comment", postgresql_where=sa.text("status = 'in_review'"))
    op.create_index("ix_comment_waiting", "comment", ["id"], postgresql_where=sa.text(_WAITING))
    op.add_column("decision", sa.Column("undoes_id", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("message", sa.Text(), nullable=True))
    op.create_foreign_key("fk_decision_undoes_id", "decision", "decision", ["undoes_id"], ["id"], ondelete="CASCADE")
    op.create_unique_constraint("uq_decision_undoes_id", "decision", ["undoes_id"])
    op.add_column(
        "moderator",
        sa.Column("preferences", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.create_table(
        "claim",
        *_to("comment", "claim"),
        *_to("moderator", "claim"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="pk_claim"),
    )
    op.create_index("ix_claim_moderator_id", "claim", ["moderator_id"])
    op.create_table(
        "skip",
        *_to("moderator", "skip"),
        *_to("comment", "skip"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("moderator_id", "comment_id", name="pk_skip"),
    )
    op.create_index("ix_skip_comment_id", "skip", ["comment_id"])
    op.create_table(
        "comment_note",
        _id(),
        *_to("comment", "comment_note"),
        *_to("moderator", "comment_note", "RESTRICT"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _at("written_at"),
        sa.PrimaryKeyConstraint("id", name="pk_comment_note"),
    )
    op.create_index("ix_comment_note_comment", "comment_note", ["comment_id", "id"])
    op.create_table(
        "report",
        _id(),
        *_to("comment", "report"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _at("received_at"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("comment_id", "external_id", name="uq_report_comment_id"),
    )
    op.create_table(
        "message_template",
        _id(),
        *_to("site", "message_template"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        _at("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_message_template"),
        sa.UniqueConstraint("site_id", "name", name="uq_message_template_site_id"),
    )
    op.create_table(
        "saved_filter",
        _id(),
        *_to("moderator", "saved_filter"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        _at("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
        sa.UniqueConstraint("moderator_id", "name", name="uq_saved_filter_moderator_id"),
    )


def downgrade() -> None:
    """Take away what `upgrade` made."""
    for table in ("saved_filter", "message_template", "report", "comment_note", "skip", "claim"):
        op.drop_table(table)
    op.drop_column("moderator", "preferences")
    op.drop_constraint("uq_decision_undoes_id", "decision")
    op.drop_constraint("fk_decision_undoes_id", "decision", type_="foreignkey")
    op.drop_column("decision", "message")
    op.drop_column("decision", "undoes_id")
    op.drop_index("ix_comment_waiting", table_name="comment", postgresql_where=sa.text(_WAITING))
    op.create_index("ix_comment_in_review", "comment", ["id"], postgresql_where=sa.text("status = 'in_review'"))
    op.drop_column("comment", "reasons")
    for name in reversed(_RAISED):
        op.drop_column("comment", name)
