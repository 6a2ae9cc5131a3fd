"""Full-text search that finds Chinese words of one character, two, or more, and every place where they stand.

The index only proposes: it knows which tokens (pairs of neighbouring characters, whole Latin words and
numbers) a revision has; on SQLite in an FTS5 table without positions, on PostgreSQL in a tsvector without
positions, which knows no limit of 16,383 places. The stored text disposes: `Query.fits` reads it. So a
result is exact, the same on both databases, and an index entry too many costs time, never truth.

Beside the words of its text a revision is found by its facets: source, authors, editors, sections, each
indexed as one token made of its digest, and judged by the stored fields.

On SQLite revisions are indexed 64 at a time, which halves the price of storing an article; those still
waiting (above the mark in `meta`) are proposed to every query.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add as joined
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from storage import compaction
from storage.jsontext import from_json
from storage.records import ArticleFields
from storage.schema import meta, revisions
from storage.wordquery import IN_WORD, word_pattern

Fold = Callable[[str], str]


#: Revisions that wait for the index together, on SQLite.
BATCH = 64

#: A longer text is not indexed but proposed to every query: a tsvector holds at most 1 MB.
LONGEST_TEXT = 100_000
_LONG = "\uff0a"  # no letter, so never a token of a text

#: PostgreSQL refuses lexemes over 2,046 bytes; two tokens that differ later are told apart by the text.
_LONGEST_TOKEN = 64

_WORD = re.compile(rf"{IN_WORD}+")
_NO_RUN = re.compile(r"[\W_\0-\u2e7f]+")
_UNIT = re.compile(rf"(?P<word>{IN_WORD}+)|(?P<run>[^\W_]+?(?={IN_WORD}|[\W_]|$))")
_TERM = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')

#: Rows fetched at a time: a frequent word fills a page of results from the first, a rare one has no second.
_FIRST_PAGE, _FURTHER_PAGES = 100, 1000

#: On PostgreSQL so many of the newest revisions are looked at one by one, which finds a page of a frequent word; the
#: others come from the index, so many at a time and then all: a word may be frequent and a channel's hits sparse.
_NEWEST, _STRETCHES = 1000, (20_000, 200_000)
#: Of those that the index names so many are read at a time.
_READ_AT_ONCE = 200

#: Names, in `meta`, the last revision that the index of SQLite holds.
MARK = "search_indexed_to"
_fts5 = Table("search", MetaData(), Column("rowid", Integer), Column("search", Text))
_tsvectors = Table("search", MetaData(), Column("revision", BigInteger), Column("tokens", TSVECTOR))

_FTS5_ADD = text("INSERT INTO search (rowid, tokens) VALUES (:revision, :tokens)")
_FTS5_REMOVE = text("INSERT INTO search (search, rowid, tokens) VALUES ('delete', :revision, :tokens)")
_TSVECTOR_ADD = text(
    "INSERT INTO search (revision, tokens) VALUES (:revision, array_to_tsvector(string_to_array(:tokens, ' ')))"
)
_TSVECTOR_REMOVE = text("DELETE FROM search WHERE revision = :revision")


@dataclass(frozen=True, slots=True)
class Facets:
    """What an article must be beside what it says: its source, one of its authors, editors, sections; '' for any."""

    source: str = ""
    author: str = ""
    editor: str = ""
    section: str = ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the index is asked for."""
        return tuple(_facet(kind, getattr(self, kind)) for kind in self.__slots__ if getattr(self, kind))

    def fit(self, fields: ArticleFields) -> bool:
        """Say whether an article is so."""
        return set(self.tokens) <= set(facet_tokens(fields))


@dataclass(frozen=True, slots=True)
class Query:
    """What must stand in a text and what must not; the index is asked for `tokens` and `prefixes`."""

    wanted: tuple[re.Pattern[str], ...]
    unwanted: tuple[re.Pattern[str], ...]
    tokens: tuple[str, ...]
    prefixes: tuple[str, ...]
    facets: Facets = Facets()

    def fits(self, canonical: str) -> bool:
        """Say whether a text is a hit."""
        cased = canonical.casefold()
        return all(p.search(cased) for p in self.wanted) and not any(p.search(cased) for p in self.unwanted)

    def accepts(self, row: Row[Any]) -> bool:
        """Say whether an article is a hit, by its text and its facets."""
        if not self.fits(row.canonical):
            return False
        return self.facets == Facets() or self.facets.fit(from_json(row.fields, ArticleFields))


def parse(words: str, fold: Fold = str, facets: Facets = Facets()) -> Query:
    """Read a query: words with spaces between, all of which must stand in the text.

    "In quotes" is one phrase with its spaces; `-word` must not stand in the text. Latin words and numbers
    are found whole: 5亿 does not find 2.5亿. Letter case does not matter. `fold` is the folding that made
    the texts.
    """
    wanted, unwanted = [], []
    tokens: set[str] = set(facets.tokens)
    prefixes: set[str] = set()
    for match in _TERM.finditer(words):
        phrase = fold(match["phrase"] if match["phrase"] is not None else match["word"]).strip().casefold()
        if not phrase:
            continue
        if match["no"]:
            unwanted.append(word_pattern(phrase))
            continue
        wanted.append(word_pattern(phrase))
        for unit in _UNIT.finditer(phrase):
            (prefixes if unit["run"] and len(unit["run"]) == 1 else tokens).update(_query_tokens(unit))
    return Query(tuple(wanted), tuple(unwanted), tuple(sorted(tokens)), tuple(sorted(prefixes)), facets)


