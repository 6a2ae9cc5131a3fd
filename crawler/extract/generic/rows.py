"""PURE: a page's tree → its rows: every line a reader sees, with what tells text from furniture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawler.extract.flow import BLOCKS, UNSEEN, Line, Picture, is_unseen, tidy

#: Class names and ids under which sites of every make keep what is no text of the article.
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:share|sharing|social|bdshare\w*|bshare\w*|jiathis\w*|related?|relevant|xgyd|xgxw|recommend\w*"
    r"|tuijian|hot|hots|hotnews|rank\w*|paihang|comments?|commentlist|reply|replies|feedback|pinglun|trackbacks?"
    r"|pager|pagination|page-?nav|breadcrumbs?|crumbs?|navbar|nav|navi|menu|sub-?menu|sidebar|side-?bar|widget"
    r"|footer|foot|copyright|banner|toolbar|ads?|advert\w*|guanggao|sponsor\w*|promo\w*|newsletter|subscribe"
    r"|login|signup|cookie\w*|popup|modal|qrcode|erweima|tags?|keywords?|prev-?next|print|disclaimer|shengming"
    r"|player|weixin|wechat|download)(?:$|[-_\s])",
    re.I,
)
#: Class names, ids and relations under which sites keep an author's name.
_AUTHOR = re.compile(
    r"(?:^|[-_\s])(?:authors?|by-?line|writer|reporters?|zuozhe|posted-?by|contributors?|p-author)"
    r"(?:[-_]?(?:names?|link|text|info))?(?:$|[-_\s])",
    re.I,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FURNITURE_TAGS = frozenset(("nav", "aside", "footer"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = _HEADINGS | {"b", "strong"}
_CELLS = frozenset(("td", "th"))
_UNSEEN = UNSEEN | {"title"}
_LAYOUT = frozenset(("table", "div", "td", "th"))
_CAPTIONS = frozenset(("figcaption", "caption"))
#: Containers so large that a class name on them says nothing of their text.
_WHOLE = frozenset(("html", "body"))
_LONGEST_NAME = 200
#: Marks stand near a page's headline; those of its comments and lists say nothing of the article.
_MARKED_ROWS = 300
_LONGEST_STAMP, _LONGEST_MARK, _MOST_MARKS, _MOST_PIECES = 40, 40, 4, 6
#: A page with more lines than this is no article; reading stops, so that its size cannot hold us up.
MOST_ROWS = 20_000


@dataclass(slots=True, eq=False)
class Box:
    """A block of the page: the rows in it and in the blocks inside it are `start` to `end` (exclusive)."""

    tag: str
    parent: Box | None
    centred: bool
    start: int
    end: int = 0
    score: float = 0.0


@dataclass(slots=True, eq=False)
class Row:
    """One line: its text, how many of its characters are links, the block it stands in.

    `zone`: it stands in a part that names itself furniture. `level`: 1–6 for a heading, else 0. `pictures` are
    the addresses of the pictures that stand before it, since the row before. `stamps` are the machine-readable
    times of its `<time>` elements, `names` the texts of elements that name themselves an author's.
    """

    text: str
    linked: int
    box: Box
    zone: bool
    level: int
    line: Line
    pictures: list[Picture] = field(default_factory=list)
    stamps: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@lru_cache(maxsize=2048)
def _names_furniture(name: str) -> bool:
    return _FURNITURE.search(_CAMEL.sub("-", name)) is not None


def is_zone(element: etree._Element) -> bool:
    """Tell whether an element names itself furniture, by its tag, class or id."""
    if element.tag in _FURNITURE_TAGS:
        return True
    for key in ("class", "id"):
        name = element.get(key)
        if name and element.tag not in _WHOLE and _names_furniture(name[:_LONGEST_NAME]):
            return True
    return False


@lru_cache(maxsize=2048)
def _names_author(name: str) -> bool:
    return _AUTHOR.search(_CAMEL.sub("-", name)) is not None


def _is_author(element: etree._Element) -> bool:
    """Tell whether an element names itself an author's, by its class or its link's relation."""
    name = element.get("class") or element.get("rel") or ""
    return 0 < len(name) <= _LONGEST_NAME and _names_author(name)


class _Scanner:
    """Collects text until a row is complete."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.box = Box("body", None, False, 0)
        self.pictures: list[Picture] = []
        self._pieces: list[str] = []
        self._linked = 0
        self.anchors = self.zones = self.bold = self.captions = 0
        self._plain = False
        self._stamps: list[str] = []
        self._names: list[str] = []
        self.level = self.preformatted = 0

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted and "\n" in text:
            first, *others = text.split("\n")
            self._add(first)
            for line in others:
                self.flush()
                self._add(line)
            return
        self._add(text)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        if text.isspace():
            return
        if self.anchors:
            self._linked += len(text.strip())
        if not self.bold:
            self._plain = True

    def flush(self) -> None:
        if not self._pieces:
            return
        text = "".join(self._pieces)
        if not text.isspace() and (text := tidy(text)):
            box = self.box
            line = Line(text, box.centred, not self._plain, self.captions > 0)
            row = Row(
                text, min(self._linked, len(text)), box, self.zones > 0, self.level, line, self.pictures
            )
            self.rows.append(row)
            self.pictures = []
            if self._stamps or self._names:
                row.stamps, row.names = tuple(self._stamps), tuple(self._names)
                self._stamps.clear()
                self._names.clear()
        self._pieces.clear()
        self._linked, self._plain = 0, False

    def mark(self, element: etree._Element, tag: str) -> None:
        """Note what an element says by itself of time and author."""
        if tag == "time":
            stamp = element.get("datetime") or ""
            if 8 <= len(stamp) <= _LONGEST_STAMP and len(self._stamps) < _MOST_MARKS:
                self._stamps.append(stamp)
        if len(self._names) < _MOST_MARKS and _is_author(element):
            pieces = [str(piece) for piece in islice(element.itertext(), _MOST_PIECES)]
            name = tidy("".join(pieces))
            if 2 <= len(name) <= _LONGEST_MARK:
                self._names.append(name)

    def enter(self, element: etree._Element, tag: str, plain: bool) -> None:
        self.flush()
        centred = tag == "center" or (self.box.centred and tag not in _LAYOUT)
        if not plain and not centred:
            style = element.get("style")
            centred = bool(style and "center" in style[:_LONGEST_NAME])
            centred = centred or (element.get("align") or "").lower() == "center"
        self.box = Box(tag, self.box, centred, len(self.rows))

    def leave(self) -> None:
        self.flush()
        self.box.end = len(self.rows)
        if self.box.parent is not None:
            self.box = self.box.parent

    def finish(self) -> list[Row]:
        """Close what is still open, and return the rows."""
        while self.box.parent is not None:
            self.leave()
        self.leave()
        return self.rows

    def open(self, element: etree._Element, tag: str, plain: bool) -> None:
        if tag in BLOCKS or tag in _CELLS:
            # Most tables lay out a page, so a cell is a block.
            self.enter(element, tag, plain)
            if tag in _HEADINGS:
                self.level = int(tag[1])
            self.captions += tag in _CAPTIONS
            self.preformatted += tag == "pre"
        elif tag == "br":
            self.flush()
        elif tag == "a":
            self.anchors += 1
        elif tag == "img":
            src = element.get("src") or ""
            lazy = element.get("data-src") or element.get("data-original")
            self.pictures.append(Picture(lazy if lazy and (not src or src.startswith("data:")) else src))
        if tag in _BOLD:
            self.bold += 1
        if not plain and len(self.rows) < _MARKED_ROWS:
            self.mark(element, tag)
        self.text(element.text)

    def close(self, tag: str) -> None:
        if tag in BLOCKS or tag in _CELLS:
            self.leave()
            self.captions -= tag in _CAPTIONS
            self.preformatted -= tag == "pre"
            if tag in _HEADINGS:
                self.level = 0
        elif tag == "a":
            self.anchors -= 1
        if tag in _BOLD:
            self.bold -= 1


def scan(root: etree._Element, *, hidden: bool = False) -> list[Row]:
    """Return the rows of a tree in reading order; at most MOST_ROWS of them.

    Parts that a browser does not show at first are left out, unless `hidden`: scripts show some of them later.
    """
    scanner = _Scanner()
    skipped: etree._Element | None = None
    zones: list[etree._Element] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            plain = not element.keys()
            if element is not root and _skips(element, tag, plain or hidden):
                walk.skip_subtree()
                skipped = element
                continue
            if (not plain or tag in _FURNITURE_TAGS) and is_zone(element):
                zones.append(element)
                scanner.zones += 1
            scanner.open(element, tag, plain)
            continue
        if element is skipped:
            skipped = None
        else:
            scanner.close(tag)
            if zones and zones[-1] is element:
                zones.pop()
                scanner.zones -= 1
        if element is not root:
            scanner.text(element.tail)
        if len(scanner.rows) > MOST_ROWS:
            break
    return scanner.finish()


def _skips(element: etree._Element, tag: str, by_tag: bool) -> bool:
    """Tell whether an element is not read: by its tag alone, or by its attributes too."""
    return tag in _UNSEEN if by_tag else tag == "title" or is_unseen(element)
