"""Pages that are kept, at the real site: nobody's proof in another's form, no stale page after one's own action."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from scheduler.config import Config
from scheduler.web.app import make_app
from scheduler.web.server import site_for
from storage import keys, pauses
from storage.database import Database
from tests.integration.web.conftest import no_test
from tests.sightings import at


class Clock:
    """The time, and how often a page asked for it."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return datetime.now(UTC)


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    with Database.open(config.database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(config: Config, database: Database, clock: Clock) -> object:
    return make_app(replace(site_for(lambda: config, database, no_test), now=clock))


def browser(site: object, config: Config, language: str = "zh") -> TestClient:
    made = TestClient(site, follow_redirects=False)  # type: ignore[arg-type]
    made.headers["accept-language"] = language
    made.post("/login", data={"token": config.web.token_file.read_text().strip()})
    return made


def proof(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_page_is_made_once_for_two_browsers_each_with_a_form_of_its_own(
    site: object, config: Config, clock: Clock
) -> None:
    one, other = browser(site, config), browser(site, config)
    first = one.get("/channels/cq").text
    asked = clock.asked
    second = other.get("/channels/cq").text
    assert clock.asked == asked, "it was not made again"
    assert proof(first) != proof(second)
    assert first.replace(proof(first), "") == second.replace(proof(second), "")
    for person, page in ((one, first), (other, second)):
        sent = person.post("/orders", data={"csrf": proof(page), "channel": "cq"})
        assert sent.status_code == 303
    assert one.post("/orders", data={"csrf": proof(second), "channel": "cq"}).status_code == 403


def test_each_language_has_its_own_page(site: object, config: Config) -> None:
    chinese, english = browser(site, config), browser(site, config, "en")
    for _ in range(2):
        assert "概览" in chinese.get("/").text
        assert "Overview" in english.get("/").text
    chosen = chinese.get("/?lang=en")
    assert "Overview" in chosen.text
    assert "Overview" in chinese.get("/").text, "the choice is kept by a cookie"


def test_ones_own_action_shows_on_the_next_page(site: object, config: Config) -> None:
    person = browser(site, config)
    for _ in range(3):
        page = person.get("/channels/cq").text
        assert "已暂停" not in page
        sent = person.post("/channels/cq/pause", data={"csrf": proof(page)})
        paused = person.get(sent.headers["location"]).text
        assert "已暂停" in paused
        person.post("/channels/cq/resume", data={"csrf": proof(paused)})


def test_what_another_process_did_shows(site: object, config: Config, database: Database) -> None:
    person = browser(site, config)
    assert "已暂停" not in person.get("/channels").text
    with Database.open(config.database_url) as elsewhere:
        pauses.pause(elsewhere, "cq", at(0))
    try:
        deadline = time.monotonic() + 60  # a second, where others change the store all the time
        while "已暂停" not in person.get("/channels").text:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        pauses.resume(database, "cq")


def test_a_key_that_was_removed_opens_nothing_that_is_kept(
    site: object, config: Config, database: Database
) -> None:
    from scheduler.web.access import Scope, digest_of

    keys.add(database, "kept", digest_of("nd_kept"), frozenset({Scope.READ}), at(0))
    program = TestClient(site, follow_redirects=False, headers={"authorization": "Bearer nd_kept"})  # type: ignore[arg-type]
    assert program.get("/api/v1/events").status_code == 200
    assert program.get("/api/v1/events").status_code == 200
    keys.remove(database, "kept")
    assert program.get("/api/v1/events").status_code == 401


def test_who_logged_out_is_sent_to_the_login(site: object, config: Config) -> None:
    person = browser(site, config)
    assert person.get("/").status_code == 200
    person.post("/logout")
    assert person.get("/").status_code == 303


def test_a_page_that_did_not_change_is_not_sent_again(site: object, config: Config) -> None:
    person = browser(site, config)
    first = person.get("/events")
    again = person.get("/events", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"]
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-store"
