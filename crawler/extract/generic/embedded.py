"""PURE: a page whose text only its scripts hold → that text and its fields, by the general shape of such data.

Pages that a script draws carry the article as JSON (`__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`,
`JSON.parse("…")`, percent-encoded), as an object literal of JavaScript, or as HTML in a `<textarea>`. No site's
names are known here: the article is the object with the most text under a key such as `content` or `body`, and
its fields stand in it or in the objects around it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree

from crawler.extract.flow import tidy
from crawler.extract.generic.declared import Declared, people, text_of
from crawler.extract.words import words

_BODIES = words(
    """
    content contents body articlebody articlecontent contenthtml htmlcontent html text fulltext maintext richtext
    contenttext newscontent detail story paragraphs blocks contentlist elements
    """
)
_PARTS = words("content text html data value body children htmltokens paragraphs items blocks paragraph")
_TITLES = ("title", "headline", "articletitle", "newstitle", "name")
_TIMES = (
    "publishedat", "publishtime", "publisheddate", "publishdate", "pubtime", "pubdate", "published",
    "datepublished", "publishedtime", "newstime", "publishtimestamp", "releasedate", "releasetime", "ptime",
    "displaytime", "time", "createtime", "createdat", "ctime", "date",
)  # fmt: skip
_SOURCES = ("source", "sourcename", "newssource", "mediasource", "medianame", "origin")
_AUTHORS = ("author", "authors", "authorname", "reporter", "reporters", "writer", "byline", "publisher")
_ASSIGNED = re.compile(r"=\s*(?=[{\[])")
_PARSED = re.compile(r"JSON\.parse\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")
#: One `key: 'text'` of an object literal, which is no JSON.
_PAIR = re.compile(r"[\"']?\b(\w{3,24})[\"']?\s{0,9}:\s{0,9}(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", re.S)
_BREAK = re.compile(r"<(?:/?(?:p|div|li|h[1-6]|section|blockquote|tr)|br)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SENTENCE = re.compile(r"[，。；！？]|[,.;!?]\s")
_CLASS = re.compile(r"[_\W]|^article")
_LARGEST_SCRIPT, _MOST_NODES, _MOST_ASSIGNED, _MOST_ANCESTORS = 3_000_000, 20_000, 30, 4
_LEAST_TEXT, _FEWEST_SENTENCES = 60, 3

Node = Mapping[str, Any]


def paragraphs_of(markup: str) -> tuple[str, ...]:
    """Return the paragraphs of a piece of HTML, which may be escaped once more."""
    if "<" not in markup and "&lt;" in markup:
        markup = html.unescape(markup)
    lines = _TAG.sub("", _BREAK.sub("\n", markup)).splitlines()
    return tuple(filter(None, (tidy(html.unescape(line)) for line in lines)))


def read_embedded(tree: etree._Element, titles: tuple[str, ...] = ()) -> Declared | None:
    """Return the article that a page's scripts hold, its paragraphs one a line in `body`; None where they hold none.

    An object whose title is one of `titles` goes before others.
    """
    best, most = None, 0.0
    for data in _documents(tree):
        for chain in _objects(data):
            markup = _markup(chain[0])
            text = "\n".join(paragraphs_of(markup)) if len(markup) >= _LEAST_TEXT else ""
            if len(text) < _LEAST_TEXT or len(_SENTENCE.findall(text[:5000])) < _FEWEST_SENTENCES:
                continue
            found = _fields(chain, text)
            known = bool(found.title) and any(found.title in title for title in titles)
            if len(text) * (4.0 if known else 1.0) > most:
                best, most = found, len(text) * (4.0 if known else 1.0)
    return best


def _fields(chain: list[Node], text: str) -> Declared:
    return Declared(
        title=tidy(_TAG.sub("", text_of(_nearest(chain, _TITLES)))),
        published=text_of(_nearest(chain, _TIMES)),
        source=text_of(_nearest(chain, _SOURCES)),
        authors=people(_nearest(chain, _AUTHORS) or ()),
        body=text,
    )


def _nearest(chain: list[Node], names: tuple[str, ...]) -> Any:
    """The value under the first of these names, in the object itself or in the nearest around it."""
    for node in chain:
        values = {_plain(key): value for key, value in node.items()}
        for name in names:
            if text_of(values.get(name)):
                return values[name]
    return None


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _documents(tree: etree._Element) -> Iterator[Any]:
    left = _LARGEST_SCRIPT
    for script in tree.iter("script"):
        text = (script.text or "").strip()
        if 200 < len(text) <= left and "ld+json" not in (script.get("type") or ""):
            left -= len(text)
            yield from _read_script(text)
    areas = {
        _CLASS.sub("", (area.get("class") or area.get("id") or "").lower()): area.text or ""
        for area in tree.iter("textarea")
    }
    if areas:
        yield areas


def _read_script(text: str) -> Iterator[Any]:
    """Yield the data of a script: all of it as JSON, else what it assigns or parses, else its pairs of key and text."""
    if text[:3].upper() in ("%7B", "%5B"):
        text = unquote(text)
    if text[0] in "{[" and (data := _load(text)) is not None:
        yield data
        return
    found, end = False, 0
    for number, match in enumerate(_ASSIGNED.finditer(text)):
        if number >= _MOST_ASSIGNED:
            break
        if match.end() >= end and (read := _load_at(text, match.end())):
            data, end = read
            found = True
            yield data
    for match in _PARSED.finditer(text):
        if (data := _load(_literal(match[1]))) is not None:
            found = True
            yield data
    if not found and any(f"{name}:" in text or f'{name}"' in text for name in ("content", "body", "html")):
        pairs: dict[str, str] = {}
        for match in _PAIR.finditer(text):
            pairs.setdefault(match[1], _literal(match[2]))
        yield pairs


def _load(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _load_at(text: str, at: int) -> tuple[Any, int] | None:
    try:
        data, end = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return (data, end) if end - at > 100 else None


def _literal(quoted: str) -> str:
    """The text of a string literal of JavaScript."""
    inner = quoted[1:-1]
    if quoted[0] == "'":
        inner = (
            inner.replace("\\'", "'").replace('"', '\\"') if '\\"' not in inner else inner.replace("\\'", "'")
        )
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return inner.replace('\\"', '"').replace("\\n", "\n").replace("\\/", "/")


def _objects(data: Any) -> Iterator[list[Node]]:
    """Yield each object of a document, with the objects around it, the nearest first."""
    waiting: list[tuple[Any, list[Node]]] = [(data, [])]
    count = 0
    while waiting and count < _MOST_NODES:
        item, around = waiting.pop()
        count += 1
        if isinstance(item, dict):
            chain = [item, *around[:_MOST_ANCESTORS]]
            yield chain
            waiting.extend((value, chain) for value in item.values() if isinstance(value, dict | list))
        elif isinstance(item, list):
            waiting.extend((value, around) for value in item if isinstance(value, dict | list))


def _markup(node: Node) -> str:
    """The longest text that an object has under a name for the body; of lists of blocks, the text of all."""
    found = ""
    for key, value in node.items():
        if _plain(str(key)) not in _BODIES:
            continue
        text = (
            value if isinstance(value, str) else "\n".join(_blocks(value)) if isinstance(value, list) else ""
        )
        if len(text) > len(found):
            found = text
    return found


def _blocks(items: list[Any]) -> Iterator[str]:
    """Yield the texts of a list of blocks, in order; teasers of other articles, which have addresses, are left out."""
    waiting, count = list(reversed(items)), 0
    while waiting and count < _MOST_NODES:
        item = waiting.pop()
        count += 1
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict) and not ("title" in item and ("url" in item or "link" in item)):
            waiting.extend(
                value for key, value in reversed(item.items()) if _plain(str(key)) in _PARTS and value
            )
