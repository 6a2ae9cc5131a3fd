"""PURE: a feed as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from scheduler.feeds.document import Document
from scheduler.feeds.entries import Entry, Feed

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_PREFIXES: Any = {None: _ATOM}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(feed: Feed, url: str = "") -> Document:
    """Write a feed; `url` is its own address, '' where that is not known."""
    root = etree.Element(f"{{{_ATOM}}}feed", {_LANG: feed.language}, nsmap=_PREFIXES)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", rfc3339(feed.updated))
    if url:
        _add(root, "link", rel="self", type=MEDIA_TYPE, href=url)
    if feed.home:
        _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "generator", "newsdelta")
    for entry in feed.entries:
        _entry(_add(root, "entry"), entry)
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return Document(content, MEDIA_TYPE, feed.updated)


def rfc3339(moment: datetime) -> str:
    """A time as Atom and JSON Feed write it: whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(node: etree._Element, entry: Entry) -> None:
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "updated", rfc3339(entry.at))
    _add(node, "published", rfc3339(entry.at))
    if entry.url:
        _add(node, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.copy:
        _add(node, "link", rel="related", type="text/html", href=entry.copy)
    for name in entry.authors:
        _add(_add(node, "author"), "name", name)
    for tag in entry.tags:
        _add(node, "category", term=tag)
    _add(node, "summary", entry.summary, type="text")
    _add(node, "content", entry.html, type="html")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    node.text = text
    return node
