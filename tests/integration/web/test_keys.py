"""Keys of programs: made once, shown once, and good for what they say until they are removed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.web.access import Scope, digest_of
from scheduler.web.keyring import make
from storage import keys
from storage.database import Database
from storage.errors import NotFound

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.open(f"sqlite:///{tmp_path}/news.db")


def test_only_the_digest_of_a_key_is_kept(database: Database) -> None:
    key = make(database, "desk", [Scope.READ, Scope.RUN], AT)
    found = keys.find(database, digest_of(key))
    assert found is not None
    assert (found.name, found.scopes) == ("desk", {"read", "run"})
    assert keys.find(database, key) is None


def test_a_name_is_given_once(database: Database) -> None:
    first = make(database, "desk", [Scope.READ], AT)
    with pytest.raises(ValueError, match="Another key has this name"):
        make(database, "desk", [Scope.MANAGE], AT)
    found = keys.find(database, digest_of(first))
    assert found is not None
    assert found.scopes == {"read"}


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_a_key_has_a_name(database: Database, name: str) -> None:
    with pytest.raises(ValueError, match="Write a name"):
        make(database, name, [Scope.READ], AT)


def test_a_key_may_do_something(database: Database) -> None:
    with pytest.raises(ValueError, match="what it may do"):
        make(database, "desk", [], AT)


def test_a_removed_key_opens_nothing(database: Database) -> None:
    key = make(database, "desk", [Scope.READ], AT)
    keys.remove(database, "desk")
    assert keys.find(database, digest_of(key)) is None
    with pytest.raises(NotFound):
        keys.remove(database, "desk")
