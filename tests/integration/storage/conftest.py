"""Every test here that asks for `database` runs on SQLite and on PostgreSQL."""

from tests.databases import database, database_url, postgresql_server, postgresql_url

__all__ = ["database", "database_url", "postgresql_server", "postgresql_url"]
