"""PURE: what a page declares of itself for machines: JSON-LD, Open Graph and other metas, microdata."""

from __future__ import annotations

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
    """How surely an object is the article: a news article before a page; 0 for what is neither."""
    kinds = item.get("@type")
    names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if not any(_ARTICLE.search(name) for name in names):
        return 0
    return 1 if all(name.endswith("WebPage") for name in names) else 2


def _text(value: Any) -> str:
    """The first plain text of a JSON-LD value, which may be a list or an object with a name."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value") or ""
    return str(value).strip() if isinstance(value, str | int) else ""


def _people(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(
        name
        for person in values[:20]
        if not (isinstance(person, dict) and person.get("@type") in ("Organization", "NewsMediaOrganization"))
        and (name := _text(person))
    )


def _json_ld(tree: etree._Element) -> Declared:
    best: Mapping[str, Any] = {}
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > _LONGEST_SCRIPT:
            continue
        for item in _items(_load(text)):
            if _rank(item) > (_rank(best) if best else 0):
                best = item
    return Declared(
        title=_text(best.get("headline")) or (_text(best.get("name")) if _rank(best) > 1 else ""),
        published=_text(best.get("datePublished")) or _text(best.get("dateCreated")),
        authors=_people(best.get("author")) if "author" in best else (),
        body=_TAG.sub("\n", _text(best.get("articleBody"))),
        source=_text(best.get("sourceOrganization")),
        section=tuple(filter(None, (_text(best.get("articleSection")),))),
    )


_TITLES = ("og:title", "twitter:title", "articletitle", "title", "headline")
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate", "publish_time",
    "publishtime", "og:release_date", "dc.date.issued", "dc.date", "date", "weibo: article:create_at",
    "article:create_at", "sailthru.date", "parsely-pub-date", "firstpublishedtime", "createdate",
)  # fmt: skip
_AUTHORS = (
    "article:author",
    "og:article:author",
    "author",
    "byl",
    "dc.creator",
    "parsely-author",
    "mediaauthor",
)
_SOURCES = ("source", "contentsource", "mediaid", "og:article:source", "article:source")


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in islice(tree.iter("meta"), _MOST_ITEMS):
        content = (meta.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = meta.get(key)
            if name and content:
                found.setdefault(name.strip().lower(), content)
    return found


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((metas[name] for name in names if metas.get(name)), "")


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


def read_declared_fields(tree: etree._Element, html: str) -> Declared:
    """Return what a page (its tree, and the text it was read from) declares.

    JSON-LD goes before microdata, that before metas.
    """
    # A look at the text is far cheaper than one at every element.
    ld = _json_ld(tree) if "ld+json" in html else Declared()
    micro = _microdata(tree) if "itemprop" in html else {}
    metas = _metas(tree)
    canonical = next((link for link in tree.iter("link") if link.get("rel") == "canonical"), None)
    author = _first(metas, _AUTHORS)
    return Declared(
        title=ld.title or micro.get("headline", "") or _first(metas, _TITLES),
        site=metas.get("og:site_name", ""),
        published=ld.published or micro.get("datePublished", "") or _first(metas, _DATES),
        source=ld.source or _first(metas, _SOURCES),
        authors=ld.authors
        or ((micro["author"],) if micro.get("author") else ())
        or ((author,) if author else ()),
        body=ld.body,
        url=(canonical.get("href") or "" if canonical is not None else "") or metas.get("og:url", ""),
        section=ld.section or tuple(filter(None, (metas.get("article:section", ""),))),
    )
