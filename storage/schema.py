"""The tables, as SQLAlchemy sees them. `migrations/` builds them; a test holds that both say the same.

Times are kept in UTC: `timestamptz` on PostgreSQL; on SQLite a text of fixed width, which sorts as the time
does ("2026-11-24 01:02:03.000004"). Records kept as JSON are texts that `json.dumps` could have written, so
that any tool can read them and a NUL in a page cannot make PostgreSQL refuse it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine


class UtcTime(TypeDecorator[datetime]):
    """A moment: goes in with any offset, comes out timezone-aware in UTC, exact to the microsecond."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose `timestamptz` on PostgreSQL, 26 characters elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(26))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware datetime into what the database keeps. A naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone: {value!r}")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the database keeps into an aware datetime in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.fromisoformat(value).replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text from the web, made fit for both databases: no NUL (PostgreSQL refuses it), no lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Drop what cannot be stored; everything else stays as it is."""
        return storable(value) if value else value


def storable(words: str) -> str:
    """Return the text without NUL characters, each lone surrogate (no character at all) replaced by '?'."""
    if "\0" in words:
        words = words.replace("\0", "")
    if words.isascii():
        return words
    return words.encode("utf-8", "replace").decode("utf-8")


def _only(condition: str) -> dict[str, Any]:
    """Make an index of those rows only, the same on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_Id = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER PRIMARY KEY is SQLite's own row number

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Small facts about the database itself.
meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("counts", Text, nullable=False),  # JSON of RunCounts
    Column("notes", Text, nullable=False, server_default="[]"),  # JSON, list of Note
    Index(None, "channel", "started_at"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", _Id, primary_key=True),
    # who it is
    Column("publisher", Text, nullable=False),
    Column("key", Words, nullable=False),
    Column("channel", Text, nullable=False),  # the one that showed it first
    # what its last revision says, repeated here so that a list needs one table
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("published_at", UtcTime),
    Column("revisions", Integer, nullable=False),  # the number of the last one
    Column("parts", SmallInteger, nullable=False),  # pages it has now
    Column("content_hash", Text, nullable=False),
    Column("rules", Text, nullable=False),
    # whether it is there
    Column("state", Text, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),  # the last time it was there
    Column("last_visit", UtcTime, nullable=False),  # the last visit that told something, there or absent
    Column("visits", Integer, nullable=False),
    Column("absences", Integer, nullable=False),  # absent visits in a row
    Column("absent_since", UtcTime),
    Column("story", _Id),  # the number of the story's first article, which may be this one
    UniqueConstraint("key", "publisher"),  # in this order it finds a key alone, too
    Index(None, "channel", "first_seen", "id"),
    Index(None, "first_seen", "id"),
    Index(None, "content_hash"),
    Index(None, "story"),
    Index("ix_articles_copies", "id", **_only("story <> id")),
    Index("ix_articles_absent", "channel", **_only("state <> 'present'")),
)

