"""Workers and the queue on the page, in the API and in the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from scheduler.config import Config
from scheduler.web.app import make_app
from scheduler.web.server import site_for
from storage import crawls
from storage.database import Database
from storage.records import Worker
from tests.integration.web.conftest import no_test


@pytest.fixture
def store(tmp_path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/queue.db") as opened:
        yield opened


@pytest.fixture
def visitor(config: Config, store: Database) -> TestClient:
    """A browser that is logged in, where crawls are handed out."""
    queued = replace(config, queue_url="postgresql://db/queue")
    client = TestClient(make_app(site_for(lambda: queued, store, no_test)), follow_redirects=False)
    token = config.web.token_file.read_text().strip()
    assert client.post("/login", data={"token": token}).status_code == 303
    client.headers["accept-language"] = "en"
    return client


def test_a_queue_without_workers_says_what_to_start(visitor: TestClient, store: Database) -> None:
    crawls.ask(store, "cq", "cq.people.com.cn", "{}", datetime.now(UTC) - timedelta(seconds=90))
    shown = visitor.get("/runs").text
    assert "Crawls that wait: 1; under way: 0." in shown
    assert "The first has waited for 9" in shown
    assert "No worker lives: start newsdelta worker." in shown


def test_workers_are_named_with_what_waits_for_them(visitor: TestClient, store: Database) -> None:
    now = datetime.now(UTC)
    crawls.enroll(store, Worker("desk-3:4711", 8, now, now))
    number = crawls.ask(store, "cq", "cq.people.com.cn", "{}", now)
    crawls.take(store, number, "desk-3:4711", now)

    assert "desk-3:4711, 8 hosts at once" in visitor.get("/runs").text
    look = visitor.get("/api/v1/queue").json()
    assert [worker["name"] for worker in look["workers"]] == ["desk-3:4711"]
    assert (look["waiting"], look["running"], look["lag"]) == (0, 1, 0.0)
    said = visitor.get("/metrics").text
    assert "newsdelta_workers 1.0" in said
    assert "newsdelta_crawls_running 1.0" in said


def test_without_a_queue_the_page_speaks_of_no_workers(reader: TestClient) -> None:
    assert "Workers" not in reader.get("/runs", headers={"accept-language": "en"}).text
    assert reader.get("/api/v1/queue").json() == {"workers": [], "waiting": 0, "running": 0, "lag": 0.0}
