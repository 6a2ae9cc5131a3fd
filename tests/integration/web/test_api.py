"""The API: the records of the command line, cursors, ETags, scopes, feeds and metrics."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
import pytest
from fastapi.testclient import TestClient

from scheduler.config import Config
from tests.integration.web.conftest import Filled

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana.json"


@pytest.fixture
def program(stranger: TestClient, config: Config) -> TestClient:
    """A program with the token."""
    stranger.headers["authorization"] = f"Bearer {config.web.token_file.read_text().strip()}"
    return stranger


def test_articles_are_read_to_the_end_by_cursors(program: TestClient) -> None:
    seen, after = [], 0
    while True:
        answer = program.get("/api/v1/articles", params={"limit": 25, "after": after}).json()
        seen += [article["id"] for article in answer["items"]]
        if answer["next"] is None:
            break
        after = answer["next"]
    assert len(seen) == len(set(seen)) == 67


def test_an_article_comes_whole(program: TestClient, filled: Filled) -> None:
    answer = program.get(f"/api/v1/articles/{filled.edited}").json()
    assert answer["revision"]["number"] == answer["article"]["revisions"] == 3
    assert answer["revision"]["reading"]["fields"]["title"] == answer["article"]["title"]


def test_a_difference_names_classes_and_marks(program: TestClient, filled: Filled) -> None:
    answer = program.get(f"/api/v1/articles/{filled.edited}/diff", params={"from": 1, "to": 2}).json()
    assert "number" in answer["classes"]
    assert {run["op"] for change in answer["changes"] for run in change["runs"]} >= {"-", "+"}


def test_events_are_chosen_by_kind_and_class(program: TestClient) -> None:
    answer = program.get("/api/v1/events", params={"kind": ["edited", "removed"]}).json()
    assert {event["kind"] for event in answer["items"]} == {"edited", "removed"}
    numbers = program.get("/api/v1/events", params={"class": "number"}).json()["items"]
    assert numbers
    assert all("number" in event["classes"] for event in numbers)


def test_what_has_not_changed_is_not_sent_again(program: TestClient) -> None:
    first = program.get("/api/v1/events")
    again = program.get("/api/v1/events", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_problems_are_named(program: TestClient) -> None:
    for address, code in [("/articles/99999", 404), ("/articles?limit=0", 422), ("/events?kind=x", 422)]:
        answer = program.get(f"/api/v1{address}")
        assert answer.status_code == code
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == code


def test_a_crawl_is_asked_for_and_cancelled(program: TestClient) -> None:
    asked = program.post("/api/v1/orders", json={"channel": "cq"})
    assert asked.status_code == 202
    number = asked.json()["id"]
    assert program.post(f"/api/v1/orders/{number}/cancel").json()["state"] == "cancelled"
    followed = program.get(f"/api/v1/orders/{number}/events").text
    assert followed.startswith("data: {")
    assert "event: end" in followed


@pytest.mark.parametrize(
    "wish", [{"channel": "nowhere"}, {"url": "http://example.com/x"}, {"url": "file:///etc/passwd"}, {}]
)
def test_a_crawl_of_what_is_not_watched_is_refused(program: TestClient, wish: dict[str, str]) -> None:
    assert program.post("/api/v1/orders", json=wish).status_code == 422


def test_a_session_is_not_enough_to_change_something(reader: TestClient) -> None:
    assert reader.get("/api/v1/runs").status_code == 200
    assert reader.post("/api/v1/orders", json={"channel": "cq"}).status_code == 403


def test_a_form_that_is_not_ours_is_refused(reader: TestClient) -> None:
    assert reader.post("/orders", data={"channel": "cq"}).status_code == 403
    assert reader.post("/orders", data={"channel": "cq", "csrf": "guess"}).status_code == 403


@pytest.mark.parametrize("what", ["channels/cq", "stories/{original}", "articles/{edited}"])
def test_feeds_are_read_by_feed_readers(program: TestClient, filled: Filled, what: str) -> None:
    address = f"/feeds/{what.format(**vars(filled))}"
    answer = program.get(f"{address}.atom")
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.entries
    assert program.get(f"{address}.json").json()["version"].startswith("https://jsonfeed.org/version/1")
    again = program.get(f"{address}.atom", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_metrics_name_what_is_watched(program: TestClient) -> None:
    text = program.get("/metrics").text
    assert 'newsdelta_channel_broken{channel="sc"} 1.0' in text
    assert "newsdelta_events_total" in text


def test_the_dashboard_asks_for_metrics_that_there_are(program: TestClient) -> None:
    there = dict(re.findall(r"^# TYPE (\w+) (\w+)$", program.get("/metrics").text, re.MULTILINE))
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"newsdelta_\w+", target["expr"])
    }
    assert asked == there.keys(), "each is shown, and none that is not there"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_document_of_the_api_is_openapi_3_1(program: TestClient) -> None:
    document = program.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/articles/{number}" in document["paths"]
