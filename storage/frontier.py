"""What there is to fetch: links not yet read, known articles to look at again, their validators, what listings show.

A known article is looked at again (`revisitable`) while it is young, while somebody may want to know whether it is
gone, and while the first page of a listing shows it that itself is alive. What is older and stands nowhere is left
in peace: a channel has years of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, text, update

from storage.database import Database
from storage.jsontext import from_json, to_json
from storage.records import Link, State
from storage.rows import LINK, link_of
from storage.schema import addresses, articles, links, listings
from storage.statements import Write, columns_of

#: How often an address that never was readable is tried.
ATTEMPTS = 5

#: PostgreSQL cannot index more than 2,704 bytes; no publisher's address is nearly so long.
LONGEST_URL = 2000

_CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request to an address needs; `article` is None for a listing. `visited_at`: when its
    body was read last."""

    url: str
    etag: str | None
    last_modified: str | None
    part: int = 1
    article: int | None = None
    digest: str | None = None
    visited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the first page of a listing shows: the keys of its articles; since when it shows just these; and how
    many pages, from the first on, have nothing that is not kept."""

    shows: frozenset[str]
    changed_at: datetime
    depth: int


@dataclass(frozen=True, slots=True)
class Revisitable:
    """A known article that may have changed since `last_visit`, with what a plan of visits builds on."""

    id: int
    publisher: str
    key: str
    url: str
    state: State
    first_seen: datetime
    published_at: datetime | None
    last_visit: datetime
    visits: int
    revisions: int
    parts: int


def discover(database: Database, channel: str, found: Sequence[Link], now: datetime) -> tuple[Link, ...]:
    """Keep a listing's links until they are read; returns those whose articles are not known yet, in order.

    Raises StorageError.
    """
    unique = {(link.publisher, link.key): link for link in found if _fits(link)}
    with database.read() as connection:
        known = _known_keys(connection, unique)
    unknown = tuple(link for identity, link in unique.items() if identity not in known)
    if unknown:
        rows = [_link_row(link, channel, now) for link in sorted(unknown, key=lambda link: link.key)]
        with database.write() as connection:
            for row in rows:
                _KEEP_LINK(connection, row)
    return unknown


def pending(
    database: Database, channel: str, limit: int = 500, *, attempts: int = ATTEMPTS
) -> tuple[Link, ...]:
    """Links of a channel that no visit has read yet: the least tried first, among them the newest.

    One that failed `attempts` times is no longer given. Raises StorageError.
    """
    known = select(articles.c.id).where(
        articles.c.publisher == links.c.publisher, articles.c.key == links.c.key
    )
    wanted = (
        select(*LINK)
        .where(links.c.channel == channel, links.c.attempts < attempts, ~known.exists())
        .order_by(links.c.attempts, links.c.first_seen.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return tuple(link_of(row) for row in connection.execute(wanted))


def validators(database: Database, urls: Iterable[str]) -> dict[str, Validators]:
    """What to send with requests to those of the addresses that were fetched before. Raises StorageError."""
    found: dict[str, Validators] = {}
    with database.read() as connection:
        for chunk in _chunks(urls):
            rows = connection.execute(select(*_VALIDATORS).where(addresses.c.url.in_(chunk)))
            found.update((row.url, _validators_of(row)) for row in rows)
    return found


def parts(database: Database, publisher: str, key: str) -> dict[int, Validators]:
    """The addresses of an article's pages by part, of each the one fetched last; {} for an unknown article.

    Raises StorageError.
    """
    wanted = (
        select(*_VALIDATORS)
        .join(articles, articles.c.id == addresses.c.article)
        .where(articles.c.publisher == publisher, articles.c.key == key)
        .order_by(addresses.c.part, addresses.c.visited_at)
    )
    with database.read() as connection:
        return {row.part: _validators_of(row) for row in connection.execute(wanted)}


def revisitable(database: Database, channel: str, since: datetime) -> tuple[Revisitable, ...]:
    """Articles of a channel to look at again, those first seen last first. `since`: how long ago young is.

    Those that were published since (first seen, where they do not say), and those that listings show which changed
    since; whose removal was found since, and all whose removal is still to be confirmed. Raises StorageError.
    """
    found: dict[int, Row[Any]] = {}
    with database.read() as connection:
        for wanted in (_young(since), _absent(since), *_on_listings(connection, channel, since)):
            rows = connection.execute(select(*_REVISITABLE).where(articles.c.channel == channel, wanted))
            found.update((row.id, row) for row in rows)
    in_order = sorted(found.values(), key=lambda row: (row.first_seen, row.id), reverse=True)
    return tuple(Revisitable(**{**row._mapping, "state": State(row.state)}) for row in in_order)


def _young(since: datetime) -> ColumnElement[bool]:
    # No article is first seen before it is published, and only for the former is there an index.
    published_at = func.coalesce(articles.c.published_at, articles.c.first_seen)
    return and_(articles.c.first_seen >= since, published_at >= since, articles.c.state != State.REMOVED)


def _absent(since: datetime) -> ColumnElement[bool]:
    asked = or_(articles.c.state == State.SUSPECTED, articles.c.absent_since >= since)
    return and_(text("articles.state <> 'present'"), asked)  # as the index says it


def _on_listings(connection: Connection, channel: str, since: datetime) -> Iterator[ColumnElement[bool]]:
    alive = select(listings.c.shows).where(listings.c.channel == channel, listings.c.changed_at >= since)
    keys: set[str] = set()
    for shows in connection.scalars(alive):
        keys.update(from_json(shows, list[str]))
    for chunk in _chunks(sorted(keys)):
        yield and_(articles.c.key.in_(chunk), articles.c.state != State.REMOVED)


def last_visits(database: Database, publisher: str, keys: Iterable[str]) -> dict[str, datetime]:
    """When those of the articles that are known were visited last, by key. Raises StorageError."""
    found: dict[str, datetime] = {}
    with database.read() as connection:
        for chunk in _chunks(keys):
            same = and_(articles.c.publisher == publisher, articles.c.key.in_(chunk))
            rows = connection.execute(select(articles.c.key, articles.c.last_visit).where(same))
            found.update((row.key, row.last_visit) for row in rows)
    return found


# -- listings


def listed(database: Database, urls: Iterable[str]) -> dict[str, Listed]:
    """What is known of those of the listings that were read before. Raises StorageError."""
    found: dict[str, Listed] = {}
    with database.read() as connection:
        for chunk in _chunks(urls):
            for row in connection.execute(select(listings).where(listings.c.url.in_(chunk))):
                shows = frozenset(from_json(row.shows, list[str]))
                found[row.url] = Listed(shows, row.changed_at, row.depth)
    return found


def remember_listing(
    database: Database,
    url: str,
    *,
    channel: str,
    etag: str | None,
    last_modified: str | None,
    now: datetime,
    digest: str | None = None,
    shows: Iterable[str] | None = None,
) -> None:
    """Keep a listing's validators, once all of its links are kept, and the digest of its body; of a first page, too,
    which articles it `shows`.

    Raises StorageError.
    """
    if len(url) > LONGEST_URL:
        return
    row = {
        "url": url,
        "kind": "listing",
        "channel": channel,
        "article": None,
        "part": 1,
        "etag": etag,
        "last_modified": last_modified,
        "visited_at": now,
        "digest": digest,
    }
    with database.write() as connection:
        KEEP_ADDRESS(connection, row)
        if shows is not None:
            keys = to_json(sorted(set(shows)))
            _KEEP_LISTING(
                connection, {"url": url, "channel": channel, "shows": keys, "changed_at": now, "depth": 0}
            )


def narrow_listing(database: Database, url: str, shows: Iterable[str]) -> None:
    """Keep which articles a first page shows, once those that left it need no look any more. Raises StorageError."""
    keys = to_json(sorted(set(shows)))
    with database.write() as connection:
        connection.execute(update(listings).where(listings.c.url == url).values(shows=keys))


def note_depth(database: Database, url: str, depth: int) -> None:
    """Keep how many pages of a listing, from the first on, have nothing that is not kept. Raises StorageError."""
    with database.write() as connection:
        connection.execute(update(listings).where(listings.c.url == url).values(depth=depth))


def _known_keys(connection: Connection, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    by_publisher: dict[str, list[str]] = {}
    for publisher, key in wanted:
        by_publisher.setdefault(publisher, []).append(key)
    known: set[tuple[str, str]] = set()
    for publisher, keys in by_publisher.items():
        for chunk in _chunks(keys):
            same = and_(articles.c.publisher == publisher, articles.c.key.in_(chunk))
            known.update((publisher, key) for key in connection.scalars(select(articles.c.key).where(same)))
    return known


def _fits(link: Link) -> bool:
    return max(len(link.url), len(link.key)) <= LONGEST_URL


def _link_row(link: Link, channel: str, now: datetime) -> dict[str, Any]:
    return {
        "publisher": link.publisher,
        "key": link.key,
        "url": link.url,
        "channel": channel,
        "title": link.title,
        "listing": link.listing,
        "listed_at": link.listed_at,
        "first_seen": now,
        "attempts": 0,
    }


def _keep_link(insert: Any) -> Any:
    statement = insert(links)
    return statement.on_conflict_do_update(
        index_elements=[links.c.publisher, links.c.key],
        set_={"title": func.coalesce(func.nullif(statement.excluded.title, ""), links.c.title)},
    )


def _keep_address(insert: Any) -> Any:
    statement = insert(addresses)
    fresh = {
        name: statement.excluded[name]
        for name in ("kind", "article", "part", "etag", "last_modified", "visited_at", "digest")
    }
    return statement.on_conflict_do_update(index_elements=[addresses.c.url], set_=fresh)


def _keep_listing(insert: Any) -> Any:
    statement = insert(listings)
    same = listings.c.shows == statement.excluded.shows
    return statement.on_conflict_do_update(
        index_elements=[listings.c.url],
        set_={
            "channel": statement.excluded.channel,
            "shows": statement.excluded.shows,
            "changed_at": case((same, listings.c.changed_at), else_=statement.excluded.changed_at),
        },
    )


_KEEP_LISTING = Write(_keep_listing, columns_of(listings))
_KEEP_LINK = Write(_keep_link, columns_of(links, "tried_at"))
KEEP_ADDRESS = Write(_keep_address, columns_of(addresses))
_VALIDATORS = tuple(
    addresses.c[name] for name in ("url", "etag", "last_modified", "part", "article", "digest", "visited_at")
)
_REVISITABLE = tuple(articles.c[name] for name in Revisitable.__dataclass_fields__)


def _validators_of(row: Row[Any]) -> Validators:
    return Validators(**row._mapping)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
