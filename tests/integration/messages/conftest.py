"""The databases that messages and feeds are tested on."""

from tests.databases import database, database_url, postgresql_server

__all__ = ["database", "database_url", "postgresql_server"]
