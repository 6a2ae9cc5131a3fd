"""A site of columns: listings in pages, article pages, and the pages beside them that are no articles. Pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from .model import Column, Maker, Reply, Site, Story

PER_PAGE = 6


class Sections(Site):
    """Lays out home, listings, articles and `others`; subclasses write the HTML."""

    per_page = PER_PAGE

    @abstractmethod
    def home(self, base: str) -> str:
        """The home page."""

    @abstractmethod
    def listing(self, column: int, page: int, base: str) -> str:
        """Page `page`, from 1, of a column."""

    @abstractmethod
    def article(self, story: Story, base: str) -> str:
        """A story's page."""

    def others(self) -> dict[str, str]:
        """Pages that are no articles: path → HTML."""
        return {}

    def files(self) -> dict[str, Maker]:
        """Anything that is no HTML page: robots.txt, feeds."""
        return {}

    @abstractmethod
    def page_path(self, column: int, page: int) -> str:
        """The path of a listing's further page."""

    def count(self, column: int) -> int:
        """How many pages a column has."""
        return max(1, -(-len(self.newest(column)) // self.per_page))

    def shown(self, column: int, page: int) -> list[Story]:
        """The stories on a page of a column."""
        return self.newest(column)[(page - 1) * self.per_page : page * self.per_page]

    def related(self, story: Story, count: int = 4) -> list[Story]:
        """Other stories of the same column."""
        return [other for other in self.newest(story.column) if other.number != story.number][:count]

    def lay_out(self) -> dict[str, Maker]:
        """Every path and its maker."""
        found: dict[str, Maker] = {"/": lambda base: self.page(self.home(base))}
        found.update((path, maker) for path, maker in self._listings())
        for story in self.stories.values():
            found[self.path_of(story)] = lambda base, story=story: self.page(self.article(story, base))  # type: ignore[misc]
        for path, html in self.others().items():
            found[path] = lambda base, html=html: self.page(html)  # type: ignore[misc]
        return found | self.files()

    def _listings(self) -> Iterator[tuple[str, Maker]]:
        for number, column in enumerate(self.columns):
            for page in range(1, self.count(number) + 1):
                path = column.path if page == 1 else self.page_path(number, page)

                def maker(base: str, number: int = number, page: int = page) -> Reply:
                    return self.page(self.listing(number, page, base))

                yield path, maker


def columns_of(labels: str, names: list[str], form: str) -> tuple[Column, ...]:
    """Columns from labels and path names; `form` has the name at {}."""
    return tuple(Column(label, form.format(name)) for label, name in zip(labels.split(), names, strict=True))
