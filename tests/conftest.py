"""Options of the test run."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and fails no test: what may take too long has one of its own.
settings.register_profile(
    "newsdelta", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("newsdelta")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--postgresql`: run what people do (tests/acceptance) on PostgreSQL instead of SQLite."""
    parser.addoption("--postgresql", action="store_true", help="acceptance tests use PostgreSQL")
