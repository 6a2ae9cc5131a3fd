"""PURE: what a page declares of itself for machines: JSON-LD, Open Graph and other metas, microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

_PROPS = frozenset(("datePublished", "headline", "author"))
_PROP_TAGS = ("h1", "h2", "span", "div", "p", "time", "a", "article", "section", "em", "strong")
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|WebPage)$")
_LONGEST_SCRIPT, _MOST_ITEMS = 2_000_000, 500
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_COMMENTS = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_STRING = re.compile(r'"(headline|datePublished|articleBody)"\s*:\s*"((?:[^"\\]|\\.){1,200000})"', re.S)
#: What a declared value must hold to be one: anything, the digits of a day, a name that is no address.
_ANY, _DAY, _NAME = re.compile(""), re.compile(r"\d{2}"), re.compile(r"^(?!.*(?:://|@))")
_TAG = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Declared:
    """Declared fields, as they stand; '' or () where the page declares none."""

    title: str = ""
    site: str = ""
    published: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    body: str = ""
    url: str = ""
    section: tuple[str, ...] = ()


def _load(text: str) -> Any:
    """Read JSON as sites write it: with raw line breaks, trailing commas, comment marks; None where hopeless."""
    text = _COMMENTS.sub("", text).strip()
    for candidate in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    # Broken beyond that (a quote inside a headline): take the plain strings that still can be told apart.
    found = {name: value for name, value in _STRING.findall(text)}
    return (
        {"@type": "NewsArticle", **{name: _unescape(value) for name, value in found.items()}}
        if found
        else None
    )


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _items(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON-LD document: lists, `@graph`s and main entities are opened."""
    waiting, count = [data], 0
    while waiting and count < _MOST_ITEMS:
        item = waiting.pop(0)
        count += 1
        if isinstance(item, list):
            waiting.extend(item[:_MOST_ITEMS])
        elif isinstance(item, dict):
            yield item
            waiting.extend(item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in item)


def _rank(item: Mapping[str, Any]) -> int:
    """How surely an object is the article: a news article before a page; 0 for what is neither.

    What sites declare for the search engine Baidu has no type, but an `appid` and a `pubDate`.
    """
    kinds = item.get("@type")
    names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if not any(_ARTICLE.search(name) for name in names):
        return 1 if "pubDate" in item and ("appid" in item or "@context" in item) else 0
    return 1 if all(name.endswith("WebPage") for name in names) else 2


