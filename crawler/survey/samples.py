"""PURE: links with a headline's words → which shapes of addresses are articles', judged by pages of each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from crawler.survey.links import Anchor
from crawler.survey.model import Sample
from crawler.survey.naming import title_of_page
from crawler.survey.page import Page
from crawler.survey.shapes import Shape, shape_of
from storage.records import ArticleFields

#: An article's text has so many characters at least.
LEAST_TEXT, _LONG_TEXT = 80, 200
#: Shapes that so few links have are not looked at, unless a feed lists them.
_LEAST_LINKS = 2
_SPACE = re.compile(r"[\s…·.]+")


def ranked_shapes(anchors: Iterable[Anchor]) -> list[Shape]:
    """The shapes of the addresses behind headlines, the commonest first; those of single links are left out."""
    counts = Counter(shape_of(anchor.url) for anchor in anchors)
    return [shape for shape, count in counts.most_common() if count >= _LEAST_LINKS]


def choose(anchors: Iterable[Anchor], shapes: list[Shape], count: int, taken: Iterable[str]) -> list[Anchor]:
    """Choose so many articles to look at, of each shape in turn, spread over the order in which they were seen."""
    gone = set(taken)
    queues: dict[Shape, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        if anchor.url not in gone:
            queues[shape_of(anchor.url)].append(anchor)
    spread = {shape: _spread(queues[shape], count) for shape in shapes}
    found: list[Anchor] = []
    for turn in range(count):
        for shape in shapes:
            if turn < len(spread[shape]) and len(found) < count:
                found.append(spread[shape][turn])
    return found


def _spread(anchors: list[Anchor], count: int) -> list[Anchor]:
    """The first, and others at equal steps behind it."""
    step = max(1, len(anchors) // count)
    return anchors[::step]


def sample_of(anchor: Anchor, page: Page, zone: str) -> Sample:
    """Read one article, and judge whether it is one."""
    if not page.ok:
        return Sample(anchor.url, anchor.words, problem=page.trouble)
    fields = page.read(zone)
    if fields is None:
        return Sample(anchor.url, anchor.words, problem="there is no text")
    if len("".join(fields.body)) < LEAST_TEXT:
        return Sample(anchor.url, anchor.words, fields, "the text is too short for an article")
    if not (same_headline(anchor.words, fields.title) or _is_titled(page, fields)):
        return Sample(anchor.url, anchor.words, fields, "its headline is not what the link says")
    if fields.published_at is None:
        return Sample(anchor.url, anchor.words, fields, "no time of publication is found")
    return Sample(anchor.url, anchor.words, fields)


def same_headline(words: str, title: str) -> bool:
    """Tell whether a link's words are a headline, whole, cut short, or with a summary behind it."""
    said, read = (_SPACE.sub("", text).lower() for text in (words, title))
    if not said:
        return True
    return bool(read) and (said.startswith(read) or read.startswith(said) or said in read or read in said)


def _is_titled(page: Page, fields: ArticleFields) -> bool:
    """A link may have a shorter headline of its own: then a long text and the page's own <title> speak for it."""
    return len("".join(fields.body)) >= _LONG_TEXT and fields.title in title_of_page(page.html)


def shapes_of_articles(samples: Iterable[Sample]) -> dict[Shape, bool]:
    """For each shape that was looked at, whether most of its pages are articles; silence of the server says nothing."""
    votes: Mapping[Shape, list[bool]] = defaultdict(list)
    for sample in samples:
        if sample.fields is not None or sample.problem == "there is no text":
            votes[shape_of(sample.url)].append(not sample.problem)
    return {shape: sum(said) * 2 > len(said) for shape, said in votes.items()}
