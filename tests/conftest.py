"""Options of the test run."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--postgresql`: run what people do (tests/acceptance) on PostgreSQL instead of SQLite."""
    parser.addoption("--postgresql", action="store_true", help="acceptance tests use PostgreSQL")
