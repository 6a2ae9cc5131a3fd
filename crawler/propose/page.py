"""PURE: a page as a tree in which each element knows which stretch of the page's folded text is its own."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawler.extract.flow import is_unseen, text_of
from crawler.extract.html import parse
from crawler.text.canonical import fold


def squeezed(text: str) -> str:
    """What a text says, without any white space: how words are looked up on a page."""
    return fold(text).replace(" ", "") if text and not text.isspace() else ""


class Page:
    """One page; `text` is all that it shows, squeezed, and `spans` where in it each visible element's words stand."""

    def __init__(self, html: str) -> None:
        self.tree = parse(html)
        self.text = ""
        self.spans: dict[etree._Element, tuple[int, int]] = {}
        self._lines: dict[etree._Element, str] = {}
        body = self.tree.find("body") if self.tree is not None else None
        if body is not None:
            self._scan(body)

    def _scan(self, body: etree._Element) -> None:
        """Walk the page once. Elements with children are entered before them, so `spans` is in document order."""
        pieces: list[str] = []
        at = 0
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if is_unseen(element):
                    walk.skip_subtree()
                    continue
                self.spans[element] = (at, at)
                piece = squeezed(element.text or "")
            else:
                if element in self.spans:
                    self.spans[element] = (self.spans[element][0], at)
                piece = squeezed(element.tail or "") if element is not body else ""
            if piece:
                pieces.append(piece)
                at += len(piece)
        self.text = "".join(pieces)

    def words(self, element: etree._Element) -> str:
        """The squeezed words of an element, '' for one that is not shown."""
        start, end = self.spans.get(element, (0, 0))
        return self.text[start:end]

    def line(self, element: etree._Element) -> str:
        """The words of an element in one line, as a reader sees them."""
        if element not in self._lines:
            self._lines[element] = text_of(element)
        return self._lines[element]

    def short(self, limit: int) -> Iterator[etree._Element]:
        """The visible elements of 1 to `limit` squeezed characters, in document order."""
        return (one for one, (start, end) in self.spans.items() if 0 < end - start <= limit)
