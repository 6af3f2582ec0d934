"""Settings by site: banned and watched words, days that texts are kept, when a secret was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the settings of a site keep."""
    op.create_table(
        "site_word",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("whole_word", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_word_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_site_word"),
        sa.UniqueConstraint("site_id", "text", "language", name="uq_site_word_site_id"),
    )
    op.add_column("credential", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("site", sa.Column("words_version", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("site", "words_version", server_default=None)
    op.add_column("site", sa.Column("keep_judged_days", sa.Integer(), nullable=True))
    op.add_column("site", sa.Column("keep_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Remove it again; what was forgotten stays forgotten."""
    for column in ("keep_days", "keep_judged_days", "words_version"):
        op.drop_column("site", column)
    op.drop_column("credential", "last_used_at")
    op.drop_table("site_word")
    op.execute("UPDATE revision SET state = 'cancelled' WHERE state = 'forgotten'")
