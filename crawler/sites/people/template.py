"""PURE: what a template generation is, and how one is read. The generations stand in g0.py to g3.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.extract.bylines import authors_of, editors_in
from crawler.extract.captions import Content, split_captions
from crawler.extract.dates import read_time
from crawler.extract.flow import text_of
from crawler.extract.html import compiled, first, meta_of, nodes
from crawler.extract.origin import read_source
from crawler.sites.bodytext import until_editors
from crawler.sites.people.address import locate
from storage.records import ArticleFields


@dataclass(frozen=True, slots=True)
class Template:
    """One generation (or variant) of article pages.

    `hints` are strings of which the HTML holds one, tested before the tree is searched; a template whose `root`
    begins at an id needs none, since ids are found at once. `root` finds the part
    of the page that holds headline and text; the other expressions start from it. Of `bodies` and `origins`
    (time and source) all matches are read, one after the other; of the rest the first. `newer` names the
    next generation, built from the same containers, and what only it has.
    """

    name: str
    root: etree.XPath
    bodies: etree.XPath
    title: etree.XPath
    origins: etree.XPath
    hints: tuple[str, ...] = ()
    kicker: etree.XPath | None = None
    subtitle: etree.XPath | None = None
    author: etree.XPath | None = None
    editors: etree.XPath | None = None
    source: etree.XPath | None = None
    newer: tuple[str, etree.XPath] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A template that a page has, and the content it gave (perhaps none)."""

    template: Template
    root: etree._Element
    content: Content
    editors: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """The template is there, and neither text nor image in it."""
        return not (self.content.body or self.content.images)


_PATH = compiled("id('rwb_navpath') | id('p_navigator')")
_LINKS = compiled(".//a")
_TITLE = compiled("/html/head/title")
_SUFFIX = "--"
#: The first word of every path, the publisher's own home page, and the last, which names no column.
_NO_SECTION = frozenset(("", "人民网", "人民網", "首页", "首頁", "正文"))


def find(templates: Sequence[Template], html: str, tree: etree._Element, url: str) -> Match | None:
    """Return the first template of which the page holds root and body container, or None."""
    for template in templates:
        if template.hints and not any(hint in html for hint in template.hints):
            continue
        root = first(template.root, tree)
        if root is not None and (bodies := nodes(template.bodies, root)):
            blocks, editors = until_editors(bodies)
            return Match(template, root, split_captions(blocks, url), editors)
    return None


def fields_of(match: Match, tree: etree._Element, url: str) -> ArticleFields | None:
    """Read the fields of a matched page; None where it has no headline."""
    template, root, content = match.template, match.root, match.content
    title = text_of(first(template.title, root)) or _page_title(tree)
    if not title:
        return None
    published_at, source = _origin(template, root, tree)
    author_line = text_of(first(template.author, root))
    editors = text_of(first(template.editors, root))
    return ArticleFields(
        url=url,
        title=title,
        kicker=text_of(first(template.kicker, root)),
        subtitle=text_of(first(template.subtitle, root)),
        published_at=published_at,
        source=source,
        authors=authors_of(author_line, content.body),
        editors=editors_in(editors) or match.editors,
        section=_section(tree),
        body=content.body,
        images=content.images,
        template=_name(template, root),
        article_id=_article_id(url, tree),
    )


def is_complete(fields: ArticleFields) -> bool:
    """Tell whether all was found that every article has, so that the page's head need not be asked."""
    return bool(fields.published_at and fields.source and fields.article_id)


def _name(template: Template, root: etree._Element) -> str:
    if template.newer is not None and first(template.newer[1], root) is not None:
        return template.newer[0]
    return template.name


def _page_title(tree: etree._Element) -> str:
    """Return the page's `<title>` without the `--channel--publisher` that national pages append."""
    return text_of(first(_TITLE, tree)).split(_SUFFIX)[0].strip()


def _origin(template: Template, root: etree._Element, tree: etree._Element) -> tuple[datetime | None, str]:
    """Return when and from where: as the page shows it, else as its metas say."""
    shown = "  ".join(text_of(node) for node in nodes(template.origins, root))
    source = (
        read_source(shown) or text_of(first(template.source, root)) or read_source(meta_of(tree, "source"))
    )
    return read_time(shown) or read_time(meta_of(tree, "publishdate")), source


def _section(tree: etree._Element) -> tuple[str, ...]:
    """Return the columns of the page's path, outermost first, without the publisher's home."""
    path = first(_PATH, tree)
    names = [text_of(link) for link in nodes(_LINKS, path)] if path is not None else []
    return tuple(name for name in names if name not in _NO_SECTION)


def _article_id(url: str, tree: etree._Element) -> str | None:
    """Return the trailing number of the address, else the `contentid` meta without its regional `L_`."""
    address = locate(url)
    return address.key if address else meta_of(tree, "contentid").removeprefix("L_") or None