def index_text(canonical: str) -> str:
    """What the index keeps of a text, with spaces between: each Latin word and number, and of each run of other
    characters its neighbouring pairs and its first and last character, so that every character begins a token.
    """
    if len(canonical) > LONGEST_TEXT:
        return _LONG
    cased = canonical.casefold()
    runs = f" {_NO_RUN.sub(' ', cased)} "
    # A pair of a character and the space beside a run is that character alone.
    words = (word[:_LONGEST_TOKEN] for word in _WORD.findall(cased))
    return f"{' '.join(map(joined, runs, runs[1:]))} {' '.join(words)}"


def facet_tokens(fields: ArticleFields) -> tuple[str, ...]:
    """The tokens of an article's facets."""
    facets = [("source", fields.source)] if fields.source else []
    facets += [("author", name) for name in fields.authors]
    facets += [("editor", name) for name in fields.editors]
    facets += [("section", name) for name in fields.section]
    return tuple(_facet(kind, value) for kind, value in facets)


def _facet(kind: str, value: str) -> str:
    """One token of letters and digits, which no text is likely to hold."""
    said = "".join(value.casefold().split())
    return "f" + hashlib.blake2b(f"{kind}:{said}".encode("utf-8", "replace"), digest_size=10).hexdigest()


def _document(canonical: str, fields: ArticleFields) -> str:
    return " ".join((index_text(canonical), *facet_tokens(fields)))


def add(connection: Connection, revision: int, canonical: str, fields: ArticleFields) -> None:
    """Index a new revision, in the transaction that stores it."""
    if connection.dialect.name == "sqlite":
        if revision % BATCH == 0:
            _index_waiting(connection)
        return
    tokens = " ".join(_document(canonical, fields).split())  # PostgreSQL refuses empty ones
    connection.execute(_TSVECTOR_ADD, {"revision": revision, "tokens": tokens})


Said = tuple[str, ArticleFields]


def replace(connection: Connection, revision: int, old: Said, new: Said) -> None:
    """Index the text and fields of a revision that was read anew; `old` are those that were indexed."""
    if connection.dialect.name == "sqlite":
        if revision > _mark(connection):
            return
        connection.execute(_FTS5_REMOVE, {"revision": revision, "tokens": _document(*old)})
        connection.execute(_FTS5_ADD, {"revision": revision, "tokens": _document(*new)})
        return
    connection.execute(_TSVECTOR_REMOVE, {"revision": revision})
    add(connection, revision, *new)


