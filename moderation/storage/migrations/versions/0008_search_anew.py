"""The text search, made anew as `folding` now writes it: runs of combining accents cost quadratic time before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from moderation.storage.folding import NAME_VECTOR, SEARCH_VECTOR, TITLE_VECTOR

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SEARCHED = {"revision": SEARCH_VECTOR, "commenter": NAME_VECTOR, "article": TITLE_VECTOR}


def upgrade() -> None:
    """Make the columns and their indexes anew, filled for every text that is there."""
    for table, vector in _SEARCHED.items():
        op.drop_index(f"ix_{table}_search", table_name=table)
        op.drop_column(table, "search")
        op.add_column(table, sa.Column("search", postgresql.TSVECTOR(), sa.Computed(vector, persisted=True)))
        op.create_index(f"ix_{table}_search", table, ["search"], postgresql_using="gin")


def downgrade() -> None:
    """Leave them: the same words are found in them, only faster."""
