"""A receiver for each test module, which forgets between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.receivers import MailReceiver, Receiver


@pytest.fixture(scope="module")
def _receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def there(_receiver: Receiver) -> Receiver:
    """Stand-ins for all services, as good as new."""
    _receiver.clear()
    return _receiver


@pytest.fixture
def post_office() -> Iterator[MailReceiver]:
    with MailReceiver() as receiver:
        yield receiver
