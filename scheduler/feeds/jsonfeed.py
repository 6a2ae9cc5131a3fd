"""PURE: a feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from scheduler.feeds.atom import rfc3339
from scheduler.feeds.document import Document
from scheduler.feeds.entries import Entry, Feed

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed, url: str = "") -> Document:
    """Write a feed; `url` is its own address, '' where that is not known."""
    said = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": url,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry, feed.language) for entry in feed.entries],
    }
    content = json.dumps(_filled(said), ensure_ascii=False, indent=1).encode("utf-8")
    return Document(content, MEDIA_TYPE, feed.updated)


def _item(entry: Entry, language: str) -> dict[str, Any]:
    said = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": rfc3339(entry.at),
        "date_modified": rfc3339(entry.at),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.tags),
        "language": language,
    }
    return _filled(said) | {"content_html": entry.html}


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known; `items` may be empty."""
    return {name: value for name, value in said.items() if value or name == "items"}
