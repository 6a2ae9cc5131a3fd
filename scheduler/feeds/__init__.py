"""Feeds from the store: Atom and JSON Feed of channels, subscriptions, stories and articles."""

from __future__ import annotations

from scheduler.feeds.atom import atom
from scheduler.feeds.document import Document, is_fresh
from scheduler.feeds.entries import Entry, Feed, Feeds
from scheduler.feeds.files import FORMATS, Written, feed_path, write_feeds
from scheduler.feeds.jsonfeed import json_feed

__all__ = [
    "FORMATS",
    "Document",
    "Entry",
    "Feed",
    "Feeds",
    "Written",
    "atom",
    "feed_path",
    "is_fresh",
    "json_feed",
    "write_feeds",
]