#: Every URL that was fetched: an article's parts and mirrors, and the listings (which have no article).
addresses = Table(
    "addresses",
    metadata,
    Column("url", Words, primary_key=True),
    Column("kind", Text, nullable=False),  # article | listing
    Column("channel", Text, nullable=False),
    Column("article", _Id, ForeignKey("articles.id", ondelete="CASCADE")),
    Column("part", SmallInteger, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("visited_at", UtcTime, nullable=False),
    Column("digest", Text),  # of the body last seen here, stored or not
    Index(None, "article"),
)

#: What the first page of each listing showed when it was read last. Its validators are a row of `addresses`.
listings = Table(
    "listings",
    metadata,
    Column("url", Words, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("shows", Words, nullable=False),  # JSON, the keys of articles, sorted
    Column("changed_at", UtcTime, nullable=False),  # when it first showed just these
    Column("depth", Integer, nullable=False),  # so many pages from the first on have nothing that is not kept
)

#: Page bodies, each kept once, named by the digest of their bytes.
bodies = Table(
    "bodies",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", Integer, nullable=False),  # bytes, before compression
    Column("content", LargeBinary, nullable=False),  # zstd
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("article", _Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1
    Column("seen_at", UtcTime, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("canonical", Words, nullable=False),
    Column("fields", Text, nullable=False),  # JSON of ArticleFields
    Column("encoding", Text, nullable=False),  # JSON of Encoding
    Column("repairs", Text, nullable=False),  # JSON, list of Repair
    Column("pages", Text, nullable=False),  # JSON, list of bodies.StoredPage
    UniqueConstraint("article", "number"),
)

#: The texts of revisions that another has followed (see compaction.py); their own columns for them are then empty.
packed_texts = Table(
    "packed_texts",
    metadata,
    Column("revision", _Id, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("base", _Id, nullable=False),  # the revision, of the same article, whose texts are the dictionary
    Column("content", LargeBinary, nullable=False),  # zstd
)

observations = Table(
    "observations",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("article", _Id, ForeignKey("articles.id", ondelete="CASCADE")),
    Column("channel", Text, nullable=False),
    Column("run", _Id),
    Column("url", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", SmallInteger),
    Column("size", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("detail", Words, nullable=False),
    Index(None, "article", "at"),
    Index(None, "at"),
)

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("article", _Id, ForeignKey("articles.id", ondelete="CASCADE")),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("channel", Text, nullable=False),
    Column("from_revision", Integer),
    Column("to_revision", Integer),
    Column("returned_to", Integer),
    Column("classes", Text, nullable=False),  # comma before and after each class, so that one LIKE finds it
    Column("weight", SmallInteger, nullable=False),
    Column("story", _Id),
    Column("detail", Words, nullable=False),
    Column("healing", Words),  # JSON of a Healing
    Index(None, "at"),
    Index(None, "article"),
    Index("ix_events_of_channels", "channel", "id", **_only("article IS NULL")),
    Index(None, "channel", "id"),
    Index(
        "ix_events_of_kind", "kind", "id", "weight", "classes", "channel"
    ),  # so much of an edit is asked for
)

#: Articles seen on a listing and not yet read: what a killed crawl must not lose.
links = Table(
    "links",
    metadata,
    Column("publisher", Text, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("channel", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("listing", Words, nullable=False),
    Column("listed_at", UtcTime),
    Column("first_seen", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", UtcTime),
    Index(None, "channel", "attempts", "first_seen"),
)

#: What the revisit plan of each host has learned: JSON, see scheduler/plan.py.
plans = Table(
    "plans",
    metadata,
    Column("host", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)

#: What each channel is like when it is well, to tell when it is not.
baselines = Table(
    "baselines",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("updated_at", UtcTime, nullable=False),
    Column("content", Text, nullable=False),  # JSON of health.Baseline
)

#: Which articles of a week have which keys (see `stories`). No foreign key: it would cost a look-up for each row.
story_keys = Table(
    "story_keys",
    metadata,
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("article", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

#: Who is told of what. `content` is the subscription as it was configured; what people did to it since, in
#: `paused` (NULL: as configured) and `muted_until`, outlives a restart.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),  # JSON of Subscription
    Column("origin", Text, nullable=False),  # config | web
    Column("paused", SmallInteger),
    Column("muted_until", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
)

#: Where messages go. Never an address: only what it is known by, and its address with the secrets masked.
destinations = Table(
    "destinations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("tat", UtcTime),  # of its rate, see pace.py
    Column("free_at", UtcTime),  # when its rate lets the next message through
    Column("held_until", UtcTime),  # it is in trouble: nothing is tried before
    Column("failures", Integer, nullable=False),  # in a row
)

#: What is to be told, and was: one row for an event, a subscription and a destination (see outbox.py).
notifications = Table(
    "notifications",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("event", _Id, ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
    Column("subscription", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("story", _Id),  # of new articles and copies only
    Column("also", Text, nullable=False),  # other subscriptions it tells for, a comma before and after each
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),  # while it is being sent, the end of the claim
    Column("state", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parts_done", Integer, nullable=False),
    Column("token", Text),  # of the claim: only its holder may say what became of the row
    Column("claimed_until", UtcTime),
    Column("sent_at", UtcTime),
    Column("answer", Words, nullable=False),
    UniqueConstraint("event", "subscription", "destination"),
    Index("ix_notifications_due", "destination", "due_at", "id", **_only("state = 'waiting'")),
    Index("ix_notifications_in_order", "destination", "stream", "id", **_only("state = 'waiting'")),
    Index("ix_notifications_of_stories", "story", "subscription", **_only("story IS NOT NULL")),
    Index("ix_notifications_dead", "id", **_only("state = 'dead'")),
)

#: Crawls that people asked for, and how far each is.
orders = Table(
    "orders",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("urls", Words, nullable=False),  # JSON; [] for the whole channel
    Column("asked_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("beat_at", UtcTime),  # the last sign of life of who carries it out
    Column("run", _Id),
    Column("progress", Words, nullable=False),  # JSON of OrderProgress
    Column("error", Words, nullable=False),
    Index("ix_orders_open", "id", **_only("finished_at IS NULL")),
)

#: Crawls that the watcher handed out to workers, and what they brought (PostgreSQL; empty elsewhere).
crawls = Table(
    "crawls",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("task", Words, nullable=False),  # JSON of crawler.serve.Order
    Column("asked_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("beat_at", UtcTime),
    Column("progress", Words, nullable=False),  # JSON of OrderProgress
    Column("result", Words, nullable=False),  # JSON of CrawlResult
    Column("error", Words, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("gap", Float, nullable=False),
    Column("held_until", UtcTime),
    Index("ix_crawls_open", "id", **_only("finished_at IS NULL")),
    Index("ix_crawls_of_host", "host", "finished_at"),
)

#: Workers, by their own word: a name is the machine's and the process's.
workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("concurrency", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
)

#: Keys of programs that use the API. The key itself is known to its owner alone.
keys = Table(
    "keys",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # read,run,manage
    Column("made_at", UtcTime, nullable=False),
    UniqueConstraint("name"),
)

#: Feeds that hubs tell us of (WebSub), see hubs.py. The hub signs with `secret` and calls an address with `token`.
hubs = Table(
    "hubs",
    metadata,
    Column("token", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("next_at", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("said", Words, nullable=False),
    UniqueConstraint("channel", "feed"),
)

#: Channels that are left out of the watch until people let them go on.
pauses = Table(
    "pauses",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("since", UtcTime, nullable=False),
)

#: Files of the archive. `folder` may be relative to that of an SQLite database; `bytes` are safe on the disk.
archive_files = Table(
    "archive_files",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),  # of its last record
    Column("state", Text, nullable=False),  # open | closed | dropped
    UniqueConstraint("name"),
)

#: Where in them each record is. `pinned`: a revision was read from it, so that it outlives its file.
archive_records = Table(
    "archive_records",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("file", _Id, ForeignKey("archive_files.id", ondelete="CASCADE"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),  # as it stands in the file, compressed
    Column("kind", Text, nullable=False),  # response | revisit | resource
    Column("url", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("digest", Text, nullable=False),  # as in `bodies`
    Column("payload", Text, nullable=False),  # sha1:…, of the body as it was sent
    Column("record", Text, nullable=False),  # its WARC-Record-ID
    Column("pinned", SmallInteger, nullable=False),
    UniqueConstraint("file", "offset"),
    Index(None, "digest"),
    Index(None, "url", "at"),
)

#: Visits that said what those before and after them said, by day, in place of their observations.
visit_days = Table(
    "visit_days",
    metadata,
    Column("article", BigInteger, primary_key=True, autoincrement=False),  # 0: never read
    Column("channel", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # 2026-11-24, in UTC
    Column("outcome", Text, primary_key=True),
    Column("visits", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
