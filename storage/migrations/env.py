"""Alembic's entry: runs the migrations in the transaction that the caller has opened."""

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's too: our connections leave transactions alone
)
context.run_migrations()
