"""PURE: where in an article the text stands that was repaired."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from storage.records import ArticleFields, Repair


def places(fields: ArticleFields, repairs: Iterable[Repair]) -> dict[str, Repair]:
    """The pieces of an article's text that repair put there, each with its repair.

    A repair knows its place in the page's source, which holds more than the article. A piece is named only where
    there is no doubt: it stands in the article no more often than it was put into the page.
    """
    found = [one for one in repairs if one.repaired.strip() and one.repaired != one.found]
    put = Counter(one.repaired for one in found)
    captions = (image.caption for image in fields.images)
    text = "\n".join((fields.kicker, fields.title, fields.subtitle, *fields.body, *captions))
    return {one.repaired: one for one in found if 0 < text.count(one.repaired) <= put[one.repaired]}


def split(text: str, places: Mapping[str, Repair]) -> Iterator[tuple[str, Repair | None]]:
    """Yield a text piece by piece, each with the repair that put it there, or None."""
    last = 0
    if places:
        longest_first = sorted(places, key=len, reverse=True)
        for match in re.finditer("|".join(map(re.escape, longest_first)), text):
            if match.start() > last:
                yield text[last : match.start()], None
            yield match[0], places[match[0]]
            last = match.end()
    if last < len(text):
        yield text[last:], None
