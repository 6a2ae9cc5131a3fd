"""PURE: one visit to an article, over all its parts: what to ask for next, and what the visit came to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from crawler.sites.model import ArticleAddress, Publisher
from storage.records import Outcome, PageBody

PartT = TypeVar("PartT")
#: How sites name the page that they send readers to for what is not there.
_ERROR_PAGE = re.compile(r"/(?:40[34]|410|error|notfound|not-found|page_?404)[\w-]*(?:\.\w+)?$", re.I)
#: Parts of one article that are asked for; those beyond are as good as none.
MOST_PARTS = 100
_BLOCKED = frozenset({401, 403, 407, 429, 451})


@dataclass(frozen=True, slots=True)
class Ask:
    """One page to fetch; a `fresh` one without validators, because its body is needed."""

    url: str
    part: int
    fresh: bool = False


@dataclass(slots=True)
class Visit(Generic[PartT]):
    """Collects the answers for all parts of one article.

    An article is read only whole: when one part changed, the parts that answered 304 are asked for again,
    and when one part fails, the visit fails.
    """

    address: ArticleAddress
    url: str
    known: Mapping[int, str] = field(default_factory=dict)
    is_new: bool = False  # the store was asked in this run, and has no such article
    parts: dict[int, PartT] = field(default_factory=dict)
    outcome: Outcome | None = None
    detail: str = ""
    status: int | None = None
    size: int = 0
    seconds: float = 0.0
    shown: PageBody | None = None  # what part 1 shows where it cannot be read
    _waiting: set[int] = field(default_factory=set)
    _unmodified: dict[int, str] = field(default_factory=dict)

    def begin(self) -> list[Ask]:
        """The first pages to ask for: part 1, and all further parts that are known."""
        return self._ask(
            [Ask(self.url, 1), *(Ask(url, part) for part, url in self.known.items() if part > 1)]
        )

    def transferred(self, status: int, size: int, seconds: float, part: int) -> None:
        """Add up what the transfers cost."""
        self.size += size
        self.seconds += seconds
        if part == 1:
            self.status = status

    def unmodified(self, ask: Ask) -> list[Ask]:
        """A part answered 304. Returns what to ask for next."""
        self._waiting.discard(ask.part)
        self._unmodified[ask.part] = ask.url
        return self._settle()

    def read(self, ask: Ask, part: PartT, further: Mapping[int, str]) -> list[Ask]:
        """A part was read; `further` are the parts that it links to. Returns what to ask for next."""
        self._waiting.discard(ask.part)
        self.parts[ask.part] = part
        seen = self._waiting | self.parts.keys() | self._unmodified.keys()
        fresh = [Ask(url, number) for number, url in further.items() if number not in seen]
        asks = self._ask(fresh[: max(0, MOST_PARTS - len(seen))])
        return asks + self._settle()

    def failed(self, ask: Ask, outcome: Outcome, detail: str, shown: PageBody | None = None) -> list[Ask]:
        """A part could not be read. Part 1 decides for the article; a later one only spoils this visit."""
        self._waiting.discard(ask.part)
        if ask.part == 1:
            self.outcome, self.detail, self.shown = outcome, detail, shown
        elif self.outcome is None:
            self.outcome, self.detail = Outcome.FAILED, f"part {ask.part}: {detail or outcome.value}"
        return []

    @property
    def done(self) -> bool:
        """Whether nothing is waited for any more."""
        return not self._waiting

    @property
    def verdict(self) -> Outcome:
        """What the visit came to, once it is done."""
        if self.outcome is not None:
            return self.outcome
        return Outcome.READ if self.parts else Outcome.NOT_MODIFIED

    def _settle(self) -> list[Ask]:
        if self._waiting or not self.parts or not self._unmodified or self.outcome is not None:
            return []
        again = [Ask(url, part, fresh=True) for part, url in self._unmodified.items()]
        self._unmodified.clear()
        return self._ask(again)

    def _ask(self, asks: list[Ask]) -> list[Ask]:
        self._waiting.update(ask.part for ask in asks)
        return asks


def judge(
    status: int, asked: str, answered: str, size: int, publisher: Publisher
) -> tuple[Outcome, str] | None:
    """Say what an answer means for an article before its body is read; None where the body decides.

    `asked` and `answered` are the addresses before and after redirects; `size` is the body's, in bytes.
    """
    if status == 304:
        return Outcome.NOT_MODIFIED, ""
    if status in (404, 410):
        return Outcome.GONE, f"the server answers {status}"
    if status in _BLOCKED:
        return Outcome.BLOCKED, f"the server answers {status}"
    if status != 200:
        return Outcome.FAILED, f"the server answers {status}"
    if asked != answered and (elsewhere := _moved(asked, answered, publisher)):
        return elsewhere
    if size == 0:
        return Outcome.FAILED, "the body is empty"
    return None


def _moved(asked: str, answered: str, publisher: Publisher) -> tuple[Outcome, str] | None:
    # Of an article whose address does not say so, neither need the one that it was moved to.
    find = publisher.listed if publisher.locate(asked) is None else publisher.locate
    before, after = find(asked), find(answered)
    if after is None:
        path = urlsplit(answered).path
        if path in ("", "/") or path.endswith(("/", "/index.html")):
            return Outcome.REDIRECTED_HOME, f"redirected to {answered}"
        if _ERROR_PAGE.search(path):
            return Outcome.SOFT_GONE, f"redirected to {answered}"
        return Outcome.FAILED, f"redirected to {answered}, which is no article"
    if before is not None and before.key != after.key:
        return Outcome.FAILED, f"redirected to another article, {answered}"
    return None
