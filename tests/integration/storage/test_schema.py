"""The tables that the migrations build are those that the code expects, on both databases."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import migrations
from storage.database import Database
from storage.errors import SchemaTooNew, StorageError
from storage.schema import metadata


def test_the_schema_is_what_the_migrations_build(database):
    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).startswith("search")  # built in SQL, see the migration

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_migration_is_named_in_order():
    script = ScriptDirectory.from_config(migrations.config())

    assert tuple(reversed([step.revision for step in script.walk_revisions()])) == migrations.VERSIONS


def test_opening_again_changes_nothing(database, database_url):
    with Database.open(database_url) as again:
        again.upgrade()
        assert again.schema_version() == migrations.HEAD


def test_processes_that_open_a_new_database_at_once_all_succeed(database_url):
    script = "import sys; from storage.database import Database; Database.open(sys.argv[1])"
    openers = [subprocess.Popen([sys.executable, "-c", script, database_url]) for _ in range(3)]

    assert [opener.wait() for opener in openers] == [0, 0, 0]


def test_a_database_of_a_newer_newsdelta_is_left_alone(database, database_url):
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNew, match="newer newsdelta"):
        Database.open(database_url)
    with pytest.raises(SchemaTooNew):
        database.upgrade()
    assert database.schema_version() == "9999"


def test_without_create_an_empty_database_stays_empty(database_url, tmp_path):
    if database_url.startswith("sqlite"):
        (tmp_path / "news.db").touch()
    with pytest.raises(StorageError, match="newsdelta db upgrade"):
        Database.open(database_url, create=False)
