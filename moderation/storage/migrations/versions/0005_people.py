"""Commenters, articles, fingerprints of texts, the text search, and bulk decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from moderation.storage.folding import NAME_VECTOR, SEARCH_VECTOR, TITLE_VECTOR

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SEARCHED = {"revision": SEARCH_VECTOR, "commenter": NAME_VECTOR, "article": TITLE_VECTOR}


def upgrade() -> None:
    """Make the tables and columns; the text search is filled for every text that is there."""
    op.add_column("commenter", sa.Column("standing", sa.Text(), server_default="", nullable=False))
    op.add_column("article", sa.Column("mode", sa.Text(), server_default="open", nullable=False))
    op.create_table(
        "commenter_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("commenter_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["commenter_id"], ["commenter.id"], name=op.f("fk_commenter_note_commenter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_commenter_note_moderator_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commenter_note")),
    )
    op.create_index("ix_commenter_note_commenter", "commenter_note", ["commenter_id", "id"])
    op.create_table(
        "fingerprint",
        sa.Column("revision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_fingerprint_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_fingerprint")),
    )
    op.create_index("ix_fingerprint_whole", "fingerprint", ["whole", "revision_id"])
    op.create_index("ix_fingerprint_bands", "fingerprint", ["bands"], postgresql_using="gin")
    op.create_table(
        "bulk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_bulk_moderator_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["moderator.id"], name=op.f("fk_bulk_undone_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )
    op.add_column("decision", sa.Column("bulk_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_decision_bulk_id"), "decision", "bulk", ["bulk_id"], ["id"], ondelete="SET NULL")
    op.create_index("ix_decision_bulk", "decision", ["bulk_id"], postgresql_where=sa.text("bulk_id IS NOT NULL"))
    op.create_index(
        "ix_decision_moderator",
        "decision",
        ["moderator_id", "id"],
        postgresql_where=sa.text("moderator_id IS NOT NULL"),
    )
    op.create_index("ix_comment_commenter", "comment", ["commenter_id", "id"], postgresql_include=["status"])
    for table, vector in _SEARCHED.items():
        op.add_column(table, sa.Column("search", postgresql.TSVECTOR(), sa.Computed(vector, persisted=True)))
        op.create_index(f"ix_{table}_search", table, ["search"], postgresql_using="gin")


def downgrade() -> None:
    """Take away what `upgrade` made."""
    for table in _SEARCHED:
        op.drop_index(f"ix_{table}_search", table_name=table)
        op.drop_column(table, "search")
    op.drop_index("ix_comment_commenter", table_name="comment")
    op.drop_index("ix_decision_moderator", table_name="decision")
    op.drop_index("ix_decision_bulk", table_name="decision")
    op.drop_constraint(op.f("fk_decision_bulk_id"), "decision", type_="foreignkey")
    op.drop_column("decision", "bulk_id")
    op.drop_table("bulk")
    op.drop_table("fingerprint")
    op.drop_table("commenter_note")
    op.drop_column("article", "mode")
    op.drop_column("commenter", "standing")
