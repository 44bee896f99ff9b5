"""What Alembic runs revisions by: the connection that :func:`corpus.store.migrations.migrate` has opened."""

from alembic import context

from corpus.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
