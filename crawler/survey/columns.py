"""PURE: which of the pages looked at are listings of the channel's articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from crawler.survey.links import Anchor
from crawler.survey.model import Column
from crawler.survey.page import Page

#: A listing shows so many articles of its own at least: those that not most other pages show, too.
LEAST_ARTICLES = 3
_MOST = 30


def choose_columns(
    home: str,
    pages: Sequence[tuple[Anchor, Page]],
    articles: Sequence[Page],
    is_article: Callable[[str], bool],
) -> tuple[Column, ...]:
    """Of pages that links call by a short name, return those that list articles of their own, in the given order.

    Links that more than half of these pages or nearly all articles' pages show are furniture: most-read lists stand
    on pages of every kind. Of two pages that show the same articles the first is kept.
    """
    listed = [_articles_on(page, is_article) for _, page in pages]
    furniture = _common(listed, 0.5) | _common([_articles_on(page, is_article) for page in articles], 0.8)
    found: list[Column] = []
    shown: list[set[str]] = []
    for (anchor, _), urls in zip(pages, listed, strict=True):
        own = set(urls) - furniture
        if len(own) < LEAST_ARTICLES or any(own <= before for before in shown):
            continue
        shown.append(own)
        found.append(Column(below(home, anchor.url), anchor.words, len(own)))
    return tuple(found[:_MOST])


def _articles_on(page: Page, is_article: Callable[[str], bool]) -> list[str]:
    return [link.url for link in page.links if is_article(link.url)]


def _common(lists: Sequence[list[str]], share: float) -> set[str]:
    """What stands on more than a share of three pages or more."""
    often = Counter(url for urls in lists for url in urls)
    return {url for url, count in often.items() if len(lists) > 2 and count > share * len(lists)}


def below(home: str, url: str) -> str:
    """An address as a path of the home's host, the way columns are written; whole where it is on another host."""
    there = urlsplit(url)
    if there.netloc.lower() != urlsplit(home).netloc.lower() or urlsplit(home).path not in ("", "/"):
        return url
    path = there.path or "/"
    return f"{path}?{there.query}" if there.query else path
