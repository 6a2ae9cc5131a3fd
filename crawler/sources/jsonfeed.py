"""PURE: JSON Feed 1 and 1.1 (jsonfeed.org) → entries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from crawler.extract.when import read_when
from crawler.sources.model import LONGEST_SUMMARY, LONGEST_TITLE, Entry, Source, SourceKind
from crawler.sources.plain import address, plain_text


def read_json_feed(text: str, url: str, *, now: datetime, time_zone: str) -> Source | None:
    """Read a decoded JSON Feed that stood at `url`; None where it is none."""
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("items"), list) or not _is_feed(found):
        return None
    items = [item for item in found["items"] if isinstance(item, dict)]
    further = address(found.get("next_url"), url)
    return Source(
        kind=SourceKind.JSON,
        entries=tuple(_entry(item, url, now, time_zone) for item in items),
        further=(further,) if further else (),
        title=_text(found, "title"),
        language=_text(found, "language")[:35],
        hub=_hub(found, url),
        self_url=address(found.get("feed_url"), url),
    )


def _is_feed(found: dict[str, Any]) -> bool:
    """Whether it says so; many programs' answers have "items"."""
    return "jsonfeed.org" in str(found.get("version", ""))


def _hub(found: dict[str, Any], url: str) -> str:
    hubs = found.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub":
            return address(hub.get("url"), url)
    return ""


def _entry(item: dict[str, Any], url: str, now: datetime, time_zone: str) -> Entry:
    content = item.get("summary") or item.get("content_text")
    return Entry(
        url=address(item.get("url"), url) or _own_id(item) or address(item.get("external_url"), url),
        title=_text(item, "title"),
        published_at=_time(item, "date_published", now, time_zone),
        updated_at=_time(item, "date_modified", now, time_zone),
        id=_name(item.get("id")),
        author=_author(item),
        summary=plain_text(content, LONGEST_SUMMARY, markup=False)
        if isinstance(content, str)
        else plain_text(str(item.get("content_html") or ""), LONGEST_SUMMARY),
    )


def _name(value: object) -> str:
    """An entry's id; some publishers write a number."""
    return str(value)[:LONGEST_TITLE] if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _own_id(item: dict[str, Any]) -> str:
    found = _name(item.get("id"))
    return address(found, "") if found.startswith(("http://", "https://")) else ""


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return plain_text(value, LONGEST_TITLE, markup=False) if isinstance(value, str) else ""


def _time(item: dict[str, Any], name: str, now: datetime, time_zone: str) -> datetime | None:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return read_when(str(value), now=now, time_zone=time_zone)


def _author(item: dict[str, Any]) -> str:
    """The authors (1.1), or the author (1), by name."""
    authors = item.get("authors")
    found = authors if isinstance(authors, list) else [item.get("author")]
    return ", ".join(name for author in found if isinstance(author, dict) and (name := _text(author, "name")))
