"""Kept answers: who gets which, and when they are thrown away. Over an application that numbers its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.concurrency import run_in_threadpool

from scheduler.web import kept
from scheduler.web.access import ALL, NOBODY, Scope, Visitor
from scheduler.web.kept import Answer, Kept, Shelf
from scheduler.web.render import AGES
from storage import pauses
from storage.database import Database
from tests.sightings import at

PERSON = Visitor(ALL, "csrf-of-one")
OTHER = Visitor(ALL, "csrf-of-the-other")
READS = Visitor(frozenset({Scope.READ}), program=True)


@dataclass
class Numbered:
    """Says how many answers it has made, and shows the proof of its visitor's forms."""

    made: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    status: int = 200
    parts: int = 1
    on_the_way: Any = None
    reads: Any = None
    says_ages: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.made += 1
        scope["state"][AGES] = self.says_ages
        said = f"answer {self.made}, form of {scope['state']['visitor'].csrf}".encode()
        if self.reads:
            said += str(await run_in_threadpool(self.reads)).encode()
        if self.on_the_way:
            self.on_the_way()
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        for left in reversed(range(self.parts)):
            await send({"type": "http.response.body", "body": said, "more_body": left > 0})


@dataclass
class Page:
    """What a visitor got."""

    status: int
    text: str
    etag: str


class House:
    """The application behind its kept answers, over a store of its own, at a clock that tests set."""

    def __init__(self, database: Database, other: Database) -> None:
        self.other = other
        self.database, self.app, self.now, self.config = database, Numbered(), 100.0, object()
        self.kept = Kept(self.app, database, lambda: self.config, lambda: self.now)

    def ask(self, path: str = "/", visitor: Visitor = PERSON, method: str = "GET", **headers: str) -> Page:
        """One request."""
        path, _, query = path.partition("?")
        given = {"host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "state": {"visitor": visitor},
        }
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.kept(scope, self._receive, send))
        named = dict(sent[0]["headers"])
        text = b"".join(one.get("body", b"") for one in sent[1:]).decode()
        return Page(sent[0]["status"], text, named.get(b"etag", b"").decode())

    async def _receive(self) -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    def change(self) -> None:
        """Somebody commits something to the store."""
        pauses.pause(self.database, "cq", at(0))
        pauses.resume(self.database, "cq")

    def change_something_else(self) -> None:
        """Somebody commits what no page here shows."""
        with self.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES (?, 'b')", (f"a{self.now}",))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Database.open(f"sqlite:///{tmp_path}/news.db") as database, Database.open(database.url) as other:
        yield House(database, other)


def test_the_same_question_is_answered_once(house: House) -> None:
    assert house.ask().text == house.ask().text == "answer 1, form of csrf-of-one"


def test_everybody_gets_the_proof_of_their_own_forms(house: House) -> None:
    assert house.ask(visitor=PERSON).text == "answer 1, form of csrf-of-one"
    assert house.ask(visitor=OTHER).text == "answer 1, form of csrf-of-the-other"
    assert house.ask(visitor=PERSON).text == "answer 1, form of csrf-of-one"


@pytest.mark.parametrize(
    ("path", "visitor", "headers"),
    [
        ("/articles", PERSON, {}),
        ("/?after=3", PERSON, {}),
        ("/", READS, {}),
        ("/", Visitor(ALL, program=True), {}),
        ("/", PERSON, {"accept_language": "en"}),
        ("/", PERSON, {"cookie": "newsdelta-language=en"}),
        ("/", PERSON, {"host": "localhost"}),
    ],
    ids=["address", "query", "scopes", "program", "language", "chosen language", "host"],
)
def test_another_question_or_visitor_gets_another_answer(
    house: House, path: str, visitor: Visitor, headers: dict[str, str]
) -> None:
    house.ask()
    assert house.ask(path, visitor, **headers).text.startswith("answer 2")
    assert house.ask().text.startswith("answer 1")


def test_who_may_read_nothing_gets_nothing_that_is_kept(house: House) -> None:
    house.ask()
    assert house.ask(visitor=NOBODY).text.startswith("answer 2")
    assert house.ask(visitor=Visitor(frozenset({Scope.RUN}), program=True)).text.startswith("answer 3")


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/keys",
        "/api/v1/keys",
        "/login",
        "/healthz",
        "/orders/1",
        "/api/v1/orders/1/events",
        "/articles/1/bytes/1/1",
        "/?lang=en",
    ],
)
def test_secrets_clocks_and_streams_are_never_kept(house: House, path: str) -> None:
    assert house.ask(path).text != house.ask(path).text


@pytest.mark.parametrize(
    "odd",
    [
        {"status": 404},
        {"status": 503},
        {"headers": [(b"set-cookie", b"newsdelta=x")]},
        {"parts": 2},
    ],
    ids=["not found", "trouble", "cookie", "stream"],
)
def test_what_is_no_whole_answer_for_everybody_is_not_kept(house: House, odd: dict[str, Any]) -> None:
    for name, value in odd.items():
        setattr(house.app, name, value)
    first, second = house.ask(), house.ask()
    assert first.status == second.status == house.app.status
    assert first.text != second.text
    assert "form of csrf-of-one" in second.text or house.app.parts == 2


def test_a_change_of_the_store_shows_at_once(house: House) -> None:
    house.ask()
    house.now += 5
    house.change()
    assert house.ask().text.startswith("answer 2")


