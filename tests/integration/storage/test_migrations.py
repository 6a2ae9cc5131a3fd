"""A store of any older form, with all that it held, is brought to the present one, and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic import command
from sqlalchemy import Connection, func, insert, make_url, select

from crawler.archive import Archive, ArchivePlace
from storage import (
    articles,
    baselines,
    compaction,
    crawls,
    health,
    hubs,
    keys,
    maintenance,
    migrations,
    orders,
    outbox,
    pauses,
    plans,
    pulse,
    queries,
    retention,
    search,
    subscriptions,
    warc,
)
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import (
    EventKind,
    Healing,
    Note,
    OrderProgress,
    Outcome,
    RunCounts,
    Subscription,
    Worker,
)
from storage.schema import metadata
from storage.search import Facets
from tests.sightings import at, link, seen

DAY = 24 * 60
POLICY = Policy(removal_visits=1, removal_after=timedelta())
RARE = "稀有的𠮷字、引号'\"\\、制表\t与换行\n都在，增长12.8%"
#: A text long enough to know its copies by.
STORY = tuple(f"渝北区第{number}处口袋公园今日开放，面积{number}00平方米。" for number in range(3, 30))
ASKED = ("口袋公园", "快讯", "𠮷", "12.8", "12", "1200", "第7条 -改过", "两")
HOME = "http://cq.people.com.cn/"

Rows = dict[str, list[dict[str, Any]]]

# -- what a form did not have yet

#: Columns and facts that a table had before anything was written there.
FILLED_SINCE = {("articles", "story"): "0004", ("events", "story"): "0004"}
FACTS_SINCE = {"database_id": "0005", "subscriptions": "0005"}
ARCHIVE, HEALING, NOTES, PACKING, INDEX = "0011", "0010", "0006", "0016", "0017"


def fill(store: Database) -> None:
    """What a store of any form may hold, made by the functions that make it."""
    subscriptions.sync_config(store, [Subscription("all", ("d1",)), Subscription("parks", ("d2",))], at(0))
    outbox.register(store, {"d1": "webhook://…", "d2": "file://…"})
    run = articles.start_run(store, "cq", at(0))
    for number in range(80):  # more than are indexed together
        text = (f"渝北区{number}条快讯，面积为1200平方米。",)
        record(store, seen(number, f"{number}", title=f"第{number}条：渝北快讯", body=text, run=run))
    record(store, seen(100, "1", title="第1条：改过", body=(RARE,), run=run))
    record(store, seen(101, "1", title="第1条：又改过", body=(RARE, "另有两段。"), run=run))
    record(store, seen(102, "2", outcome=Outcome.GONE))
    record(store, seen(103, "3", outcome=Outcome.FAILED))
    record(store, seen(104, "500", title="三处口袋公园", body=STORY, parts=2))
    record(store, seen(105, "501", title="口袋公园", body=STORY, channel="sc"))
    articles.finish_run(store, run, at(110), RunCounts(80, new=80), [Note(HOME, "it is slow", "wait")])
    broken = Healing("cq", pages=3)
    articles.record_channel_event(store, "cq", EventKind.CHANNEL_BROKEN, at(111), url=HOME, healing=broken)
    articles.discover(store, "cq", [link("900", RARE)], at(112))
    articles.remember_listing(
        store, HOME, channel="cq", etag='"1"', last_modified=None, now=at(113), shows=["1", "2"]
    )
    [sent] = outbox.claim(store, "d1", at(114), timedelta(minutes=1))
    outbox.delivered(store, [sent], at(114), "200")
    order = orders.take(store, orders.ask(store, "cq", (HOME,), at(115)).asked_at)
    assert order
    orders.beat(store, order.id, at(116), OrderProgress())
    plans.save_plan(store, "cq.people.com.cn", {"pages": [1, 2.5, "重庆"]}, at(117))
    baselines.keep_baseline(store, "cq", health.Baseline(absent=0.5), at(118))
    keys.add(store, "reader", "0123", ["read"], at(119))
    pauses.pause(store, "sc", at(120))
    pulse.keep(store, pulse.Pulse(at(121)))
    hubs.offer(store, "cq", f"{HOME}feed", f"{HOME}feed", "http://hub.example/", at(122))
    crawls.take(store, crawls.ask(store, "cq", "cq.people.com.cn", "{}", at(123)), "w1", at(123))
    crawls.enroll(store, Worker("w1", 4, at(124), at(124)))


def archived(store: Database, folder: Path) -> None:
    """An article whose page stands in the archive, and visits that are counted by day."""
    writer = Archive(store, ArchivePlace(str(folder)), "newsdelta/test")
    sighting = seen(130, "600", title="存档的一条")
    for page in sighting.pages:
        writer.add(warc.Fetch(page.url, at(130), 200, (), page.content))
    writer.close()
    record(store, sighting)
    for minutes in range(140, 150):
        record(store, seen(minutes, "3", outcome=Outcome.FAILED))
    assert retention.fold_observations(store, at(30 * DAY))


def packed(store: Database) -> None:
    """Texts that others have followed are packed."""
    assert compaction.compact(store, at(30 * DAY)).revisions


def record(store: Database, sighting: Any) -> Any:
    return articles.record(store, sighting, POLICY, width_fold)


# -- what is asked of it


@dataclass(frozen=True)
class Said:
    """What a store answers."""

    articles: tuple[Any, ...]
    revisions: tuple[Any, ...]
    events: tuple[Any, ...]
    found: tuple[Any, ...]
    outbox: dict[Any, int]

    def without_stories(self) -> Said:
        """The same, of a store that did not know stories."""
        bare = {
            name: tuple(replace(one, story=None) for one in getattr(self, name))
            for name in ("articles", "events")
        }
        return replace(self, **bare, found=())


def said(store: Database) -> Said:
    """What it says of everything."""
    there = queries.articles(store, limit=1000)
    return Said(
        there,
        tuple(queries.revisions(store, one.id) for one in there),
        tuple(queries.events(store, limit=1000)),
        (
            *(_ids(store, search=words) for words in ASKED),
            _ids(store, facets=Facets(editor="秦岚")),
        ),
        outbox.counts(store),
    )


def _ids(store: Database, **asked: Any) -> tuple[int, ...]:
    return tuple(one.id for one in queries.articles(store, limit=1000, fold=width_fold, **asked))


@dataclass(frozen=True)
class Original:
    """All rows of a store at head, and what it says."""

    rows: Rows
    said: Said


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Original]:
    """A store as it was before there was an archive, with one, and with packed texts: each by its first form."""
    made = {}
    with Database.open(f"sqlite:///{tmp_path_factory.mktemp('store')}/news.db") as store:
        fill(store)
        made["0001"] = _original(store)
        archived(store, tmp_path_factory.mktemp("archive"))
        made[ARCHIVE] = _original(store)
        packed(store)
        made[PACKING] = _original(store)
    return made


def _original(store: Database) -> Original:
    assert maintenance.check(store).findings == ()
    with store.read() as connection:
        rows = {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
        }
    return Original(rows, said(store))


# -- an old store


@dataclass(frozen=True)
class Old:
    """A database of an older form, filled and not yet opened."""

    version: str
    url: str
    original: Original
    rows: Rows

    def had(self, since: str) -> bool:
        """Whether its form is that one, or a later."""
        return self.version >= since


@pytest.fixture(params=migrations.VERSIONS)
def old(request: pytest.FixtureRequest, database_url: str, originals: dict[str, Original]) -> Iterator[Old]:
    version: str = request.param
    original = originals[max(since for since in originals if since <= version)]
    engine = sqlalchemy.create_engine(_driver_url(database_url))
    with engine.begin() as connection:
        command.upgrade(migrations.config(connection), version)
    with engine.begin() as connection:
        rows = _rows_of(connection, version, original.rows)
        _put(connection, rows)
        _index(connection, version, [row["id"] for row in rows["revisions"]])
    engine.dispose()
    return Old(version, database_url, original, rows)


def _driver_url(url: str) -> Any:
    made = make_url(url)
    return made if made.drivername == "sqlite" else made.set(drivername="postgresql+psycopg")


def _rows_of(connection: Connection, version: str, rows: Rows) -> Rows:
    """Of the rows, what a store of a form has: its tables, their columns, and what it wrote there."""
    seen_by = sqlalchemy.inspect(connection)
    taken = {}
    for table in metadata.sorted_tables:
        if not seen_by.has_table(table.name):
            continue
        there = {column["name"] for column in seen_by.get_columns(table.name)}
        there -= {name for (of, name), since in FILLED_SINCE.items() if of == table.name and version < since}
        taken[table.name] = [{name: row[name] for name in row if name in there} for row in rows[table.name]]
    unknown = {search.MARK, *(name for name, since in FACTS_SINCE.items() if version < since)}
    taken["meta"] = [row for row in taken["meta"] if row["name"] not in unknown]
    return taken


def _put(connection: Connection, rows: Rows) -> None:
    connection.execute(metadata.tables["meta"].delete())
    for table in metadata.sorted_tables:
        if rows.get(table.name):
            connection.execute(insert(table), rows[table.name])
            _go_on_counting(connection, table)


def _go_on_counting(connection: Connection, table: sqlalchemy.Table) -> None:
    """On PostgreSQL numbers that were given are not counted."""
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        connection.execute(select(func.setval(sequence, select(func.max(column)).scalar_subquery())))


def _index(connection: Connection, version: str, revisions: list[int]) -> None:
    """The index of a form: an older one's held other tokens, which find nothing now."""
    if version >= INDEX:
        search.rebuild(connection)
    elif connection.dialect.name == "postgresql":
        for number in revisions:
            connection.exec_driver_sql(f"INSERT INTO search VALUES ({number}, 'old')")
    else:
        for number in revisions:
            connection.exec_driver_sql(f"INSERT INTO search (rowid, tokens) VALUES ({number}, 'old')")
        mark = {"name": search.MARK, "value": str(max(revisions))}
        connection.execute(insert(metadata.tables["meta"]), [mark])


