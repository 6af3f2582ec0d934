"""Alembic's entry: runs migrations on the connection that `moderation.storage.schema` hands over."""

from alembic import context

from moderation.storage.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