def rebuild(connection: Connection) -> int:
    """Throw the index away and make it from the stored texts; returns how many revisions it holds."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search (search) VALUES ('delete-all')")
        _set_mark(connection, 0)
        return _index_waiting(connection)
    connection.exec_driver_sql("TRUNCATE search")
    done = 0
    texts = select(revisions.c.id, revisions.c.canonical, revisions.c.fields).execution_options(yield_per=500)
    for page in connection.execute(texts).partitions():
        for revision, said in _whole(connection, page):
            add(connection, revision, *said)
            done += 1
    return done


def hits(connection: Connection, query: Query, wanted: Select[Any], below: int | None) -> Iterator[Row[Any]]:
    """Yield the articles that a query finds, the one with the newest revision first.

    `wanted` selects from articles joined with their last revision, and says further conditions; its rows
    must have `revision_id` and `canonical`, and `fields` where facets are asked for. `below` is the revision to
    go on from.
    """
    for statement, parameters in _proposals(connection, query, wanted, below):
        bound, size = below, _FIRST_PAGE
        while True:
            page = statement if bound is None else statement.where(revisions.c.id < bound)
            rows = connection.execute(page.limit(size), parameters).all()
            yield from (row for row in rows if query.accepts(row))
            if len(rows) < size:
                break
            bound, size = rows[-1].revision_id, _FURTHER_PAGES
    if connection.dialect.name == "postgresql" and (query.tokens or query.prefixes):
        for row in _from_index(connection, query, wanted, below):
            if query.accepts(row):
                yield row


def _proposals(
    connection: Connection, query: Query, wanted: Select[Any], below: int | None
) -> Iterator[tuple[Select[Any], dict[str, Any]]]:
    """Yield the statements whose rows may be hits, newest revisions first."""
    newest = wanted.order_by(revisions.c.id.desc())
    if not query.tokens and not query.prefixes:
        yield newest, {}
    elif connection.dialect.name == "sqlite":
        mark = _mark(connection)
        yield newest.where(revisions.c.id > mark), {}
        match = _fts5.c.search.op("MATCH")(bindparam("query"))
        # By rowid from the newest on FTS5 answers without looking at the whole index.
        proposed = wanted.where(revisions.c.id == _fts5.c.rowid, match)
        yield proposed.order_by(_fts5.c.rowid.desc()), {"query": _fts5_query(query)}
    else:
        asked = {"query": _tsquery(query)}
        match = _tsvectors.c.tokens.op("@@")(cast(bindparam("query"), TSQUERY))
        bound = _last(connection, below) - _NEWEST
        # Left to choose, PostgreSQL goes through all of them: it thinks a word that hardly stands anywhere frequent,
        # and does not count what unpacking the tokens costs. A bound of one table is none of the other for it.
        near = (
            _tsvectors.c.revision == revisions.c.id,
            _tsvectors.c.revision > bound,
            revisions.c.id > bound,
        )
        yield newest.where(*near, match), asked


def _last(connection: Connection, below: int | None) -> int:
    """The number from which a search goes down."""
    return (connection.scalar(select(func.max(revisions.c.id))) or 0) if below is None else below - 1


def _from_index(
    connection: Connection, query: Query, wanted: Select[Any], below: int | None
) -> Iterator[Row[Any]]:
    """On PostgreSQL: yield what may be a hit, newest first, below those that were looked at one by one."""
    upper = _last(connection, below) - _NEWEST
    for length in (*_STRETCHES, None):
        lower = 0 if length is None else max(0, upper - length)
        numbers = _named_by_index(connection, query, lower, upper)
        for at in range(0, len(numbers), _READ_AT_ONCE):
            chosen = wanted.where(revisions.c.id.in_(numbers[at : at + _READ_AT_ONCE]))
            yield from connection.execute(chosen.order_by(revisions.c.id.desc())).all()
        if lower == 0:
            return
        upper = lower


#: By the index of the tokens, and the primary key's beside it: never by unpacking the tokens of a whole stretch.
_BITMAPS_ONLY = "SET LOCAL enable_indexscan = {0}; SET LOCAL enable_seqscan = {0}"
_NAMED = (
    select(_tsvectors.c.revision)
    .where(_tsvectors.c.tokens.op("@@")(cast(bindparam("query"), TSQUERY)))
    .where(_tsvectors.c.revision > bindparam("lower"), _tsvectors.c.revision <= bindparam("upper"))
    .order_by(_tsvectors.c.revision.desc())
)


def _named_by_index(connection: Connection, query: Query, lower: int, upper: int) -> list[int]:
    """The revisions above `lower`, up to `upper`, that the index names, the newest first."""
    connection.exec_driver_sql(_BITMAPS_ONLY.format("off"))
    asked = {"query": _tsquery(query), "lower": lower, "upper": upper}
    numbers = list(connection.execute(_NAMED, asked).scalars())
    connection.exec_driver_sql(_BITMAPS_ONLY.format("on"))
    return numbers


def _fts5_query(query: Query) -> str:
    # Tokens are letters and digits only, so that nothing in them needs escaping.
    asked = [f'"{token}"' for token in query.tokens] + [f'"{token}"*' for token in query.prefixes]
    return f'({" AND ".join(asked)}) OR "{_LONG}"'


def _tsquery(query: Query) -> str:
    asked = [f"'{token}'" for token in query.tokens] + [f"'{token}':*" for token in query.prefixes]
    return f"({' & '.join(asked)}) | '{_LONG}'"


def _query_tokens(unit: re.Match[str]) -> list[str]:
    run = unit["run"]
    if not run:
        return [unit["word"][:_LONGEST_TOKEN]]
    return [run] if len(run) == 1 else [a + b for a, b in pairwise(run)]


def _index_waiting(connection: Connection) -> int:
    """Index every revision above the mark, a batch at a time; returns how many."""
    done = 0
    waiting = (
        select(revisions.c.id, revisions.c.canonical, revisions.c.fields)
        .order_by(revisions.c.id)
        .limit(BATCH)
    )
    while rows := connection.execute(waiting.where(revisions.c.id > _mark(connection))).all():
        made = [(revision, _document(*said)) for revision, said in _whole(connection, rows)]
        connection.exec_driver_sql("INSERT INTO search (rowid, tokens) VALUES (?, ?)", made)
        _set_mark(connection, rows[-1].id)
        done += len(rows)
    return done


def _whole(connection: Connection, rows: Sequence[Any]) -> Iterator[tuple[int, Said]]:
    """Revisions and what they say, also of those that are packed."""
    for row, one in compaction.whole(connection, rows):
        yield row.id, (one.canonical, from_json(one.fields, ArticleFields))


def _mark(connection: Connection) -> int:
    value = connection.execute(select(meta.c.value).where(meta.c.name == MARK)).scalar()
    return int(value or 0)


def _set_mark(connection: Connection, revision: int) -> None:
    connection.execute(delete(meta).where(meta.c.name == MARK))
    connection.execute(insert(meta).values(name=MARK, value=str(revision)))