# -- brought to the present form


def test_every_form_comes_to_the_present_one_with_all_that_it_held(old):
    with Database.open(old.url) as store:
        assert store.schema_version() == migrations.HEAD
        assert _held(store, old.rows) == old.rows
        _has_stories(store, old)
        _answers_as_before(store, old)
        _goes_on(store, old)
        assert maintenance.check(store).findings == ()


def _held(store: Database, rows: Rows) -> Rows:
    """The columns that there were, in the order that they came in."""
    with store.read() as connection:
        there = {}
        for name, before in rows.items():
            table = metadata.tables[name]
            columns = [table.c[column] for column in before[0]] if before else [table]
            found = connection.execute(select(*columns)).all()
            there[name] = [dict(row._mapping) for row in found]
    facts = [row["name"] for row in rows["meta"]]
    there["meta"] = [row for row in there["meta"] if row["name"] in facts]
    return {name: sorted(there[name], key=rows[name].index) for name in rows}


def _has_stories(store: Database, old: Old) -> None:
    """An article of before there were stories has none until `db rebuild`, and the check says so."""
    findings = maintenance.check(store).findings
    if old.had("0004"):
        assert findings == ()
        return
    count = len(old.rows["articles"])
    assert findings == (f"{count} articles belong to no story: newsdelta db rebuild",)
    assert maintenance.rebuild_stories(store) == count
    assert {one.id: one.story for one in queries.articles(store, limit=1000)} == {
        one.id: one.story for one in old.original.said.articles
    }


