"""All that speaks for one article in one file: what was fetched, what was read in it, and a chain over it all.

    warcinfo                    what this file is
    response, revisit, resource     the fetches of the article's addresses, as they stand in the archive; a body
                                    that only the database holds is a `resource`
    metadata (revision)         one for each revision: fields, texts, digests of its pages, the revision before
    metadata (history)          visits and events
    metadata (seal)             SHA-256 of every member before it, byte for byte; itself not compressed

The documents are canonical JSON, chained (chain.py): `verify` (crawler/verify.py) needs nothing but the file. Who
knows the digest of the seal, or of a revision, knows that nothing before it was changed since.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Connection, select

from storage import archive, chain, warc
from storage.archive import Entry
from storage.bodies import StoredPage, unpack
from storage.compaction import revisions_of
from storage.database import Database
from storage.errors import ArchiveError
from storage.records import Article, Event, Observation, Revision, as_json
from storage.rows import EVENT, OBSERVATION, REVISION, event_of, observation_of, pages_of
from storage.schema import addresses, bodies, events, observations, revisions, visit_days

REVISION_FORM, HISTORY_FORM, SEAL_FORM = (f"newsdelta-{name}/1" for name in ("revision", "history", "seal"))
MEDIA = "application/json"


@dataclass(frozen=True, slots=True)
class Dossier:
    """What was written: how many revisions and records of fetches, and the digest of the seal.

    `lost`: pages of revisions whose bytes are no longer kept.
    """

    revisions: int
    fetches: int
    seal: str
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a revision, and the record that holds its body, '' where the body is lost."""

    stored: StoredPage
    record: str


def write(
    database: Database,
    article: Article,
    out: IO[bytes],
    *,
    now: datetime,
    software: str,
    site: dict[str, Any] | None = None,
) -> Dossier:
    """Write an article's file. `site`: the settings by which its pages are read, None for a built-in publisher.

    Raises StorageError.
    """
    writer = _Writer(out)
    with database.read() as connection:
        rows = _revisions(connection, article.id)
        told = [
            (one, pages_of(row.pages)) for one, row in zip(revisions_of(connection, rows), rows, strict=True)
        ]
        writer.add(_about(article, now, software))
        fetched = _write_fetches(connection, article.id, told, writer)
        previous, lost = "", []
        for revision, stored in told:
            pages = [_Page(page, fetched.get(page.digest, "")) for page in stored]
            lost += [page.stored.url for page in pages if not page.record]
            document = chain.sealed(_revision_document(article, revision, pages, site), previous)
            writer.add(document_record(document, revision.seen_at, article.url))
            previous = document["digest"]
        history = chain.sealed(_history(connection, article), previous)
        writer.add(document_record(history, now, article.url))
    seal = chain.sealed(
        {"form": SEAL_FORM, "made_at": now.isoformat(), "members": writer.digests}, history["digest"]
    )
    out.write(seal_member(seal, article.url))
    return Dossier(len(told), writer.fetches, seal["digest"], tuple(lost))


def document_record(document: dict[str, Any], at: datetime, url: str) -> warc.Record:
    """A document as a `metadata` record, named after its digest: the same document makes the same record."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, document["digest"]).urn
    return warc.record("metadata", at, uri=url, media=MEDIA, block=chain.canonical_json(document), id_=name)


def seal_member(seal: dict[str, Any], url: str) -> bytes:
    """The last member of the file, the same bytes wherever it is made. Raises ValueError for what is no seal."""
    at = datetime.fromisoformat(seal["made_at"])
    return warc.store(warc.write(document_record(seal, at, url)))


class _Writer:
    """Writes members and remembers their digests."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.digests: list[str] = []
        self.fetches = 0

    def add(self, made: warc.Record) -> None:
        self.add_packed(warc.pack(warc.write(made)))

    def add_packed(self, packed: bytes) -> None:
        self._out.write(packed)
        self.digests.append(chain.sha256(packed))

    def add_fetch(self, packed: bytes) -> None:
        self.add_packed(packed)
        self.fetches += 1


