"""PURE: RSS, RDF and Atom, whole or broken → entries, as feedparser reads them."""

from __future__ import annotations

import io
import re
from datetime import datetime
from itertools import islice
from typing import Any

import feedparser  # type: ignore[import-untyped]

from crawler.extract.bounds import bounded
from crawler.extract.when import read_when
from crawler.sources.model import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_FEED_CHARACTERS,
    MOST_FEED_ENTRIES,
    Entry,
    Source,
    SourceKind,
)
from crawler.sources.plain import address, plain_text

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_BEGIN = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.I)


def read_feed(text: str, url: str, *, now: datetime, time_zone: str) -> Source | None:
    """Read a decoded feed that stood at `url`; None where feedparser knows no feed in it.

    Times without a zone are of `time_zone`. Entries stand in the feed's order, also those without an address.
    """
    text, problem = _cut(text)
    found = _parse(text, url)
    if found is None:
        return Source(_kind_of("", text), problem="feedparser cannot read it")
    if not (found.version or found.entries or found.feed.get("title")):
        return None
    base = address(found.feed.get("link"), url) or url
    links = found.feed.get("links", ())
    return Source(
        kind=_kind_of(found.version, text),
        entries=tuple(_entry(item, base, now, time_zone) for item in found.entries),
        further=tuple(
            dict.fromkeys(filter(None, (_related(links, "next", url), _related(links, "prev-archive", url))))
        ),
        title=_plain(found.feed, "title", LONGEST_TITLE),
        language=str(found.feed.get("language") or "")[:35],
        hub=_related(links, "hub", url),
        self_url=_related(links, "self", url),
        problem=problem or (f"it is broken: {found.bozo_exception}" if found.bozo else ""),
    )


def _cut(text: str) -> tuple[str, str]:
    """Return the beginning of a feed that is too large, to the end of an entry, and what is said of it."""
    following = next(islice(_BEGIN.finditer(text, 0, MOST_FEED_CHARACTERS), MOST_FEED_ENTRIES, None), None)
    if following is None and len(text) <= MOST_FEED_CHARACTERS:
        return text, ""
    most = following.start() if following else MOST_FEED_CHARACTERS
    ends = [match.end() for match in _END.finditer(text, 0, most)]
    return text[: ends[-1] if ends else most], "it is too large, and was read in part"


def _parse(text: str, url: str) -> Any:
    """Let feedparser read a text. It gets bytes whose encoding is known: what the feed says of it may be wrong.

    Of tags and attributes it gets as many as a page may have: 200,000 attributes took 230 MB.
    """
    body = bounded(_DECLARATION.sub("", text, count=1)).encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception:  # its parser for broken feeds raises what it runs into
        return None


def _kind_of(version: str, text: str) -> SourceKind:
    if version.startswith("atom"):
        return SourceKind.ATOM
    if version in ("rss10", "rss090") or (not version and "<rdf:RDF" in text[:2_000]):
        return SourceKind.RDF
    return SourceKind.ATOM if not version and "<feed" in text[:2_000] else SourceKind.RSS


def _related(links: Any, relation: str, url: str) -> str:
    """Return the address of the first link of such a relation, or ''."""
    found = (address(link.get("href"), url) for link in links if relation in str(link.get("rel", "")).split())
    return next(filter(None, found), "")


def _entry(item: dict[str, Any], base: str, now: datetime, time_zone: str) -> Entry:
    return Entry(
        # FeedBurner and its like put the article's own address beside that of their counter.
        url=address(item.get("feedburner_origlink"), base)
        or address(item.get("link"), base)
        or _own_id(item),
        title=_plain(item, "title", LONGEST_TITLE),
        published_at=_time(item, "published", now, time_zone) or _time(item, "created", now, time_zone),
        updated_at=_time(item, "updated", now, time_zone),
        id=str(item.get("id") or "")[:LONGEST_TITLE],
        author=_plain(item, "author", LONGEST_TITLE),
        summary=_plain(item, "summary", LONGEST_SUMMARY) or _content(item),
    )


def _own_id(item: dict[str, Any]) -> str:
    """An entry without a link whose id is an address."""
    found = str(item.get("id") or "")
    return address(found, "") if found.startswith(("http://", "https://")) else ""


def _plain(item: dict[str, Any], name: str, longest: int) -> str:
    value = item.get(name)
    kind = (item.get(f"{name}_detail") or {}).get("type", "")
    return plain_text(value, longest, markup=kind != "text/plain") if isinstance(value, str) else ""


def _content(item: dict[str, Any]) -> str:
    for content in item.get("content", ()):
        if text := plain_text(str(content.get("value") or ""), LONGEST_SUMMARY):
            return text
    return ""


def _time(item: dict[str, Any], name: str, now: datetime, time_zone: str) -> datetime | None:
    """Read a time as it is written: feedparser takes one without a zone for UTC, and invents what it cannot read."""
    # FeedParserDict answers "updated" with "published" where it has none, and warns of it.
    written = dict.get(item, name)
    return read_when(written, now=now, time_zone=time_zone) if isinstance(written, str) else None
