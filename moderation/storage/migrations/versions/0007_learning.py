"""Learning: versions of models, retrainings in steps, shadow scores, second judgements, rescorings, watch reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and say on decisions how a comment came before the person."""
    op.create_table(
        "rescoring",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["moderator.id"], name=op.f("fk_rescoring_asked_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_rescoring_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescoring")),
    )
    op.create_index(
        "uq_rescoring_one_unfinished",
        "rescoring",
        [sa.text("coalesce(site_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "retraining",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["moderator.id"], name=op.f("fk_retraining_asked_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_retraining_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraining")),
    )
    op.create_index("ix_retraining_site", "retraining", ["site_id", "id"], unique=False)
    op.create_index(
        "uq_retraining_one_unfinished",
        "retraining",
        [sa.text("coalesce(site_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "watch_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("warnings", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_watch_report_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_report")),
    )
    op.create_index("ix_watch_report_site", "watch_report", ["site_id", "id"], unique=False)
    op.create_table(
        "model_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("retraining_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("artifact", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("card", postgresql.JSONB(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("challenged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promoted_by", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('candidate', 'challenger', 'champion', 'retired')", name="known_state"),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["model_version.id"], name=op.f("fk_model_version_previous_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["promoted_by"], ["moderator.id"], name=op.f("fk_model_version_promoted_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["retraining_id"], ["retraining.id"], name=op.f("fk_model_version_retraining_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_model_version_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.UniqueConstraint("name", name=op.f("uq_model_version_name")),
    )
    op.create_index("ix_model_version_place", "model_version", ["label", "site_id", "id"], unique=False)
    op.create_index(
        "uq_model_version_one_challenger",
        "model_version",
        ["label", sa.text("coalesce(site_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state = 'challenger'"),
    )
    op.create_index(
        "uq_model_version_one_champion",
        "model_version",
        ["label", sa.text("coalesce(site_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state = 'champion'"),
    )
    op.create_table(
        "shadow_score",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("counted", sa.Double(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_shadow_score_revision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_shadow_score_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "revision_id", name=op.f("pk_shadow_score")),
    )
    op.create_index("ix_shadow_score_revision", "shadow_score", ["revision_id"], unique=False)
    op.create_table(
        "second_judgement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("labels", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_second_judgement_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_second_judgement_decision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_second_judgement_moderator_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_second_judgement_revision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_second_judgement_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_judgement")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_second_judgement_decision_id")),
    )
    op.create_index(op.f("ix_second_judgement_comment_id"), "second_judgement", ["comment_id"], unique=False)
    op.create_index(
        "ix_second_judgement_open",
        "second_judgement",
        ["site_id", "id"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_second_judgement_revision", "second_judgement", ["revision_id"], unique=False)
    op.add_column("decision", sa.Column("route", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("sampling", sa.Double(), nullable=True))
    op.add_column(
        "site", sa.Column("learning", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)
    )
    op.add_column("site", sa.Column("goals_solved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take away what `upgrade` made."""
    op.drop_column("site", "goals_solved_at")
    op.drop_column("site", "learning")
    op.drop_column("decision", "sampling")
    op.drop_column("decision", "route")
    op.drop_table("second_judgement")
    op.drop_table("shadow_score")
    op.drop_table("model_version")
    op.drop_table("watch_report")
    op.drop_table("retraining")
    op.drop_table("rescoring")