def _about(article: Article, now: datetime, software: str) -> warc.Record:
    lines = {
        "software": software,
        "format": "WARC File Format 1.1",
        "description": f"All that was fetched of {article.url} and read in it; newsdelta verify checks it",
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
    return warc.record("warcinfo", now, media="application/warc-fields", block=block)


def _write_fetches(
    connection: Connection,
    article: int,
    told: Sequence[tuple[Revision, tuple[StoredPage, ...]]],
    writer: _Writer,
) -> dict[str, str]:
    """Write the records of the article's fetches; returns which record holds which body."""
    held: dict[str, str] = {}
    for entry in _entries(connection, article, [page for _, pages in told for page in pages]):
        try:
            packed = archive.read_packed(connection, entry)
            made = warc.read(warc.unpack(packed))
        except ArchiveError:
            continue  # a page that needs it is then named as lost
        writer.add_fetch(packed)
        if made.kind != "revisit":
            held.setdefault(entry.digest, made.id)
    for revision, pages in told:
        for page in pages:
            only = None if page.digest in held else _from_database(connection, revision, page)
            if only is not None:
                writer.add_fetch(warc.pack(warc.write(only)))
                held[page.digest] = only.id
    return held


def _entries(connection: Connection, article: int, pages: Sequence[StoredPage]) -> list[Entry]:
    """What the archive has of the article: by address; and what revisions were read from, and revisits refer to."""
    known = connection.scalars(select(addresses.c.url).where(addresses.c.article == article))
    found = list(archive.of_urls(connection, {*known, *(page.url for page in pages)}))
    whole = [one for one in found if one.kind != "revisit"]
    wanted = {(one.digest, one.payload) for one in found if one.kind == "revisit"}
    missing = wanted - {(one.digest, one.payload) for one in whole}
    held = {one.digest for one in whole} | {digest for digest, _ in missing}
    missing |= {(page.digest, "") for page in pages if page.digest not in held}
    return [*archive.wholes(connection, sorted(missing)), *found]


def _from_database(connection: Connection, revision: Revision, page: StoredPage) -> warc.Record | None:
    """A body that was never archived: of the server's answer no more is known than what the page keeps."""
    packed = connection.scalar(select(bodies.c.content).where(bodies.c.digest == page.digest))
    if packed is None:
        return None
    content = unpack(packed)
    more = [
        ("WARC-Payload-Digest", warc.sha1(content)),
        (warc.CONTENT_DIGEST, warc.content_digest((), content)),
    ]
    media = page.content_type or "text/html"
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{page.url} {page.digest}").urn  # the same in every export
    return warc.record(
        "resource", revision.seen_at, uri=page.url, media=media, block=content, more=more, id_=name
    )


def _revision_document(
    article: Article, revision: Revision, pages: Sequence[_Page], site: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "form": REVISION_FORM,
        "article": {"publisher": article.publisher, "key": article.key, "channel": article.channel},
        "site": site,
        "number": revision.number,
        "seen_at": revision.seen_at.isoformat(),
        "reading": as_json(revision.reading),
        "pages": [{**as_json(page.stored), "record": page.record} for page in pages],
    }


def _history(connection: Connection, article: Article) -> dict[str, Any]:
    return {
        "form": HISTORY_FORM,
        "article": as_json(article),
        "observations": [_observation(one) for one in _observations(connection, article.id)],
        "days": [dict(row._mapping) for row in _days(connection, article.id)],
        "events": [as_json(one) for one in _events(connection, article.id)],
    }


def _observation(seen: Observation) -> dict[str, Any]:
    """An observation with its duration in whole microseconds."""
    row: dict[str, Any] = as_json(seen)
    row["microseconds"] = round(row.pop("seconds") * 1e6)
    return row


def _revisions(connection: Connection, article: int) -> Sequence[Any]:
    wanted = select(*REVISION, revisions.c.pages).where(revisions.c.article == article)
    return connection.execute(wanted.order_by(revisions.c.number)).all()


def _observations(connection: Connection, article: int) -> Iterator[Observation]:
    wanted = select(*OBSERVATION).where(observations.c.article == article)
    rows = connection.execute(wanted.order_by(observations.c.at, observations.c.id))
    return map(observation_of, rows)


def _days(connection: Connection, article: int) -> Sequence[Any]:
    columns = (visit_days.c.day, visit_days.c.outcome, visit_days.c.visits, visit_days.c.bytes)
    wanted = select(*columns).where(visit_days.c.article == article)
    return connection.execute(wanted.order_by(visit_days.c.day, visit_days.c.outcome)).all()


def _events(connection: Connection, article: int) -> Iterator[Event]:
    wanted = select(*EVENT).where(events.c.article == article).order_by(events.c.id)
    return map(event_of, connection.execute(wanted))
