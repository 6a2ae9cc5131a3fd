"""PURE the signature of a text: a sample of its 8-grams, by which an index finds candidates among a million.

Sampling is by value (keep the smallest hashes), so that two texts keep the same ones of the grams they share:
Broder, "On the resemblance and containment of documents" (1997). A sample that grows with the text finds a part
in a whole; a fixed number would find only texts of like size.

The index is a table (week, key, article), its primary key those three columns. A look-up asks for the keys in
`WINDOW_WEEKS`; `rank` orders what comes back. Keys that many articles of a week have are template text: they
are not stored again (`new_keys`), which bounds what a look-up can return.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from zlib import crc32

from storage.stories.text import letters

#: Characters of a gram; one in this many grams is kept, but at least so many. See docs/decisions/0006-stories.md.
GRAM = 8
ONE_IN = 32
FEWEST = 24
MOST = 256
#: As many articles of one week may store one key.
COMMON = 50
#: How many candidates are compared in full.
CANDIDATES = 4
#: The weeks, relative to an article's own, that a look-up asks for: a republication comes within seven days.
WINDOW_WEEKS = (-1, 0, 1)

_HASHES = 1 << 32
_WEEK = timedelta(days=7)
_START = datetime(1970, 1, 5, tzinfo=UTC)


def signature(canonical: str) -> tuple[int, ...]:
    """Return the keys of a canonical text, ascending, each below 2**32. The same text has the same keys, always.

    A text of fewer than eight letters has one key.
    """
    plain = letters(canonical).encode("utf-16-le", "surrogatepass")
    size = 2 * GRAM
    grams = [plain[at : at + size] for at in range(0, max(1, len(plain) - size + 1), 2)]
    hashes = sorted({*map(crc32, grams)})
    kept = bisect_left(hashes, _HASHES // ONE_IN, hi=min(MOST, len(hashes)))
    return tuple(hashes[: max(kept, FEWEST)])


def week_of(at: datetime) -> int:
    """Return the number of the week (from Monday, UTC) in which an aware time lies."""
    return (at - _START) // _WEEK


def rank(rows: Iterable[tuple[int, int]], keys: Sequence[int]) -> tuple[int, ...]:
    """Return the articles worth a comparison, the likeliest first.

    `rows` are (key, article) as the index gave them for `keys`. A key counts the less the more articles have it:
    all pages of a template have its words, one has the numbers. An article with less than an eighth of the keys
    has, as a rule, no more than phrases of the trade in common; and one with a third of the best's likelihood
    is no rival to it.
    """
    found = list(rows)
    held = Counter(map(itemgetter(0), found))
    shared = Counter(map(itemgetter(1), found))
    least = len(keys) // 8
    likely: dict[int, float] = {}
    for key, article in found:
        if shared[article] >= least:
            likely[article] = likely.get(article, 0.0) + 1 / held[key]
    best = sorted(likely.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
    return tuple(article for article, likelihood in best if likelihood >= best[0][1] / 3)


def new_keys(rows: Iterable[tuple[int, int]], keys: Collection[int]) -> tuple[int, ...]:
    """Return the keys that are to be stored for an article: all but those that are common already.

    `rows` are (key, article) as the index gave them for `keys`, in the article's own week.
    """
    held = Counter(map(itemgetter(0), rows))
    return tuple(key for key in keys if held[key] < COMMON)
