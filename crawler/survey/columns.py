"""PURE: which of the pages looked at are listings of the channel's articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urljoin, urlsplit

from crawler.survey.links import Anchor
from crawler.survey.model import Column
from crawler.survey.page import Page

#: A listing shows so many articles of its own at least: those that not most other pages show, too.
LEAST_ARTICLES = 3
_MOST = 30


def choose_columns(
    home: str, pages: Sequence[tuple[Anchor, Page]], is_article: Callable[[str], bool]
) -> tuple[Column, ...]:
    """Of pages that links call by a short name, return those that list articles of their own, in the given order.

    Links that more than half of the pages show are furniture: most-read lists stand on pages of every kind. Of two
    pages that show the same articles the first is kept.
    """
    listed = [[link.url for link in page.links if is_article(link.url)] for _, page in pages]
    often = Counter(url for urls in listed for url in urls)
    furniture = {url for url, count in often.items() if len(pages) > 2 and count * 2 > len(pages)}
    found: list[Column] = []
    shown: list[set[str]] = []
    for (anchor, _), urls in zip(pages, listed, strict=True):
        own = set(urls) - furniture
        if len(own) < LEAST_ARTICLES or any(own <= before for before in shown):
            continue
        shown.append(own)
        found.append(Column(below(home, anchor.url), anchor.words, len(own)))
    return tuple(found[:_MOST])


def below(home: str, url: str) -> str:
    """An address as a path of the home's host, the way columns are written; whole where it is on another host."""
    there = urlsplit(url)
    if there.netloc.lower() != urlsplit(home).netloc.lower() or urlsplit(home).path not in ("", "/"):
        return url
    path = there.path or "/"
    return f"{path}?{there.query}" if there.query else path


def above(home: str, path: str) -> str:
    """The address that `below` wrote as a path."""
    return urljoin(home, path)
