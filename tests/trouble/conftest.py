"""Trouble of our own: a watched site, a store that fails, and what is to be seen of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Newsdelta
from tests.databases import postgresql_server, postgresql_url
from tests.replica.replica import Replica
from tests.trouble.seen import watched

__all__ = ["postgresql_server", "postgresql_url"]


@pytest.fixture
def newsdelta(tmp_path: Path) -> Newsdelta:
    """The command line in an empty folder."""
    return Newsdelta(tmp_path)


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    """A small channel, and the config that watches it and tells a file of everything."""
    with Replica(seed=5, articles=12) as replica:
        watched(newsdelta, replica)
        yield replica
