"""PURE: an element → the lines and pictures a reader sees in it, in reading order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from crawler.extract.words import words

BLOCKS = words(
    """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul
    """
)
UNSEEN = words(
    """
    script style noscript template head iframe object embed video audio canvas svg select option button
    input textarea map datalist param source track
    """
)
_BOLD = frozenset(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))
_CAPTIONS = frozenset(("figcaption", "caption"))
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_ALIGN = re.compile(r"text-align\s*:\s*(\w+)", re.I)

_LONGEST_STYLE = 500
#: Stands between two table cells while a line is collected. No page holds it: control characters are dropped.
_CELL_MARK = "\x1f"

_WHITE = re.compile(r"[ \t\r\n\f]+")
_EAST = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_WRAP = re.compile(rf"(?<=[{_EAST}])[ \t\f]*[\r\n][ \t\r\n\f]*(?=[{_EAST}])")
_UNSEEN_SIGNS = "\u00ad\u200b\u2060\ufeff"
_EDGES = " \u00a0\u3000\u2002\u2003\u2009\t\r\n\f"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a reader sees it. `bold`: nothing in it is set in normal weight."""

    text: str
    centred: bool = False
    bold: bool = False
    caption: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One `<img>`: its `src` as it stands."""

    src: str


Skip = Callable[[etree._Element], bool]


def tidy(text: str) -> str:
    """Collapse white space as a browser does, and trim indents.

    A line break between two East Asian characters is no space (CSS Text 3, 4.1.3); no-break spaces become
    spaces but do not collapse; characters without width go.
    """
    for sign in _UNSEEN_SIGNS:
        text = text.replace(sign, "")
    text = text.strip(_EDGES)
    if "\n" in text or "\r" in text:
        text = _WRAP.sub("", text)
    if "  " in text or "\t" in text or "\n" in text or "\r" in text:
        text = _WHITE.sub(" ", text)
    return text.replace("\u00a0", " ").strip(_EDGES)


@lru_cache(maxsize=512)
def _hides(style: str) -> bool:
    return _HIDING.search(style) is not None


@lru_cache(maxsize=512)
def _centres(style: str) -> bool | None:
    match = _ALIGN.search(style)
    return match.group(1).lower() == "center" if match else None


def _style(element: etree._Element) -> str:
    """Return an element's own style; a page's paragraphs share very few, and none is long."""
    style = element.get("style")
    return style[:_LONGEST_STYLE] if style else ""


def is_unseen(element: etree._Element) -> bool:
    """Tell whether a browser would not show this element: by its tag, `hidden`, or its own style."""
    if element.tag in UNSEEN or element.get("hidden") is not None:
        return True
    style = _style(element)
    return style != "" and _hides(style)


def _alignment(element: etree._Element) -> bool | None:
    """Tell whether an element centres its text; None where it leaves that to its parent."""
    tag = element.tag
    if tag == "center" or tag == "table":
        return tag == "center" or None
    style = _style(element)
    own = _centres(style) if style else None
    align = element.get("align") if own is None else None
    return align.lower() == "center" if align else own


class _Writer:
    """Collects text until a line is complete."""

    def __init__(self) -> None:
        self.blocks: list[Line | Picture] = []
        self.centred = [False]
        self.captions = 0
        self.bold = 0
        self._pieces: list[str] = []
        self._waiting: list[Picture] = []
        self._plain = False
        self._celled = False

    def text(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            if not self.bold and not self._plain and not text.isspace():
                self._plain = True

    def cell(self) -> None:
        """Keep the words of two table cells apart."""
        if self._pieces:
            self._pieces.append(_CELL_MARK)
            self._celled = True

    def picture(self, picture: Picture) -> None:
        """Take a picture; one inside a line stands after that line, so that it does not cut a sentence."""
        if tidy("".join(self._pieces)):
            self._waiting.append(picture)
        else:
            self.blocks.append(picture)

    def _complete(self) -> str:
        text = "".join(self._pieces)
        if text.isspace():
            return ""
        if self._celled:
            return " ".join(filter(None, map(tidy, text.split(_CELL_MARK))))
        return tidy(text)

    def flush(self) -> None:
        if self._pieces:
            text = self._complete()
            if text:
                self.blocks.append(Line(text, self.centred[-1], not self._plain, self.captions > 0))
            self._pieces.clear()
            self._plain = self._celled = False
        if self._waiting:
            self.blocks.extend(self._waiting)
            self._waiting.clear()

    def leaf(self, element: etree._Element) -> None:
        """Take a block without elements in it, as nearly all paragraphs are: open, flush and close in one."""
        self.flush()
        text = tidy(element.text or "")
        if text:
            tag, own = element.tag, _alignment(element)
            centred = self.centred[-1] if own is None else own
            bold, caption = self.bold > 0 or tag in _BOLD, self.captions > 0 or tag in _CAPTIONS
            self.blocks.append(Line(text, centred, bold, caption))

    def open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
            own = _alignment(element)
            self.centred.append(self.centred[-1] if own is None else own)
            self.captions += tag in _CAPTIONS
        elif tag == "br":
            self.flush()
        elif tag == "img":
            src = element.get("src") or ""
            lazy = element.get("data-src") or element.get("data-original")
            self.picture(Picture(lazy if lazy and (not src or src.startswith("data:")) else src))
        elif tag in _CELLS:
            self.cell()
        if tag in _BOLD:
            self.bold += 1
        self.text(element.text)

    def close(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
            self.centred.pop()
            self.captions -= tag in _CAPTIONS
        if tag in _BOLD:
            self.bold -= 1


def read_flow(root: etree._Element, skip: Skip = is_unseen) -> tuple[Line | Picture, ...]:
    """Walk `root` and return its lines and pictures; elements for which `skip` is true are left out.

    Works in time linear to the size of the element and without recursion. A table row is one line, its cells
    one space apart; a cell that holds paragraphs gives its own lines.
    """
    writer = _Writer()
    done: etree._Element | None = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element is not root and skip(element):
                walk.skip_subtree()
                done = element
                if element.tag in BLOCKS:
                    writer.flush()
            elif len(element) == 0 and element.tag in BLOCKS:
                writer.leaf(element)
                done = element
            else:
                writer.open(element)
            continue
        if element is done:
            done = None
        else:
            writer.close(element)
        if element is not root:
            writer.text(element.tail)
    writer.flush()
    return tuple(writer.blocks)


def text_of(element: etree._Element | None, skip: Skip = is_unseen) -> str:
    """Return an element's visible text in one line, its lines one space apart; '' for None."""
    if element is None:
        return ""
    if len(element) == 0:
        return tidy(element.text or "")
    return " ".join(block.text for block in read_flow(element, skip) if isinstance(block, Line))