def text_of(value: Any) -> str:
    """Return the first plain text of a JSON-LD value, which may be a list or an object with a name; '' if none."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value") or ""
    return str(value).strip() if isinstance(value, str | int) else ""


def people(value: Any) -> tuple[str, ...]:
    """Return the names in a JSON-LD value for people: texts, objects, lists of them; organizations go."""
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(name for person in values[:20] if not _is_body(person) and (name := text_of(person)))


def _is_body(person: Any) -> bool:
    kinds = person.get("@type") if isinstance(person, dict) else None
    return any(str(kind).endswith("Organization") for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _json_ld(tree: etree._Element) -> Declared:
    items: list[Mapping[str, Any]] = []
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" in (script.get("type") or "").lower() and len(text) <= _LONGEST_SCRIPT:
            items.extend(_items(_load(text)))
    ranked = sorted(filter(_rank, items), key=_rank, reverse=True)
    best = ranked[0] if ranked else {}
    return Declared(
        title=text_of(best.get("headline"))
        or (text_of(best.get("name")) if best and _rank(best) > 1 else text_of(best.get("title"))),
        published=_first_of(ranked, _LD_DATES),
        authors=people(_with_names(best.get("author"), items)) if "author" in best else (),
        body=html.unescape(_TAG.sub("\n", text_of(best.get("articleBody")))),
        source=text_of(best.get("sourceOrganization")),
        section=tuple(filter(None, (text_of(best.get("articleSection")),))),
    )


_LD_DATES = ("datePublished", "dateCreated", "pubDate")


def _first_of(items: list[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    return next((text for item in items for name in names if (text := text_of(item.get(name)))), "")


def _with_names(value: Any, items: list[Mapping[str, Any]]) -> list[Any]:
    """People as objects with names, where a document names them elsewhere and here only by their `@id`."""
    known = {str(item["@id"]): item for item in items if "@id" in item and "name" in item}
    values = value if isinstance(value, list) else [value]
    return [
        known.get(str(person.get("@id")), person)
        if isinstance(person, dict) and "name" not in person
        else person
        for person in values
    ]


_TITLES = ("og:title", "twitter:title", "articletitle", "title", "headline")
#: Names of metas (and of properties) that hold the day an article was published, the surest first.
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "og:article:published_time",
    "bytedance:published_time", "vr:published_time", "rnews:datepublished", "og:pubdate", "og:time",
    "og:release_date", "article:published", "article:publish_time", "article.published",
    "article_date_original", "originalpublicationdate", "publishdate", "publish_date", "publish-date",
    "published_date", "published-date", "pubdate", "pub_date", "publish_time", "publishtime",
    "publish-time", "pubtime", "_pubtime", "published_at", "ptime", "apub:time", "apub:date",
    "firstpublishedtime", "weibo:article:create_at", "article:create_at", "article:post_date",
    "article:created", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "analyticsattributes.articledate", "prism.publicationdate",
    "citation_publication_date", "citation_online_date", "citation_date", "dc.date.issued",
    "dcterms.issued", "dcterms.date", "dcterms.created", "dc.date.created", "dc.date.available",
    "dcsext.articlefirstpublished", "dc.date", "release_date", "releasedate", "displaydate",
    "date_published", "article_date", "articledate", "newsdate", "datetime", "created", "createdate",
    "create_date", "datecreated", "date", "dateupdate",
)  # fmt: skip
_AUTHORS = (
    "article:author", "og:article:author", "author", "authors", "article_author", "byl", "byline",
    "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "mediaauthor", "citation_author",
)  # fmt: skip
_SOURCES = (
    "source",
    "contentsource",
    "mediaid",
    "og:article:source",
    "article:source",
    "articlesource",
    "newssource",
)


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in islice(tree.iter("meta"), _MOST_ITEMS):
        content = (meta.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = meta.get(key)
            if name and content:
                found.setdefault(name.replace(" ", "").lower(), content)
    return found


def _first(metas: Mapping[str, str], names: tuple[str, ...], may_be: re.Pattern[str] = _ANY) -> str:
    return next((metas[name] for name in names if name in metas and may_be.search(metas[name])), "")


def _microdata(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter(*_PROP_TAGS):
        name = element.get("itemprop")
        if name in _PROPS and name not in found and len(found) < len(_PROPS):
            value = element.get("content") or element.get("datetime") or ""
            if not value:
                value = " ".join("".join(map(str, islice(element.itertext(), 50))).split())[:300]
            found[name] = value.strip()
    return found


def read_declared_fields(tree: etree._Element, text: str) -> Declared:
    """Return what a page (its tree, and the text it was read from) declares.

    JSON-LD goes before microdata, that before metas.
    """
    # A look at the text is far cheaper than one at every element.
    ld = _json_ld(tree) if "ld+json" in text else Declared()
    micro = _microdata(tree) if "itemprop" in text else {}
    metas = _metas(tree)
    canonical = next((link for link in tree.iter("link") if link.get("rel") == "canonical"), None)
    author = _first(metas, _AUTHORS, _NAME)
    return Declared(
        title=ld.title or micro.get("headline", "") or _first(metas, _TITLES),
        site=metas.get("og:site_name", ""),
        published=ld.published or micro.get("datePublished", "") or _first(metas, _DATES, _DAY),
        source=ld.source or _first(metas, _SOURCES),
        authors=ld.authors
        or ((micro["author"],) if micro.get("author") else ())
        or ((author,) if author else ()),
        body=ld.body,
        url=(canonical.get("href") or "" if canonical is not None else "") or metas.get("og:url", ""),
        section=ld.section or tuple(filter(None, (metas.get("article:section", ""),))),
    )
