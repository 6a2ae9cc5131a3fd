"""What a small news site is: stories, replies, and the site that turns one into the other. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

#: The newest story of every make is published a little before this moment.
EPOCH = datetime.fromisoformat("2026-11-23T21:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Story:
    """One article as its readers know it; `body` is its paragraphs, `column` the number of its column."""

    number: int
    column: int
    title: str
    published_at: datetime
    body: tuple[str, ...]
    source: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a site: what it is called, and the path of its first page."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server sends for one path."""

    body: bytes
    content_type: str = "text/html"
    status: int = 200
    location: str = ""


Maker = Callable[[str], Reply]


class Site(ABC):
    """A site of one make. `variant` draws its markup and addresses anew; the stories are of the same kind.

    Subclasses set the class attributes and lay their pages out in `lay_out`.
    """

    make = ""
    title = ""
    language = "zh-CN"
    time_zone = "Asia/Shanghai"
    charset = "utf-8"
    columns: tuple[Column, ...] = ()

    def __init__(self, variant: int = 0, stories: int = 30) -> None:
        self.variant = variant
        self.drawn = Random(f"{self.make}/{variant}/look")
        self.draw()
        self.stories = {story.number: story for story in self.write(stories)}
        self._pages: dict[str, Maker] | None = None

    @abstractmethod
    def draw(self) -> None:
        """Draw what differs from variant to variant: addresses, class names, nesting."""

    @abstractmethod
    def write(self, count: int) -> list[Story]:
        """Write the stories, newest first."""

    @abstractmethod
    def path_of(self, story: Story) -> str:
        """The path, with its query, of a story's page."""

    @abstractmethod
    def lay_out(self) -> dict[str, Maker]:
        """Every path of the site and what makes its page, given the site's address without a last slash."""

    def newest(self, column: int | None = None) -> list[Story]:
        """The stories of a column, or of all, newest first."""
        chosen = [s for s in self.stories.values() if column is None or s.column == column]
        return sorted(chosen, key=lambda story: story.published_at, reverse=True)

    def pages(self) -> dict[str, Maker]:
        """The pages as they are now."""
        if self._pages is None:
            self._pages = self.lay_out()
        return self._pages

    def edit(self, number: int, **changes: Any) -> None:
        """Change a story's fields, as an editor does."""
        self.stories[number] = replace(self.stories[number], **changes)
        self._pages = None

    def remove(self, number: int) -> None:
        """Take a story down."""
        del self.stories[number]
        self._pages = None

    def reply(self, path: str, base: str) -> Reply:
        """Answer a request for a path with its query; parameters that the site does not know are ignored."""
        pages = self.pages()
        maker = pages.get(path) or pages.get(path.partition("?")[0])
        return maker(base) if maker else self.missing()

    def missing(self) -> Reply:
        """What the site says where there is nothing."""
        return self.page("<html><head><title>404</title></head><body><h1>404</h1></body></html>", status=404)

    def page(self, html: str, status: int = 200) -> Reply:
        """A page in the site's charset."""
        kind = f"text/html; charset={self.charset}" if self.charset == "utf-8" else "text/html"
        return Reply(html.encode(self.charset, "xmlcharrefreplace"), kind, status)

    def truth(self, base: str = "") -> dict[str, Any]:
        """What a perfect reader knows of the site, ready for JSON; `base` is its address without a last slash."""
        return {
            "make": self.make,
            "language": self.language,
            "time_zone": self.time_zone,
            "columns": [column.path for column in self.columns],
            "articles": [
                {
                    "url": base + self.path_of(story),
                    "number": story.number,
                    "title": story.title,
                    "published_at": story.published_at.isoformat(),
                    "source": story.source,
                    "authors": list(story.authors),
                    "body": list(story.body),
                }
                for story in self.newest()
            ],
        }
