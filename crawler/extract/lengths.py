"""PURE: an article's fields, each no longer than a line of its kind can be: only the body and its pictures may be long.

What is cut is no news: a headline has a tenth of what is allowed here. Everything that tells of an article shows these
fields whole - lists, messages, feeds - so that a page of megabytes in its headline would be in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from storage.records import ArticleFields, Image

#: Characters of a headline, and of the lines above and below it, some of which are whole paragraphs.
LONGEST_TITLE, LONGEST_LINE = 500, 2_000
#: Characters of one name of a source, a person or a section; how many of them there may be of a kind.
LONGEST_NAME, MOST_NAMES = 200, 200
#: Characters of a picture's address and caption; a longer address is none.
LONGEST_URL, LONGEST_CAPTION = 2_048, 2_000


def within_lengths(fields: ArticleFields) -> ArticleFields:
    """The fields, cut where they are longer; the very same where none is."""
    found = replace(
        fields,
        title=_cut(fields.title, LONGEST_TITLE),
        kicker=_cut(fields.kicker, LONGEST_LINE),
        subtitle=_cut(fields.subtitle, LONGEST_LINE),
        source=_cut(fields.source, LONGEST_NAME),
        authors=_names(fields.authors),
        editors=_names(fields.editors),
        section=_names(fields.section),
        images=tuple(_pictures(fields.images)),
    )
    return fields if found == fields else found


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip()


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_cut(name, LONGEST_NAME) for name in names))[:MOST_NAMES]


def _pictures(pictures: Iterable[Image]) -> Iterator[Image]:
    for one in pictures:
        if len(one.url) <= LONGEST_URL:
            yield replace(one, caption=_cut(one.caption, LONGEST_CAPTION))
