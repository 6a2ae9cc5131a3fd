"""Full-text search that finds Chinese words of one character, two, or more, and every place where they stand.

The index only proposes: it knows which tokens (pairs of neighbouring characters, whole Latin words and
numbers, these also with the character behind them) a revision has; on SQLite in an FTS5 table without positions,
on PostgreSQL in a tsvector without positions, which knows no limit of 16,383 places. The stored text disposes:
`Query.fits` reads it. So a result is exact, the same on both databases, and an index entry too many costs time,
never truth.

Beside the words of its text a revision is found by its facets: source, authors, editors, sections, each
indexed as one token made of its digest, and judged by the stored fields; and by its article's channel.

On SQLite revisions are indexed 64 at a time, which halves the price of storing an article; those still
waiting (above the mark in `meta`) are proposed to every query.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import add as joined
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
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
from storage.schema import articles, meta, revisions
from storage.wordquery import IN_WORD, word_pattern

Fold = Callable[[str], str]


#: Revisions that wait for the index together, on SQLite.
BATCH = 64

#: Revisions that are indexed together when PostgreSQL's index is made anew.
_REBUILT_AT_ONCE = 500

#: A longer text is not indexed but proposed to every query: a tsvector holds at most 1 MB.
LONGEST_TEXT = 100_000
_LONG = "\uff0a"  # no letter, so never a token of a text

#: PostgreSQL refuses lexemes over 2,046 bytes; two tokens that differ later are told apart by the text.
_LONGEST_TOKEN = 64

#: A Latin word or number, its point or comma included: 8 is not found in 12.8, so it need not be indexed there.
_WORDS = rf"{IN_WORD}+(?:(?<=[0-9])[.,](?=[0-9]){IN_WORD}+)*"
_WORD = re.compile(rf"({_WORDS})([^\W_]?)")
_NO_RUN = re.compile(r"[\W_\0-\u2e7f]+")
_UNIT = re.compile(rf"(?P<word>{_WORDS})|(?P<run>[^\W_]+?(?={IN_WORD}|[\W_]|$))")
#: FTS5 would end a token at any sign of ASCII.
_NO_SIGNS = str.maketrans(".,", "\u00b7\u02cc")
_TERM = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')

#: Of such characters each has one form: a word of them stands in a text as it is asked for, whatever the letter case.
_CASELESS = re.compile(r"[0-9.,%\u3000-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+")

#: Rows fetched at a time: a frequent word fills a page of results from the first, a rare one has no second.
_FIRST_PAGE, _FURTHER_PAGES = 100, 1000

#: On PostgreSQL each revision has a token for the block of so many that it belongs to: asked for together with it, the
#: index reads of a frequent word's list only what the block has. A stretch is so many blocks, a later one more.
BLOCK, _STRETCHES = 4096, (2, 16, 128)
BLOCK_SIGN = "\ue000"  # no letter either
#: Of those that the index names so many are read at a time.
_READ_AT_ONCE = (200, 1000)

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
_SAID = (
    select(revisions.c.id, revisions.c.canonical, revisions.c.fields, articles.c.channel)
    .join(articles, articles.c.id == revisions.c.article)
    .order_by(revisions.c.id)
)


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
    """What must stand in a text and what must not; the index is asked for `tokens` and `prefixes`.

    `plain` must stand in the stored text letter by letter, which the database sees before it sends a text.
    """

    wanted: tuple[re.Pattern[str], ...]
    unwanted: tuple[re.Pattern[str], ...]
    tokens: tuple[str, ...]
    prefixes: tuple[str, ...]
    plain: tuple[str, ...]
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


def parse(words: str, fold: Fold = str, facets: Facets = Facets(), channel: str | None = None) -> Query:
    """Read a query: words with spaces between, all of which must stand in the text.

    "In quotes" is one phrase with its spaces; `-word` must not stand in the text. Latin words and numbers
    are found whole: 5亿 does not find 2.5亿. Letter case does not matter. `fold` is the folding that made
    the texts. The index is asked for articles of the `channel` alone; whether one is of it, the caller sees to.
    """
    wanted, unwanted = [], []
    tokens: set[str] = set(facets.tokens)
    if channel is not None:
        tokens.add(_facet("channel", channel))
    prefixes: set[str] = set()
    plain: set[str] = set()
    for match in _TERM.finditer(words):
        phrase = fold(match["phrase"] if match["phrase"] is not None else match["word"]).strip().casefold()
        if not phrase:
            continue
        if match["no"]:
            unwanted.append(word_pattern(phrase))
            continue
        wanted.append(word_pattern(phrase))
        plain.update(filter(_CASELESS.fullmatch, phrase.split()))
        asked_tokens, asked_prefixes = _asked(phrase)
        tokens |= asked_tokens
        prefixes |= asked_prefixes
    named = (tuple(sorted(tokens)), tuple(sorted(prefixes)), tuple(sorted(plain)))
    return Query(tuple(wanted), tuple(unwanted), *named, facets)


def index_text(canonical: str) -> str:
    """What the index keeps of a text, with spaces between: each Latin word and number, alone and with the character
    behind it; of each run of other characters its neighbouring pairs and its first and last character, so that every
    character begins a token.
    """
    if len(canonical) > LONGEST_TEXT:
        return _LONG
    cased = canonical.casefold()
    runs = f" {_NO_RUN.sub(' ', cased)} "
    # A pair of a character and the space beside a run is that character alone.
    words = (_word_tokens(word, behind) for word, behind in _WORD.findall(cased))
    return f"{' '.join(map(joined, runs, runs[1:]))} {' '.join(words)}"


def _word_tokens(word: str, behind: str) -> str:
    alone = word.translate(_NO_SIGNS)[:_LONGEST_TOKEN]
    return f"{alone} {(alone + behind)[:_LONGEST_TOKEN]}" if behind else alone


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


class Said(NamedTuple):
    """What of a revision is indexed: text and fields, and the channel of its article."""

    canonical: str
    fields: ArticleFields
    channel: str

    @property
    def document(self) -> str:
        """Its tokens, with spaces between."""
        facets = (*facet_tokens(self.fields), _facet("channel", self.channel))
        return " ".join((index_text(self.canonical), *facets))


def add(connection: Connection, revision: int, said: Said) -> None:
    """Index a new revision, in the transaction that stores it."""
    if connection.dialect.name == "sqlite":
        if revision % BATCH == 0:
            _index_waiting(connection)
        return
    connection.execute(_TSVECTOR_ADD, _tsvector(revision, said))


def _tsvector(revision: int, said: Said) -> dict[str, Any]:
    """A row for PostgreSQL, which refuses empty tokens."""
    tokens = " ".join((*said.document.split(), _block_token(revision // BLOCK)))
    return {"revision": revision, "tokens": tokens}


def replace(connection: Connection, revision: int, old: Said, new: Said) -> None:
    """Index the text and fields of a revision that was read anew; `old` are those that were indexed."""
    if connection.dialect.name == "sqlite":
        if revision > _mark(connection):
            return
        connection.execute(_FTS5_REMOVE, {"revision": revision, "tokens": old.document})
        connection.execute(_FTS5_ADD, {"revision": revision, "tokens": new.document})
        return
    connection.execute(_TSVECTOR_REMOVE, {"revision": revision})
    add(connection, revision, new)


def rebuild(connection: Connection) -> int:
    """Throw the index away and make it from the stored texts; returns how many revisions it holds."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search (search) VALUES ('delete-all')")
        _set_mark(connection, 0)
        return _index_waiting(connection)
    connection.exec_driver_sql("TRUNCATE search")
    with token_index_later(connection):
        return sum(map(partial(_add_all, connection), _pages(connection, 0, _REBUILT_AT_ONCE)))