def _answers_as_before(store: Database, old: Old) -> None:
    now, before = said(store), old.original.said
    assert now.found == before.found
    if not old.had("0004"):
        now, before = now.without_stories(), before.without_stories()
    if not old.had("0005"):
        before = replace(before, outbox={})
    if not old.had(HEALING):
        before = replace(before, events=tuple(replace(one, healing=None) for one in before.events))
    assert now == before
    notes = [Note(HOME, "it is slow", "wait")] if old.had(NOTES) else []
    assert [list(run.notes) for run in queries.runs(store)] == [notes]


def _goes_on(store: Database, old: Old) -> None:
    """Visits are recorded, and numbers go on where they stopped."""
    last, count = queries.last_event_id(store), len(queries.revisions(store, 2))
    edited = record(store, seen(300, "1", title="第1条：再改一次", body=(RARE,))).event
    new = record(store, seen(301, "900", title="升级后的一条", body=("江津区的消息。",))).event
    copy = record(store, seen(302, "502", title="口袋公园", body=STORY, channel="sc")).event
    assert (edited.id, edited.kind, edited.to_revision) == (last + 1, EventKind.EDITED, count + 1)
    assert (new.id, new.kind) == (last + 2, EventKind.NEW)
    assert (copy.kind, copy.story) == (EventKind.REPUBLISHED, queries.find_article(store, "500").story)
    found = queries.articles(store, search="升级后", fold=width_fold)
    assert [one.key for one in found] == ["900"]
    if old.had("0005"):
        assert [one.destination for one in outbox.claim(store, "d1", at(303), timedelta(minutes=1))] == ["d1"]
    orders.ask(store, "cq", (), at(304))
    articles.start_run(store, "cq", at(305))
