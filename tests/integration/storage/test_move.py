"""Moving a database: all of it, in either direction, proved; or nothing at all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import articles, identity, maintenance, move, orders, pauses, queries, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import StorageError
from storage.records import Outcome, Subscription
from storage.schema import bodies, events, metadata, notifications
from tests.sightings import at, link, seen

RARE = "稀有的𠮷字、控制符\x01、引号'\"\\、制表\t与换行\n与空字符\0都在"


def fill(store: Database) -> None:
    """A store in which every kind of table has rows."""
    subscriptions.sync_config(store, [Subscription("district", ("d1",))], at(0))
    run = articles.start_run(store, "cq", at(0))
    for key in range(70):
        articles.record(store, seen(key, str(key), title=f"第{key}条"), Policy(), width_fold)
    articles.record(store, seen(100, "1", body=(RARE,), run=run), Policy(), width_fold)
    articles.record(store, seen(101, "2", outcome=Outcome.FAILED), Policy(), width_fold)
    articles.discover(store, "cq", [link("99", RARE)], at(1))
    articles.remember_listing(
        store, "http://cq.people.com.cn/", channel="cq", etag=None, last_modified=None, now=at(2)
    )
    orders.ask(store, "cq", (), at(3))
    pauses.pause(store, "cq", at(4))


@pytest.fixture
def filled(database):
    fill(database)
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path}/target.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    with Database.open(url) as opened:
        yield opened


def holdings(store: Database) -> dict[str, move.Holding]:
    with store.read() as connection:
        return {table.name: move.holding(connection, table) for table in metadata.sorted_tables}


def test_everything_is_there_afterwards(filled, target):
    told: dict[str, int] = {}
    before = holdings(filled)

    proved = move.move(filled, target, told.__setitem__)

    assert proved == before == holdings(target)
    assert {"articles", "bodies", "events", "notifications", "links", "orders"} <= {
        name for name, held in proved.items() if held.rows
    }
    assert told["articles"] == 70
    assert told["search"] == 71
    assert maintenance.check(target).findings == ()
    assert identity.database_id(target) == identity.database_id(filled)
    assert [event.id for event in queries.events(target)] == [event.id for event in queries.events(filled)]


def test_what_was_moved_is_found_by_its_words(filled, target):
    move.move(filled, target)

    found = queries.articles(target, search="稀有的", fold=width_fold)
    assert [article.key for article in found] == ["1"]


def test_the_moved_store_goes_on_where_the_old_one_stopped(filled, target):
    move.move(filled, target)
    last = queries.last_event_id(target)

    articles.record(target, seen(200, "900"), Policy(), width_fold)

    assert queries.last_event_id(target) == last + 1
    with target.read() as connection:
        newest = connection.execute(select(notifications).order_by(notifications.c.id.desc())).first()
    assert newest.event == last + 1


def test_a_target_that_holds_something_is_refused_and_keeps_it(filled, target):
    articles.record(target, seen(0, "7"), Policy(), width_fold)
    before = holdings(target)

    with pytest.raises(StorageError, match="not empty"):
        move.move(filled, target)

    assert holdings(target) == before


def test_a_move_that_is_cut_short_leaves_the_target_empty(filled, target):
    class CutError(Exception):
        pass

    def cut(table: str, rows: int) -> None:
        if table == "revisions":
            raise CutError

    with pytest.raises(CutError):
        move.move(filled, target, cut)

    assert all(held.rows == 0 for name, held in holdings(target).items() if name != "meta")
    move.move(filled, target)
    assert holdings(target) == holdings(filled)


def test_one_byte_that_differs_is_another_digest(database):
    fill(database)
    before = holdings(database)
    with database.write() as connection:
        packed = connection.execute(select(bodies).limit(1)).one()
        other = bytes([packed.content[0] ^ 1]) + packed.content[1:]
        connection.execute(bodies.update().where(bodies.c.digest == packed.digest).values(content=other))
        connection.execute(events.update().where(events.c.id == 1).values(weight=events.c.weight + 1))

    after = holdings(database)
    assert {name for name in before if before[name] != after[name]} == {"bodies", "events"}