def _pages(connection: Connection, last: int, size: int) -> Iterator[Sequence[Any]]:
    """The revisions after one, some at a time."""
    while rows := connection.execute(_SAID.where(revisions.c.id > last).limit(size)).all():
        yield rows
        last = rows[-1].id


def _add_all(connection: Connection, rows: Sequence[Any]) -> int:
    """Index some revisions on PostgreSQL, in as few round trips as may be."""
    connection.execute(_TSVECTOR_ADD, [_tsvector(*one) for one in _whole(connection, rows)])
    return len(rows)


@contextmanager
def token_index_later(connection: Connection) -> Iterator[None]:
    """Make PostgreSQL's index of the tokens at the end: at once it takes a fraction of the time."""
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
    connection.exec_driver_sql("DROP INDEX ix_search_tokens")
    yield
    connection.exec_driver_sql("CREATE INDEX ix_search_tokens ON search USING gin (tokens)")


def hits(connection: Connection, query: Query, wanted: Select[Any], below: int | None) -> Iterator[Row[Any]]:
    """Yield the articles that a query finds, the one with the newest revision first.

    `wanted` selects from articles joined with their last revision, and says further conditions; its rows
    must have `revision_id` and `canonical`, and `fields` where facets are asked for. `below` is the revision to
    go on from.
    """
    wanted = wanted.where(*_plainly(connection, query))
    if connection.dialect.name == "postgresql" and (query.tokens or query.prefixes):
        yield from filter(query.accepts, _from_index(connection, query, wanted, below))
        return
    for statement, parameters in _proposals(connection, query, wanted):
        bound, size = below, _FIRST_PAGE
        while True:
            page = statement if bound is None else statement.where(revisions.c.id < bound)
            rows = connection.execute(page.limit(size), parameters).all()
            yield from filter(query.accepts, rows)
            if len(rows) < size:
                break
            bound, size = rows[-1].revision_id, _FURTHER_PAGES


