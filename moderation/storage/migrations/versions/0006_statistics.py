"""What statistics are counted from: comments by the time they came, decisions by the time they were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DECISIONS = {
    "ix_decision_held": "origin = 'policy' AND verdict = 'review'",
    "ix_decision_labelled": "labels <> '{}'",
    "ix_decision_person": "moderator_id IS NOT NULL",
}


def upgrade() -> None:
    """Make the indexes."""
    op.create_index(
        "ix_comment_received", "comment", ["site_id", "received_at"], postgresql_include=["status", "article_id"]
    )
    for name, condition in _DECISIONS.items():
        op.create_index(name, "decision", ["site_id", "decided_at"], postgresql_where=sa.text(condition))


def downgrade() -> None:
    """Take them away again."""
    for name in _DECISIONS:
        op.drop_index(name, table_name="decision")
    op.drop_index("ix_comment_received", table_name="comment")
