"""Run by Alembic: the connection is handed in by the store, which also keeps the transaction."""

from alembic import context

from crampwise.edges.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