def _plainly(connection: Connection, query: Query) -> list[ColumnElement[bool]]:
    """The words that the database can look for by itself."""
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return [place(revisions.c.canonical, word) > 0 for word in query.plain]


def _proposals(
    connection: Connection, query: Query, wanted: Select[Any]
) -> Iterator[tuple[Select[Any], dict[str, Any]]]:
    """Yield the statements whose rows may be hits, newest revisions first."""
    newest = wanted.order_by(revisions.c.id.desc())
    if not query.tokens and not query.prefixes:
        yield newest, {}
        return
    mark = _mark(connection)
    yield newest.where(revisions.c.id > mark), {}
    match = _fts5.c.search.op("MATCH")(bindparam("query"))
    # By rowid from the newest on FTS5 answers without looking at the whole index.
    proposed = wanted.where(revisions.c.id == _fts5.c.rowid, match)
    yield proposed.order_by(_fts5.c.rowid.desc()), {"query": _fts5_query(query)}


def _from_index(
    connection: Connection, query: Query, wanted: Select[Any], below: int | None
) -> Iterator[Row[Any]]:
    """On PostgreSQL: yield what may be a hit, newest first."""
    upper = (connection.scalar(select(func.max(revisions.c.id))) or 0) if below is None else below - 1
    for blocks in _stretches(upper):
        numbers = _named_by_index(connection, query, blocks, upper)
        at, size = 0, _READ_AT_ONCE[0]
        while some := numbers[at : at + size]:
            chosen = wanted.where(revisions.c.id.in_(some)).order_by(revisions.c.id.desc())
            yield from connection.execute(chosen).all()
            at, size = at + size, _READ_AT_ONCE[1]


def _stretches(upper: int) -> Iterator[range]:
    """The blocks from that of a revision down, some at a time."""
    end = upper // BLOCK + 1
    for length in (*_STRETCHES, end):
        begin = max(0, end - length)
        yield range(begin, end)
        if begin == 0:
            return
        end = begin


