"""What there is to fetch: links not yet read, known articles to look at again, and their validators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, and_, func, or_, select

from storage.database import Database
from storage.records import Link, State
from storage.rows import LINK, link_of
from storage.schema import addresses, articles, links
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
    """Articles of a channel first seen since then, the newest first, without those removed before then.

    An article is never first seen before it is published, so this has all that were published since.
    Raises StorageError.
    """
    there = or_(articles.c.state != State.REMOVED, articles.c.absent_since >= since)
    wanted = (
        select(*_REVISITABLE)
        .where(and_(articles.c.channel == channel, articles.c.first_seen >= since, there))
        .order_by(articles.c.first_seen.desc(), articles.c.id.desc())
    )
    with database.read() as connection:
        rows = connection.execute(wanted).all()
    return tuple(Revisitable(**{**row._mapping, "state": State(row.state)}) for row in rows)


def remember_listing(
    database: Database,
    url: str,
    *,
    channel: str,
    etag: str | None,
    last_modified: str | None,
    now: datetime,
) -> None:
    """Keep a listing's validators, once all of its links are kept. Raises StorageError."""
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
        "digest": None,
    }
    with database.write() as connection:
        KEEP_ADDRESS(connection, row)


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