def test_under_a_storm_of_changes_a_page_is_made_once_a_second(house: House) -> None:
    made = []
    for _ in range(40):  # four seconds
        house.change()
        made.append(house.ask().text)
        house.now += 0.1
    assert len(set(made)) == 4
    house.now += kept.PATIENCE
    assert house.ask().text not in made, "the last change shows, too"


def test_what_was_read_for_an_answer_and_is_the_same_leaves_it_as_it_is(house: House) -> None:
    house.app.reads = lambda: pauses.paused(house.database)
    house.ask()
    for _ in range(3):
        house.now += kept.PATIENCE
        house.change_something_else()
        assert house.ask().text.startswith("answer 1")


def test_what_was_read_for_an_answer_and_is_other_makes_it_anew(house: House) -> None:
    house.app.reads = lambda: pauses.paused(house.database)
    house.ask()
    house.now += kept.PATIENCE
    pauses.pause(house.database, "cq", at(0))
    assert "answer 2" in (now := house.ask().text)
    assert "'cq'" in now
    house.now += kept.PATIENCE
    pauses.resume(house.database, "cq")
    assert "answer 3" in house.ask().text


def test_what_changed_while_an_answer_was_made_shows_on_the_next(house: House) -> None:
    house.app.reads = lambda: pauses.paused(house.database)
    house.app.on_the_way = lambda: pauses.pause(house.other, "cq", at(0))
    assert "'cq'" not in house.ask().text
    house.app.on_the_way = None
    house.now += kept.PATIENCE
    assert "'cq'" in house.ask().text


def test_ones_own_action_throws_away_even_what_reads_the_same(house: House) -> None:
    house.app.reads = lambda: pauses.paused(house.database)
    house.ask()
    house.ask("/alerts/act", method="POST")
    assert house.ask().text.startswith("answer 3")


def test_a_page_that_wrote_something_is_no_proof_of_itself(house: House) -> None:
    def reads_and_writes() -> object:
        pauses.pause(house.database, "sc", at(0))
        return pauses.paused(house.database)

    house.app.reads = reads_and_writes
    assert "'sc'" in house.ask().text, "it sees what it wrote"
    house.now += kept.PATIENCE
    house.change_something_else()
    assert house.ask().text.startswith("answer 2")


def test_what_was_made_before_somebody_did_something_is_thrown_away(house: House) -> None:
    house.ask()
    house.ask("/alerts/act", method="POST")
    assert house.ask().text.startswith("answer 3")


def test_a_page_that_was_begun_before_is_not_kept(house: House) -> None:
    house.app.on_the_way = house.kept._shelf.clear  # somebody does something while it is being made
    house.ask()
    house.app.on_the_way = None
    assert house.ask().text.startswith("answer 2")
    assert house.ask().text.startswith("answer 2")


def test_a_config_that_was_read_again_shows_at_once(house: House) -> None:
    house.ask()
    house.config = object()
    assert house.ask().text.startswith("answer 2")


def test_nothing_is_kept_for_long_as_pages_say_how_long_ago_things_were(house: House) -> None:
    house.app.says_ages = True
    house.ask()
    house.now += kept.WITH_AGES
    assert house.ask().text.startswith("answer 2")


def test_what_says_no_ages_is_kept_longer_but_not_for_good(house: House) -> None:
    house.ask()
    house.now += kept.WITH_AGES
    assert house.ask().text.startswith("answer 1")
    house.now += kept.LONGEST - kept.WITH_AGES
    assert house.ask().text.startswith("answer 2")


def test_what_a_visitor_has_is_not_sent_again(house: House) -> None:
    first = house.ask()
    for given in (first.etag, f"W/{first.etag}", f'"x", {first.etag}', "*"):
        again = house.ask(if_none_match=given)
        assert (again.status, again.text) == (304, "")
    assert house.ask(if_none_match='"x"').status == 200
    assert house.ask(visitor=OTHER, if_none_match=first.etag).status == 200, "their forms differ"
    assert house.app.made == 1


def test_the_etag_of_the_application_is_kept(house: House) -> None:
    house.app.headers = [(b"etag", b'"of-its-own"')]
    assert house.ask(visitor=READS).etag == '"of-its-own"'
    assert house.ask(visitor=READS, if_none_match='"of-its-own"').status == 304


def test_the_shelf_has_room_for_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ROOM", 30)
    shelf = Shelf()
    for number in range(5):
        shelf.put(number, Answer(200, (), (b"x" * 10,), '"e"', 0.0), shelf.age)
    assert [shelf.get(number, 1.0) is not None for number in range(5)] == [False, False, True, True, True]
    shelf.put(3, Answer(200, (), (b"y" * 10,), '"e"', 0.0), shelf.age)
    assert shelf.get(2, 1.0) is not None, "an answer that takes the place of another needs no more room"


def test_an_answer_that_nobody_can_get_any_more_takes_no_room() -> None:
    shelf = Shelf()
    for number in range(200):
        shelf.put(number, Answer(200, (), (b"x",), '"e"', float(number)), shelf.age)
    assert shelf.get(199, 199.0) is not None
    assert shelf._size == len(shelf._answers) == len(shelf._sure) == kept.LONGEST


def test_an_answer_too_large_is_not_kept() -> None:
    large = Answer(200, (), (b"x" * (kept.LARGEST + 1),), '"e"', 0.0)
    assert not large.may_be_kept