#: By the index of the tokens alone: PostgreSQL does not count what unpacking the tokens of many revisions costs.
_BITMAPS_ONLY = "SET LOCAL enable_indexscan = {0}; SET LOCAL enable_seqscan = {0}"
_NAMED = (
    select(_tsvectors.c.revision)
    .where(_tsvectors.c.tokens.op("@@")(cast(bindparam("query"), TSQUERY)))
    # No bounds that an index could serve: it would be taken for the index of the tokens.
    .where((_tsvectors.c.revision + 0).between(bindparam("first"), bindparam("last")))
    .order_by(_tsvectors.c.revision.desc())
)


def _named_by_index(connection: Connection, query: Query, blocks: range, upper: int) -> list[int]:
    """The revisions of some blocks, up to `upper`, that the index names, the newest first."""
    asked = _tsquery(query)
    if blocks.start > 0 or len(blocks) <= max(_STRETCHES):
        asked = f"({' | '.join(_block_token(one) for one in blocks)}) & ({asked})"
    connection.exec_driver_sql(_BITMAPS_ONLY.format("off"))
    last = min(upper, blocks.stop * BLOCK - 1)
    numbers = list(
        connection.execute(_NAMED, {"query": asked, "first": blocks.start * BLOCK, "last": last}).scalars()
    )
    connection.exec_driver_sql(_BITMAPS_ONLY.format("on"))
    return numbers


def _block_token(block: int) -> str:
    return f"{BLOCK_SIGN}{block}"


def _fts5_query(query: Query) -> str:
    # Tokens are letters and digits only, so that nothing in them needs escaping.
    asked = [f'"{token}"' for token in query.tokens] + [f'"{token}"*' for token in query.prefixes]
    return f'({" AND ".join(asked)}) OR "{_LONG}"'


def _tsquery(query: Query) -> str:
    asked = [f"'{token}'" for token in query.tokens] + [f"'{token}':*" for token in query.prefixes]
    return f"({' & '.join(asked)}) | '{_LONG}'"


def _asked(phrase: str) -> tuple[set[str], set[str]]:
    """The tokens, and the beginnings of tokens, that a text with this phrase has."""
    tokens: set[str] = set()
    prefixes: set[str] = set()
    word, ended = "", -1
    for unit in _UNIT.finditer(phrase):
        run = unit["run"] or ""
        joins = word and unit.start() == ended
        if joins:
            tokens.remove(word)
            tokens.add((word + run[0])[:_LONGEST_TOKEN])
        if len(run) == 1 and not joins:
            prefixes.add(run)
        tokens.update(a + b for a, b in pairwise(run))
        word, ended = "" if run else unit["word"].translate(_NO_SIGNS)[:_LONGEST_TOKEN], unit.end()
        if word:
            tokens.add(word)
    return tokens, prefixes


def _index_waiting(connection: Connection) -> int:
    """Index every revision above the mark, a batch at a time; returns how many."""
    done = 0
    for rows in _pages(connection, _mark(connection), BATCH):
        made = [(revision, said.document) for revision, said in _whole(connection, rows)]
        connection.exec_driver_sql("INSERT INTO search (rowid, tokens) VALUES (?, ?)", made)
        _set_mark(connection, rows[-1].id)
        done += len(rows)
    return done


def _whole(connection: Connection, rows: Sequence[Any]) -> Iterator[tuple[int, Said]]:
    """Revisions and what they say, also of those that are packed."""
    for row, one in compaction.whole(connection, rows):
        yield row.id, Said(one.canonical, from_json(one.fields, ArticleFields), row.channel)


def _mark(connection: Connection) -> int:
    value = connection.execute(select(meta.c.value).where(meta.c.name == MARK)).scalar()
    return int(value or 0)


def _set_mark(connection: Connection, revision: int) -> None:
    connection.execute(delete(meta).where(meta.c.name == MARK))
    connection.execute(insert(meta).values(name=MARK, value=str(revision)))
