"""Revisions that another has followed, kept as what they do not share with the article's last one.

    compact     packs the texts of superseded revisions that are older than that
    texts       what packed revisions say;  whole, revisions_of  the same for rows, wherever their texts are
    restore     puts the texts of an article's revisions back, before one of them is changed

A packed revision keeps its row: number, moments, hash, pages. Its texts (canonical text, fields, encoding, repairs)
stand in `packed_texts`, compressed with zstd against those of a later revision of the article, its base ("patch from",
the base as raw dictionary: RFC 8878, 5). A base is never packed, so that one step reads any revision.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from storage.database import Database
from storage.errors import StorageError
from storage.records import Revision
from storage.rows import revision_of
from storage.schema import articles, packed_texts, revisions

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Articles whose revisions are packed in one transaction.
ARTICLES = 50
#: Level 6 packs texts of 4 kB in 0.03 ms; lower ones leave a seventh more, higher ones nothing less.
_OPTIONS: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 6,
    zstd.CompressionParameter.checksum_flag: 1,
}


class Texts(msgspec.Struct, frozen=True, array_like=True):
    """The texts of a revision, as its row has them. All but `canonical` are JSON, never empty."""

    canonical: str
    fields: str
    encoding: str
    repairs: str


@dataclass(frozen=True, slots=True)
class Compacted:
    """Revisions that were packed, and the bytes of their texts (UTF-8) before and after."""

    revisions: int = 0
    before: int = 0
    after: int = 0

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(
            self.revisions + other.revisions, self.before + other.before, self.after + other.after
        )


def pack(texts: Texts, base: Texts) -> bytes:
    """Compress texts against those of another revision."""
    return zstd.compress(msgspec.json.encode(texts), options=_OPTIONS, zstd_dict=_dictionary(base).as_prefix)


def unpack(packed: bytes, base: Texts) -> Texts:
    """Undo `pack`. Raises StorageError where bytes or base are not what they were (the frame has a checksum)."""
    try:
        content = zstd.decompress(packed, zstd_dict=_dictionary(base).as_prefix)
    except zstd.ZstdError as error:
        raise StorageError("The packed texts of a revision are damaged", mend=str(error)) from error
    return msgspec.json.decode(content, type=Texts)


def _dictionary(base: Texts) -> Any:
    return zstd.ZstdDict(msgspec.json.encode(base), is_raw=True)


# -- writing


def compact(database: Database, before: datetime) -> Compacted:
    """Pack the texts of revisions that were seen before then and are not their article's last.

    Goes in many transactions, so that others may write meanwhile; killed on the way, what is done is done.
    Raises StorageError.
    """
    done, last = Compacted(), 0
    while True:
        with database.write() as connection:
            found = _articles_with_some(connection, before, last)
            for article in found:
                done += _compact(connection, article, before)
        if len(found) < ARTICLES:
            return done
        last = found[-1]


def _articles_with_some(connection: Connection, before: datetime, after: int) -> Sequence[int]:
    """The next articles that may have something to pack, by their number."""
    wanted = (
        select(articles.c.id)
        .where(articles.c.id > after, articles.c.revisions > 1, articles.c.first_seen < before)
        .order_by(articles.c.id)
        .limit(ARTICLES)
    )
    return connection.scalars(wanted).all()


def _compact(connection: Connection, article: int, before: datetime) -> Compacted:
    # The article's row is what a new revision waits for: none can come between our look and our write.
    connection.execute(select(articles.c.id).where(articles.c.id == article).with_for_update())
    rows = connection.execute(_texts_of(revisions.c.article == article).order_by(revisions.c.number)).all()
    bases = set(connection.scalars(select(packed_texts.c.base).where(_of_article(article))))
    old = [row for row in rows[:-1] if row.seen_at < before and row.fields and row.id not in bases]
    if not old:
        return Compacted()
    base, head = _whole(rows[-1]), rows[-1].id
    return sum((_pack_row(connection, row, base, head) for row in old), Compacted())


def _pack_row(connection: Connection, row: Any, base: Texts, head: int) -> Compacted:
    """Pack one revision, where that makes it smaller."""
    texts = _whole(row)
    packed = pack(texts, base)
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in msgspec.structs.astuple(texts))
    if len(packed) >= size:
        return Compacted()
    connection.execute(insert(packed_texts).values(revision=row.id, base=head, content=packed))
    _put(connection, row.id, Texts("", "", "", ""))
    return Compacted(1, size, len(packed))


def restore(connection: Connection, article: int) -> None:
    """Put the texts of all of an article's packed revisions back into their rows."""
    packed = connection.scalars(select(packed_texts.c.revision).where(_of_article(article))).all()
    for number, text in texts(connection, packed).items():
        _put(connection, number, text)
    connection.execute(delete(packed_texts).where(_of_article(article)))


def _put(connection: Connection, revision: int, texts: Texts) -> None:
    connection.execute(
        update(revisions).where(revisions.c.id == revision).values(**msgspec.structs.asdict(texts))
    )


# -- reading


def texts(connection: Connection, numbers: Collection[int]) -> dict[int, Texts]:
    """What the packed ones of these revisions say, by their ids. Raises StorageError where one is damaged."""
    if not numbers:
        return {}
    base = revisions.alias()
    wanted = (
        select(packed_texts.c.revision, packed_texts.c.content, *(base.c[name] for name in _NAMES))
        .join(base, base.c.id == packed_texts.c.base)
        .where(packed_texts.c.revision.in_(numbers))
    )
    found = {row.revision: unpack(row.content, _whole(row)) for row in connection.execute(wanted)}
    if missing := set(numbers) - set(found):  # put back since their rows were read
        own = connection.execute(_texts_of(revisions.c.id.in_(missing), revisions.c.fields != ""))
        found |= {row.id: _whole(row) for row in own}
    return found


def whole(connection: Connection, rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Rows with the columns `id`, `canonical`, `fields`, each with what says it: the row, or the texts of a packed one.

    Raises StorageError where one is damaged.
    """
    packed = texts(connection, [row.id for row in rows if not row.fields])
    return [(row, packed.get(row.id, row)) for row in rows]


def revisions_of(connection: Connection, rows: Iterable[Any]) -> list[Revision]:
    """Revisions, from rows that have the columns `REVISION`. Raises StorageError where one is damaged."""
    rows = list(rows)
    packed = texts(connection, [row.revision_id for row in rows if not row.revision_fields])
    return [revision_of(row, _named(packed.get(row.revision_id))) for row in rows]


def damaged(connection: Connection) -> Iterator[int]:
    """The packed revisions, by their ids, whose texts cannot be read any more."""
    last = 0
    while numbers := connection.scalars(
        select(packed_texts.c.revision)
        .where(packed_texts.c.revision > last)
        .order_by(packed_texts.c.revision)
        .limit(ARTICLES)
    ).all():
        for number in numbers:
            try:
                whole = number in texts(connection, [number])
            except StorageError:
                whole = False
            if not whole:  # its base is gone, or is another
                yield number
        last = numbers[-1]


def _named(found: Texts | None) -> Mapping[str, str]:
    return {} if found is None else msgspec.structs.asdict(found)


def _texts_of(*which: Any) -> Any:
    return select(revisions.c.id, revisions.c.seen_at, *(revisions.c[name] for name in _NAMES)).where(*which)


def _of_article(article: int) -> Any:
    return packed_texts.c.revision.in_(select(revisions.c.id).where(revisions.c.article == article))


def _whole(row: Any) -> Texts:
    return Texts(row.canonical, row.fields, row.encoding, row.repairs)


_NAMES = Texts.__struct_fields__
